internal import Glibc
internal import Synchronization

/// A temporary file that a signal removes, as long as it is not forgotten.
final class UnfinishedFile: Sendable {
    // Read by a handler of signals, which may neither lock nor allocate: a list that only grows, of a node a file.
    private struct Node: ~Copyable {
        let path: UnsafeMutablePointer<CChar>
        let isUnfinished = Atomic<Bool>(true)
        let next: UnsafeMutablePointer<Node>?
    }

    // Unsafe only because a pointer is not Sendable: the list is changed by exchanges alone.
    private nonisolated(unsafe) static let last = Atomic<UnsafeMutablePointer<Node>?>(nil)

    private nonisolated(unsafe) let node: UnsafeMutablePointer<Node>

    /// Makes a new, empty file in `folder`, open for writing as `descriptor`; that is negative, with `errno`, where it cannot.
    static func make(in folder: String, descriptor: inout Int32) -> UnfinishedFile {
        while true {
            // It is known before it is there: a signal in between leaves nothing.
            let number = UInt64.random(in: 0...UInt64.max)
            let file = UnfinishedFile("\(folder)/.martlet-\(String(number, radix: 36))")
            descriptor = open(file.node.pointee.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return file }
            file.forget()
            if errno != EEXIST { return file }
        }
    }

    private init(_ path: String) {
        let path = path.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: path.count)
        for (place, byte) in path.enumerated() { (copy + place).initialize(to: byte) }
        node = .allocate(capacity: 1)
        var head = UnfinishedFile.last.load(ordering: .acquiring)
        while true {
            node.initialize(to: Node(path: copy, next: head))
            let (exchanged, original) = UnfinishedFile.last.compareExchange(
                expected: head, desired: node, ordering: .acquiringAndReleasing)
            if exchanged { return }
            head = original
        }
    }

    var path: String { String(cString: node.pointee.path) }

    /// It has its name, or is gone.
    func forget() { node.pointee.isUnfinished.store(false, ordering: .releasing) }

    /// Removes it, unless it was forgotten.
    func remove() {
        if node.pointee.isUnfinished.exchange(false, ordering: .acquiringAndReleasing) { unlink(node.pointee.path) }
    }

    /// Removes all of them; safe in a handler of signals.
    static func removeAll() {
        var next = last.load(ordering: .acquiring)
        while let node = next {
            if node.pointee.isUnfinished.load(ordering: .acquiring) { unlink(node.pointee.path) }
            next = node.pointee.next
        }
    }
}
