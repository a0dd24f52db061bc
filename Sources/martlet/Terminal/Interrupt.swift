import Dispatch
import Foundation
import StandardIO

/// Turns the signals that end a process into a call; the second one ends it at once, as people expect of Ctrl-C.
final class Interrupt: @unchecked Sendable {
    private let sources: [any DispatchSourceSignal]

    /// Calls `action` on a queue of its own at the first signal.
    init(_ action: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "martlet.interrupt")
        let once = Once()
        sources = Signals.ending.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if once.isFirst() { action() } else { Signals.end(by: number) }
            }
            source.activate()
            return source
        }
    }

    private final class Once: @unchecked Sendable {
        private let lock = NSLock()
        private var done = false
        func isFirst() -> Bool {
            lock.withLock {
                defer { done = true }
                return !done
            }
        }
    }
}
