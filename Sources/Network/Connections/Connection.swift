internal import CNetwork
internal import Glibc
internal import Synchronization

/// A connection over TCP, encrypted or not, that many callers share. It is open from the moment `connect` returns until its
/// handler is told that it has closed; its loop holds it until then, so it has to be closed.
public final class Connection: @unchecked Sendable {
    // Sendable by hand: `outgoing` and `isPaused` guard themselves, the other variables are used on the loop's thread alone.

    /// Where the connection goes.
    public let endpoint: Endpoint
    /// The loop it lives on.
    public let loop: EventLoop

    enum Phase {
        /// The TLS handshake is under way.
        case handshaking
        case open
        /// What is queued is still sent, then the connection ends.
        case draining
        /// Everything is sent; only the peer's end is waited for.
        case lingering
        case closed
    }

    /// What callers leave to be sent.
    struct Outgoing: ~Copyable {
        var buffer = OutgoingBuffer()
        /// Bytes queued, here or with the loop, that the system has not taken.
        var pending = 0
        /// Whether the loop knows that there is something to send.
        var isScheduled = false
        var isClosed = false
        var waiters = WaitingSends()
    }

    let outgoing = Mutex(Outgoing())
    let isPaused = Atomic<Bool>(false)
    let options: ConnectionOptions

    let descriptor: Int32
    let tls: TLSSession?
    var phase: Phase
    var handler: (any ConnectionHandler)?
    /// What is being sent; swapped with the callers' buffer when empty.
    var sending = OutgoingBuffer()
    /// Whether the system takes no more bytes for now, as the peer has to take some first; read it on the loop's thread.
    public internal(set) var isBlocked = false
    /// Bytes of the loop's buffer that the next read may take; few while long things come, for which handlers have room.
    var readSize = LoopCore.bufferSize
    /// Whether the peer sends no more.
    var hasPeerEnded = false
    /// Whether the system takes no more bytes for ever.
    var hasWritingFailed = false
    /// Tells `connect` how the handshake ended.
    var opening: ((Result<Connection, NetworkError>) -> Void)?
    var closeWaiters: [CheckedContinuation<Void, Never>] = []
    var closeTimer: TimerToken?
    /// Bytes of the wire that the system has taken so far, to see progress; read it on the loop's thread.
    public internal(set) var sentBytes = 0
    /// Bytes taken by the system while closing, to see progress.
    var sentWhileClosing = 0

    init(
        endpoint: Endpoint, loop: EventLoop, options: ConnectionOptions, descriptor: Int32, tls: TLSSession?,
        handler: any ConnectionHandler
    ) {
        self.endpoint = endpoint
        self.loop = loop
        self.options = options
        self.descriptor = descriptor
        self.tls = tls
        self.handler = handler
        phase = tls == nil ? .open : .handshaking
    }

    /// Bytes that wait to be taken by the system.
    public var pendingBytes: Int { outgoing.withLock { $0.pending } }

    /// Reads no more until `resumeReading()`, so that the peer has to wait; what was read already may still come. While
    /// reading is paused the end of the peer is not seen.
    public func pauseReading() {
        if !isPaused.exchange(true, ordering: .acquiringAndReleasing) { loop.core.enqueue(self) }
    }

    /// Reads again after `pauseReading()`.
    public func resumeReading() {
        if isPaused.exchange(false, ordering: .acquiringAndReleasing) { loop.core.enqueue(self) }
    }
}

extension Connection: PollTarget {
    func ready(_ events: PollEvents) {
        // Failures come as neither readable nor writable: reading or writing tells what happened.
        let hasFailed = !events.isSubset(of: [.read, .write])
        if isBlocked, events.contains(.write) || hasFailed {
            isBlocked = false
            flush()
        }
        if interest.contains(.read), events.contains(.read) || hasFailed {
            readSome()
        } else if hasFailed, hasPeerEnded, phase == .open {
            // The peer had only stopped sending, as it seemed, and is now gone.
            end(
                NetworkError(
                    code: .connectionLost, message: "the peer broke the connection off", endpoint: endpoint))
        }
        updateInterest()
    }

    func loopStopped() {
        end(NetworkError(code: .loopStopped, message: "the event loop was stopped", endpoint: endpoint))
    }

    /// Does what callers have asked for; on the loop's thread.
    func service() {
        if !isBlocked { flush() }
        updateInterest()
    }

    /// What the connection waits for.
    private var interest: PollEvents {
        var interest: PollEvents = isBlocked ? [.write] : []
        switch phase {
        case .handshaking, .lingering: interest.insert(.read)
        case .open, .draining:
            if hasPeerEnded {
                interest.insert(.failure)
            } else if !isPaused.load(ordering: .acquiring) || phase == .draining {
                interest.insert(.read)
            }
        case .closed: break
        }
        return interest
    }

    func updateInterest() {
        guard phase != .closed else { return }
        do throws(NetworkError) {
            try loop.core.poller.watch(descriptor, for: interest, target: self)
        } catch { end(error) }
    }

    /// Begins to watch the socket and, with TLS, to shake hands.
    func start() {
        if let tls {
            do throws(NetworkError) {
                _ = try tls.handshake(UnsafeRawBufferPointer(start: nil, count: 0))
            } catch { return end(error) }
            flush()
        } else {
            opened()
        }
        updateInterest()
    }

    func opened() {
        phase = .open
        opening?(.success(self))
        opening = nil
    }

    /// Ends the connection at once; on the loop's thread, and only once with effect.
    func end(_ error: NetworkError?) {
        guard phase != .closed else { return }
        phase = .closed
        loop.core.poller.release(descriptor)
        if let closeTimer { loop.cancel(closeTimer) }
        let waiters = outgoing.withLock { outgoing in
            outgoing.isClosed = true
            outgoing.pending = 0
            outgoing.buffer.removeAll()
            return outgoing.waiters.removeAll()
        }
        sending = OutgoingBuffer()
        let reason = error ?? closedError
        for waiter in waiters { waiter.resume(throwing: reason) }
        if let opening {
            self.opening = nil
            opening(.failure(reason))
        } else {
            handler?.closed(error)
        }
        handler = nil
        for waiter in closeWaiters { waiter.resume() }
        closeWaiters = []
    }

    var closedError: NetworkError {
        NetworkError(code: .closed, message: "the connection is closed", endpoint: endpoint)
    }
}
