/// Numbers in rows, one row a sample, every entry finite.
public struct DenseMatrix: Sendable, Hashable {
    /// Number of rows.
    public let rowCount: Int
    /// Numbers a row.
    public let columnCount: Int
    /// Row-major values, `rowCount × columnCount`.
    public internal(set) var values: [Float]

    /// A matrix of these values, `rowCount × columnCount` of them.
    public init(rowCount: Int, columnCount: Int, values: [Float]) {
        precondition(values.count == rowCount * columnCount, "values are not whole rows")
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
    }
}

/// An array's storage, lent to several threads that write disjoint parts of it.
struct SharedArray<Element: BitwiseCopyable>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Element>

    /// Hands `body` the storage of `array`; nothing else may touch it until `body` returns.
    static func with<Result>(_ array: inout [Element], _ body: (SharedArray) throws -> Result) rethrows -> Result {
        try array.withUnsafeMutableBufferPointer { buffer in
            let none = UnsafeMutablePointer<Element>.allocate(capacity: 1)
            defer { none.deallocate() }
            return try body(SharedArray(base: buffer.baseAddress ?? none))
        }
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        get { base[index] }
        nonmutating set { base[index] = newValue }
    }
}

extension ThreadPool {
    /// Splits `0 ..< count` into blocks of `size` rows, whatever the number of threads, and runs `body` for each.
    func forEachRowBlock(
        of count: Int, size: Int, _ body: @escaping @Sendable (_ block: Int, _ rows: Range<Int>) -> Void
    ) {
        forEach((count + size - 1) / size) { block in body(block, block * size..<min(count, (block + 1) * size)) }
    }
}
