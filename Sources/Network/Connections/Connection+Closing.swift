internal import CNetwork
internal import Glibc
internal import Synchronization

extension Connection {
    /// Sends what is queued, tells the peer that this is the end, waits for its own end (`lingering` at most) and closes. Bytes
    /// that still come are dropped. Returns when the connection is closed; a peer that takes nothing for the close time-out
    /// is broken off.
    public func close() async {
        refuseSends()
        await withCheckedContinuation { continuation in
            let isTaken = loop.execute { self.beginClosing(continuation) }
            if !isTaken { continuation.resume() }
        }
    }

    /// Does the same without being waited for; its handler is told when the connection has closed.
    public func closeSoon() {
        refuseSends()
        loop.execute { self.beginClosing(nil) }
    }

    /// Ends the connection at once, without sending what is queued; its handler is told an error of code `closed`.
    public func abort() {
        refuseSends()
        loop.execute { self.end(self.closedError) }
    }

    /// Drops what is sent from now on and fails those who wait to send.
    func refuseSends() {
        let waiters = outgoing.withLock { outgoing in
            outgoing.isClosed = true
            return outgoing.waiters.removeAll()
        }
        for waiter in waiters { waiter.resume(throwing: closedError) }
    }

    private func beginClosing(_ waiter: CheckedContinuation<Void, Never>?) {
        guard phase != .closed else { return waiter?.resume() ?? () }
        if let waiter { closeWaiters.append(waiter) }
        switch phase {
        case .handshaking: end(closedError)
        case .open:
            phase = .draining
            watchProgress()
            service()
        case .draining, .lingering, .closed: break
        }
    }

    /// Everything is sent: says so to the peer, and closes when the peer has done the same.
    func finishSending() {
        if let tls {
            tls.sayGoodbye()
            if !tls.output.isDrained {
                // Straight to the socket: where it takes nothing now, the peer gets the end without the farewell.
                _ = tls.output.withPieces(&loop.core.pieces, limit: 1) { pieces in
                    pieces.withUnsafeMutableBufferPointer {
                        network_send(descriptor, $0.baseAddress, Int32($0.count))
                    }
                }
                tls.output.removeAll()
            }
        }
        if hasPeerEnded { return end(nil) }
        shutdown(descriptor, Int32(SHUT_WR))
        phase = .lingering
        setCloseTimer(options.lingering) { $0.end(nil) }
    }

    /// Breaks the connection off where nothing is taken of what is still to be sent.
    func watchProgress() {
        sentWhileClosing = 0
        setCloseTimer(options.closeTimeout) { connection in
            guard connection.phase == .draining else { return }
            if connection.sentWhileClosing > 0 { return connection.watchProgress() }
            connection.end(
                NetworkError(
                    code: .timedOut, message: "the peer takes nothing of what is still to be sent",
                    endpoint: connection.endpoint))
        }
    }

    private func setCloseTimer(_ delay: Duration, _ action: @escaping @Sendable (Connection) -> Void) {
        if let closeTimer { loop.cancel(closeTimer) }
        closeTimer = loop.schedule(after: delay) { [weak self] in
            if let self { action(self) }
        }
    }
}
