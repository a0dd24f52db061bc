/// Eight rows at a time: their numbers side by side where the rows follow each other, gathered where they do not.
struct RowTile {
    private let rows: UnsafePointer<Int32>
    private let count: Int
    private let isRun: Bool

    /// Runs `body` on the rows at `range` of `rows`; the last tile may be shorter, its missing rows count as weight 0.
    @inline(__always)
    static func forEach(_ rows: NumberBuffer<Int32>, _ range: Range<Int>, _ body: (RowTile) -> Void) {
        var place = range.lowerBound
        while place < range.upperBound {
            let count = min(8, range.upperBound - place)
            let start = UnsafePointer(rows.base + place)
            body(RowTile(rows: start, count: count, isRun: count == 8 && start[7] &- start[0] == 7))
            place += 8
        }
    }

    /// The row numbers.
    @inline(__always)
    var rowNumbers: SIMD8<UInt32> {
        let first = UInt32(truncatingIfNeeded: rows[0])
        if isRun { return SIMD8(0, 1, 2, 3, 4, 5, 6, 7) &+ first }
        var numbers = SIMD8<UInt32>()
        for lane in 0..<count { numbers[lane] = UInt32(truncatingIfNeeded: rows[lane]) }
        return numbers
    }

    /// Their values in `source`, 0 past the last row.
    @inline(__always)
    func load(_ source: UnsafePointer<Float>) -> SIMD8<Float> {
        if isRun { return UnsafeRawPointer(source + Int(rows[0])).loadUnaligned(as: SIMD8<Float>.self) }
        var values = SIMD8<Float>()
        for lane in 0..<count { values[lane] = source[Int(rows[lane])] }
        return values
    }

    /// Their weights, 1 where there are none and 0 past the last row.
    @inline(__always)
    func weight(_ weights: NumberBuffer<Float>?) -> SIMD8<Float> {
        if let weights { return load(weights.base) }
        if count == 8 { return SIMD8(repeating: 1) }
        var values = SIMD8<Float>()
        for lane in 0..<count { values[lane] = 1 }
        return values
    }

    /// Writes their values.
    @inline(__always)
    func store<Element: BitwiseCopyable & SIMDScalar>(_ values: SIMD8<Element>, _ target: UnsafeMutablePointer<Element>)
    {
        if isRun {
            UnsafeMutableRawPointer(target + Int(rows[0])).storeBytes(of: values, as: SIMD8<Element>.self)
        } else {
            for lane in 0..<count { target[Int(rows[lane])] = values[lane] }
        }
    }
}
