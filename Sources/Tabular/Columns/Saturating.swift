extension Int64 {
    /// The whole number that is nearest to `value` of those that there are, rounded towards zero; 0 for what is no number.
    public init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 0x1p63 {
            self = .max
        } else {
            self = value <= -0x1p63 ? .min : Int64(value)
        }
    }
}
