internal import CNetwork
internal import Glibc
internal import Synchronization

extension Connection {
    /// Bytes encrypted ahead of the socket at most.
    private static let encryptedAhead = 256 << 10
    /// Bytes a turn of the loop sends of one connection, so that it does not starve the others.
    private static let bytesPerTurn = 4 << 20
    /// Pieces of one send.
    private static let piecesPerSend = 64

    /// Queues the bytes and returns at once; they leave with others' in one system call. After the close they are dropped.
    public func send(_ bytes: [UInt8]) {
        send { $0.append(bytes) }
    }

    /// Queues what `writing` appends, without an array between; false where the connection is closed and nothing was
    /// written. `writing` runs under the lock that all senders share: it must be short and use no connection.
    @discardableResult
    public func send(writing: (inout OutgoingBuffer) -> Void) -> Bool {
        let (isTaken, mustSchedule) = outgoing.withLock { outgoing in
            guard !outgoing.isClosed else { return (false, false) }
            let before = outgoing.buffer.count
            writing(&outgoing.buffer)
            outgoing.pending += outgoing.buffer.count - before
            let mustSchedule = !outgoing.isScheduled && outgoing.pending > 0
            if mustSchedule { outgoing.isScheduled = true }
            return (true, mustSchedule)
        }
        if mustSchedule { loop.core.enqueue(self) }
        return isTaken
    }

