/// e to the power of `x` within 2 units in the last place, by a polynomial on ±½ ln 2 after Cody and Waite (1980); the same
/// bits on every machine. Arguments are held within ±87.
@inline(__always)
func fastExponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let held = x.clamped(lowerBound: SIMD8(repeating: -87), upperBound: SIMD8(repeating: 87))
    let shifted = held * 1.442_695_04 + 12_582_912  // adding 1.5 · 2^23 rounds to a whole number
    let whole = shifted - 12_582_912
    let rest = (held - whole * 0.693_359_375) + whole * 2.121_944_4e-4
    var sum = SIMD8<Float>(repeating: 1.987_569_15e-4)
    sum = sum * rest + 1.398_199_95e-3
    sum = sum * rest + 8.333_451_9e-3
    sum = sum * rest + 4.166_579_6e-2
    sum = sum * rest + 1.666_666_55e-1
    sum = sum * rest + 5.000_000_1e-1
    sum = sum * rest * rest + rest + 1
    let exponent = (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &+ 127) &<< 23
    return sum * unsafeBitCast(exponent, to: SIMD8<Float>.self)
}
