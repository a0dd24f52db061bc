/// Memory of plain values that several threads of a pool write to, each its own part of it.
final class NumberBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The first element; the memory ends with the buffer.
    let base: UnsafeMutablePointer<Element>
    /// Number of elements.
    let count: Int

    /// `count` elements, all of them `value`.
    init(repeating value: Element, count: Int) {
        base = .allocate(capacity: max(1, count))
        base.initialize(repeating: value, count: max(1, count))
        self.count = count
    }

    /// A copy of `elements`.
    convenience init(_ elements: [Element], filler: Element) {
        self.init(repeating: filler, count: elements.count)
        for (index, element) in elements.enumerated() { base[index] = element }
    }

    deinit { base.deallocate() }
}

extension ThreadPool {
    /// Runs `body` on consecutive ranges of `0 ..< count`, each at most `size` long; the cuts do not depend on the threads.
    func forEachBlock(of count: Int, size: Int, _ body: @escaping @Sendable (_ block: Int, _ range: Range<Int>) -> Void)
    {
        guard count > 0 else { return }
        forEach((count + size - 1) / size) { block in body(block, block * size..<min(count, (block + 1) * size)) }
    }
}
