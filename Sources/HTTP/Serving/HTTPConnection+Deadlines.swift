internal import Network

/// What a connection may take too long with.
enum Wait {
    case nothing
    /// Nothing has come of the next request.
    case request
    /// A header, or a handshake, has begun.
    case header
    /// A request is being read or answered.
    case exchange
}

/// How far an exchange was when its pace was last looked at.
struct PaceMark {
    var received = 0
    var isHeldBack = false
    var sent = 0
    /// Whether the client had been sent as much as it takes, and more was there.
    var isBlocked = false
}

extension HTTPConnection {
    func cancelTimers() {
        wait = .nothing
        if let timer { loop.cancel(timer.token) }
        timer = nil
        stopProbing()
    }

    func stopProbing() {
        if let probe { loop.cancel(probe) }
        probe = nil
    }

    /// Waits for the next request.
    func timeIdle() { time(.request, server.configuration.idleTimeout) }

    /// Waits for the end of a header.
    func timeHeader() { time(.header, headerTimeout) }

    /// Watches the pace of a body and of an answer.
    func timeExchange() {
        guard let exchange, let connection else { return }
        mark = currentMark(exchange, connection)
        time(.exchange, server.configuration.paceWindow)
    }

    private var headerTimeout: Duration {
        isReserved ? min(.seconds(2), server.configuration.headerTimeout) : server.configuration.headerTimeout
    }

    private func time(_ wait: Wait, _ limit: Duration) {
        self.wait = wait
        deadline = ServerCore.milliseconds() + limit.wholeMilliseconds
        // A timer that is due earlier stays, and finds out that there is still time: requests come and go without timers.
        if let timer, timer.due <= deadline { return }
        if let timer { loop.cancel(timer.token) }
        startTimer(limit)
    }

    private func startTimer(_ delay: Duration) {
        let token = loop.schedule(after: delay) { [weak self] in self?.timerFired() }
        timer = (token, deadline)
    }

    private func timerFired() {
        timer = nil
        let left = deadline - ServerCore.milliseconds()
        switch wait {
        case .nothing: return
        case _ where left > 0: startTimer(.milliseconds(left))
        case .request: if parser.isWithinRequest { timeHeader() } else { close() }
        case .header: headerIsLate()
        case .exchange: checkPace()
        }
    }

    private func headerIsLate() {
        server.countTimeout()
        // A handshake that has not ended cannot be answered.
        guard parser.isWithinHead else { return abort() }
        refuse(.tooSlow("the header was not whole within \(headerTimeout)"))
    }

    private func currentMark(_ exchange: Exchange, _ connection: Connection) -> PaceMark {
        let body = exchange.isWhole ? nil : exchange.body?.progress
        return PaceMark(
            received: (body?.received ?? 0) + exchange.discarded,
            isHeldBack: exchange.awaitsContinue || body?.isHeldBack ?? true,
            sent: connection.sentBytes, isBlocked: connection.isBlocked)
    }

    private func checkPace() {
        guard let exchange, let connection else { return }
        let now = currentMark(exchange, connection)
        let window = server.configuration.paceWindow
        let least = max(1, Double(server.configuration.leastPace) * (window / .seconds(1)))
        if mark.isBlocked, now.isBlocked, Double(now.sent - mark.sent) < least {
            // The client does not take what it asked for; there is no way to tell it.
            server.countTimeout()
            return abort()
        }
        if !mark.isHeldBack, !now.isHeldBack, Double(now.received - mark.received) < least {
            server.countTimeout()
            let words = "\(server.configuration.leastPace) bytes a second over \(window)"
            refuse(.tooSlow("the body came slower than \(words)"))
        }
        timeExchange()
    }
}

extension Duration {
    /// Rounded down; no more than some centuries.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(seconds, 1 << 40) * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
