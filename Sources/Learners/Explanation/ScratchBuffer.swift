/// Memory that one thread uses again and again, growing as needed; for elements that own nothing.
final class ScratchBuffer<Element> {
    /// The first element.
    private(set) var base: UnsafeMutablePointer<Element>
    private var capacity: Int

    init() {
        base = .allocate(capacity: 1)
        capacity = 0
    }

    /// Makes room for `count` elements; where there was too little all become `filler` but the first `kept`.
    func reserve(_ count: Int, filler: Element, keeping kept: Int = 0) {
        guard count > capacity else { return }
        let grown = UnsafeMutablePointer<Element>.allocate(capacity: 2 * count)
        grown.initialize(repeating: filler, count: 2 * count)
        grown.update(from: base, count: kept)
        base.deallocate()
        base = grown
        capacity = 2 * count
    }

    deinit { base.deallocate() }
}
