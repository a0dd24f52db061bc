import Foundation

/// Things that one thread at a time may use.
final class FreeList<Item>: @unchecked Sendable {
    private let lock = NSLock()
    private var items: [Item]

    init(_ items: [Item]) { self.items = items }

    func take() -> Item { lock.withLock { items.removeLast() } }

    func put(_ item: Item) { lock.withLock { items.append(item) } }
}
