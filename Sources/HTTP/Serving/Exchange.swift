internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// One request and its response, between libmicrohttpd's threads and the handler's task.
///
/// libmicrohttpd calls `access` when it has read something and `read` when it can send something. What cannot go on
/// suspends the connection; whoever makes it possible to go on (the handler reading the body, answering, or writing to
/// a stream) resumes it. Every call looks at the whole state again, so a resumption too many does no harm.
final class Exchange: Sendable {
    /// A pointer of libmicrohttpd's, used only between the request's first and last callback, under the lock.
    struct Connection: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    enum Ending {
        case disconnected, shutdown
    }

    /// How far the request has been read.
    enum Phase {
        case header, body, whole
    }

    struct State {
        var connection: Connection?
        var isSuspended = false
        var request: Request?
        var started = ContinuousClock.now
        var task: Task<Void, Never>?
        var ending: Ending?

        // The body, on its way in.
        var phase = Phase.header
        var bodyLimit = 0
        var hasBody = false
        var mayDiscard = false
        var input = ByteQueue()
        var received = 0
        var discarded = 0
        var inputError: (any Error)?
        var bodyWanted = false
        var inputWaiter: CheckedContinuation<[UInt8]?, any Error>?

        // The response, on its way out.
        var answer: Response?
        var sentStatus: Status?
        var isClosing = false
        var endsOnShutdown = false
        var output = ByteQueue()
        var outputEnded = false
        var outputError: (any Error)?
        var isWriterCancelled = false
        var outputWaiters: [CheckedContinuation<Void, any Error>] = []
    }

    /// What wakes up once the lock is released.
    struct Wake {
        var input: (continuation: CheckedContinuation<[UInt8]?, any Error>, result: Result<[UInt8]?, any Error>)?
        var output: [CheckedContinuation<Void, any Error>] = []
        var outputError: (any Error)?
        var cancelled: Task<Void, Never>?

        func fire() {
            cancelled?.cancel()
            if let input { input.continuation.resume(with: input.result) }
            for waiter in output {
                if let outputError { waiter.resume(throwing: outputError) } else { waiter.resume() }
            }
        }
    }

    let number: UInt64
    let target: String
    let server: ServerCore
    let state = Mutex(State())

    init(number: UInt64, target: String, server: ServerCore) {
        self.number = number
        self.target = target
        self.server = server
    }

    /// Stops libmicrohttpd from calling back until `resume`; only from within one of its callbacks. An exchange that was
    /// broken off is not suspended any more.
    func suspend(_ state: inout State) {
        guard let connection = state.connection, !state.isSuspended, state.ending == nil else { return }
        state.isSuspended = true
        MHD_suspend_connection(connection.pointer)
        server.monitor.watch(martlet_mhd_socket(connection.pointer), for: self)
    }

    /// Lets libmicrohttpd call back again.
    func resume(_ state: inout State) {
        guard let connection = state.connection, state.isSuspended else { return }
        state.isSuspended = false
        server.monitor.forget(martlet_mhd_socket(connection.pointer), of: self)
        MHD_resume_connection(connection.pointer)
    }

    /// Closes the connection for both sides. libmicrohttpd 0.9.75 may leave a connection whose stream failed open until
    /// something happens on its socket; this happens.
    func breakOff(_ state: inout State) {
        guard let connection = state.connection else { return }
        shutdown(martlet_mhd_socket(connection.pointer), Int32(SHUT_RDWR))
    }

    /// The other side has closed its end; unread data means that it is only half closed and still to be served.
    func peerClosed(both: Bool) {
        let isGone = state.withLock { state in
            guard let connection = state.connection, state.isSuspended else { return false }
            if both { return true }
            var byte: UInt8 = 0
            let socket = martlet_mhd_socket(connection.pointer)
            return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
        }
        if isGone { end(.disconnected) }
    }

    /// Breaks the exchange off: the handler is cancelled and the connection closed.
    func end(_ ending: Ending) {
        state.withLock { state -> Wake in
            if state.ending == nil { state.ending = ending }
            let error: any Error = ending == .shutdown ? HTTPError.shuttingDown : HTTPError.disconnected
            let wake = fail(&state, error)
            breakOff(&state)
            resume(&state)
            return wake
        }.fire()
    }

    /// The server wants to stop: a stream that ends on shutdown is told to.
    func prepareShutdown() {
        let task = state.withLock { state -> Task<Void, Never>? in
            state.isClosing = true
            return state.endsOnShutdown ? state.task : nil
        }
        task?.cancel()
    }

    /// libmicrohttpd is done with the request; the connection must not be touched any more.
    func completed(_ code: MHD_RequestTerminationCode) {
        let isComplete = martlet_completed_ok(code) != 0
        let (wake, over, wasActive) = state.withLock { state -> (Wake, CompletedExchange?, Bool) in
            let wasActive = state.connection != nil
            if let connection = state.connection {
                server.monitor.forget(martlet_mhd_socket(connection.pointer), of: self)
            }
            state.connection = nil
            state.isSuspended = false
            var wake = Wake()
            if isComplete {
                // A stream of a known length may be complete before its producer has returned.
                wake.output = state.outputWaiters
                state.outputWaiters = []
                state.outputError = HTTPError.disconnected
                state.output.removeAll()
            } else {
                if state.ending == nil { state.ending = .disconnected }
                wake = fail(&state, HTTPError.disconnected)
            }
            let over = state.request.map {
                CompletedExchange(
                    request: $0, status: state.sentStatus, duration: ContinuousClock.now - state.started,
                    isComplete: isComplete)
            }
            return (wake, over, wasActive)
        }
        wake.fire()
        if let over {
            for hook in server.middleware { hook.completed(over) }
        }
        server.remove(self, wasActive: wasActive)
    }

    private func fail(_ state: inout State, _ error: any Error) -> Wake {
        var wake = Wake()
        state.inputError = state.inputError ?? error
        state.outputError = state.outputError ?? error
        state.input.removeAll()
        state.output.removeAll()
        if let waiter = state.inputWaiter {
            state.inputWaiter = nil
            wake.input = (waiter, .failure(error))
        }
        wake.output = state.outputWaiters
        wake.outputError = error
        state.outputWaiters = []
        wake.cancelled = state.task
        return wake
    }
}