    /// Queues the bytes as `send` does, but first waits while more than the high-water mark is queued, in the order of the
    /// calls. Throws `NetworkError` where the connection closes and `CancellationError` where the task is cancelled before
    /// the bytes are queued; none of them is sent then.
    public func sendWaiting(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        let number = outgoing.withLock { $0.waiters.nextNumber() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (result, mustSchedule) = outgoing.withLock { outgoing -> (Result<Void, any Error>?, Bool) in
                    if outgoing.isClosed { return (.failure(closedError), false) }
                    if Task.isCancelled { return (.failure(CancellationError()), false) }
                    guard outgoing.pending <= options.highWaterMark, outgoing.waiters.isEmpty else {
                        outgoing.waiters.append(number: number, bytes: bytes, continuation: continuation)
                        return (nil, false)
                    }
                    outgoing.buffer.append(bytes)
                    outgoing.pending += bytes.count
                    let mustSchedule = !outgoing.isScheduled && outgoing.pending > 0
                    if mustSchedule { outgoing.isScheduled = true }
                    return (.success(()), mustSchedule)
                }
                if mustSchedule { loop.core.enqueue(self) }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = outgoing.withLock { $0.waiters.remove(number: number) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Sends until nothing is queued or the socket takes no more; on the loop's thread.
    func flush() {
        var left = Connection.bytesPerTurn
        while phase != .closed {
            if let tls, !tls.output.isDrained {
                // What a failed send leads to begins once the buffer is no longer being changed.
                let outcome = transmit(&tls.output)
                guard let count = count(of: outcome) else { return }
                left -= count
                if tls.output.isDrained { tls.output.removeAll(keeping: options.keptMemory) }
            } else if phase == .handshaking || phase == .lingering {
                return
            } else if !sending.isDrained {
                if let tls {
                    guard encrypt(tls) else { return }
                } else {
                    let outcome = transmit(&sending)
                    guard let count = count(of: outcome) else { return }
                    left -= count
                    settle(count)
                }
            } else if !takeQueued() {
                switch phase {
                case .draining: finishSending()
                case .open: handler?.drained()
                default: break
                }
                return
            }
            if left <= 0 {
                loop.core.enqueue(self)
                return
            }
        }
    }

    /// Swaps the empty buffer for the callers'; false where that is empty too.
    private func takeQueued() -> Bool {
        sending.removeAll(keeping: options.keptMemory)
        return outgoing.withLock { outgoing in
            guard outgoing.buffer.count > 0 else {
                outgoing.isScheduled = false
                return false
            }
            swap(&outgoing.buffer, &sending)
            return true
        }
    }

    /// What became of bytes that were handed to the system.
    private enum Transmission {
        case sent(Int)
        /// The socket takes none now.
        case blocked
        case failed(Int32)
    }

    private func transmit(_ buffer: inout OutgoingBuffer) -> Transmission {
        let descriptor = descriptor
        while true {
            let count = buffer.withPieces(&loop.core.pieces, limit: Connection.piecesPerSend) { pieces in
                pieces.withUnsafeMutableBufferPointer {
                    network_send(descriptor, $0.baseAddress, Int32($0.count))
                }
            }
            if count >= 0 {
                buffer.advance(count)
                return .sent(count)
            }
            let number = errno
            if number == EINTR { continue }
            return number == EAGAIN ? .blocked : .failed(number)
        }
    }

    /// The number of bytes sent; nil where the socket takes none now, or the connection has ended.
    private func count(of transmission: Transmission) -> Int? {
        switch transmission {
        case .sent(let count):
            if phase == .draining { sentWhileClosing += count }
            sentBytes &+= count
            return count
        case .blocked: isBlocked = true
        case .failed(let number): writingFailed(number)
        }
        return nil
    }

    /// A peer that broke the connection off may have said why before: what it sent is read first.
    private func writingFailed(_ number: Int32) {
        guard !hasWritingFailed else { return }
        hasWritingFailed = true
        refuseSends()
        if phase != .open || !isPaused.load(ordering: .acquiring) {
            while readSome() {}
        }
        end(.system("send", number, endpoint: endpoint))
    }

    /// Encrypts some of what is being sent; false where that failed and the connection has ended.
    private func encrypt(_ tls: TLSSession) -> Bool {
        var count = 0
        let result = sending.withPieces(&loop.core.pieces, limit: 1) { pieces -> Result<Void, NetworkError> in
            guard let piece = pieces.first else { return .success(()) }
            count = min(piece.iov_len, Connection.encryptedAhead)
            let bytes = UnsafeRawBufferPointer(start: piece.iov_base, count: count)
            return Result { () throws(NetworkError) in try tls.encrypt(bytes) }
        }
        if case .failure(let error) = result {
            end(error)
            return false
        }
        sending.advance(count)
        settle(count)
        return true
    }

    /// Counts bytes as no longer queued and lets in those who wait, as many as there is room for.
    private func settle(_ count: Int) {
        let admitted = outgoing.withLock { outgoing in
            outgoing.pending -= count
            guard !outgoing.waiters.isEmpty else { return [] as [CheckedContinuation<Void, any Error>] }
            var admitted: [CheckedContinuation<Void, any Error>] = []
            while outgoing.pending <= options.highWaterMark, let waiter = outgoing.waiters.removeFirst() {
                outgoing.buffer.append(waiter.bytes)
                outgoing.pending += waiter.bytes.count
                admitted.append(waiter.continuation)
            }
            return admitted
        }
        for continuation in admitted { continuation.resume() }
    }
}

/// Sends that wait for room, in order.
struct WaitingSends {
    struct Waiter {
        let number: UInt64
        let bytes: [UInt8]
        let continuation: CheckedContinuation<Void, any Error>
    }

    private var waiters: [Waiter] = []
    /// Waiters before this place have been let in.
    private var first = 0
    private var number: UInt64 = 0

    var isEmpty: Bool { first == waiters.count }

    mutating func nextNumber() -> UInt64 {
        number += 1
        return number
    }

    mutating func append(number: UInt64, bytes: [UInt8], continuation: CheckedContinuation<Void, any Error>) {
        waiters.append(Waiter(number: number, bytes: bytes, continuation: continuation))
    }

    mutating func removeFirst() -> Waiter? {
        guard first < waiters.count else { return nil }
        let waiter = waiters[first]
        first += 1
        if first == waiters.count || first > 64 {
            waiters.removeFirst(first)
            first = 0
        }
        return waiter
    }

    mutating func remove(number: UInt64) -> CheckedContinuation<Void, any Error>? {
        guard let place = waiters[first...].firstIndex(where: { $0.number == number }) else { return nil }
        return waiters.remove(at: place).continuation
    }

    mutating func removeAll() -> [CheckedContinuation<Void, any Error>] {
        defer {
            waiters = []
            first = 0
        }
        return waiters[first...].map(\.continuation)
    }
}
