internal import Network

/// How far an exchange was when its pace was last looked at.
struct PaceMark {
    var received = 0
    var isHeldBack = false
    var sent = 0
    var isSending = false
}

extension HTTPConnection {
    func cancelTimers() {
        if let timer { loop.cancel(timer) }
        if let probe { loop.cancel(probe) }
        timer = nil
        probe = nil
        isHeaderTimed = false
    }

    /// Waits for the next request.
    func timeIdle() {
        set(server.configuration.idleTimeout) { connection in
            if connection.exchange == nil, !connection.parser.isWithinRequest { connection.close() }
        }
    }

    /// Waits for the end of a header.
    func timeHeader() {
        let limit =
            isReserved ? min(.seconds(2), server.configuration.headerTimeout) : server.configuration.headerTimeout
        set(limit) { connection in
            guard connection.exchange == nil else { return }
            connection.server.countTimeout()
            if connection.parser.isWithinHead {
                connection.refuse(.tooSlow("the header was not whole within \(limit)"))
            } else {
                connection.isClosing = true
                connection.connection?.abort()
            }
        }
        isHeaderTimed = true
    }

    /// Watches the pace of a body and of an answer.
    func timeExchange() {
        guard let exchange, let connection else { return }
        mark = currentMark(exchange, connection)
        set(server.configuration.paceWindow) { $0.checkPace() }
    }

    private func currentMark(_ exchange: Exchange, _ connection: Connection) -> PaceMark {
        let body = exchange.body?.progress
        return PaceMark(
            received: (body?.received ?? 0) + exchange.discarded,
            isHeldBack: exchange.isWhole || exchange.awaitsContinue || body?.isHeldBack ?? true,
            sent: connection.sentBytes, isSending: connection.pendingBytes > 0)
    }

    private func checkPace() {
        guard let exchange, let connection else { return }
        let now = currentMark(exchange, connection)
        let seconds = Int(server.configuration.paceWindow.components.seconds)
        let least = max(1, server.configuration.leastPace * seconds)
        if mark.isSending, now.isSending, now.sent - mark.sent < least {
            // The client does not take what it asked for; there is no way to tell it.
            server.countTimeout()
            isClosing = true
            return connection.abort()
        }
        if !mark.isHeldBack, !now.isHeldBack, now.received - mark.received < least {
            server.countTimeout()
            let words = "\(server.configuration.leastPace) bytes a second over \(server.configuration.paceWindow)"
            return refuse(.tooSlow("the body came slower than \(words)"))
        }
        timeExchange()
    }

    private func set(_ delay: Duration, _ action: @escaping @Sendable (HTTPConnection) -> Void) {
        if let timer { loop.cancel(timer) }
        isHeaderTimed = false
        timer = loop.schedule(after: delay) { [weak self] in
            if let self { action(self) }
        }
    }
}
