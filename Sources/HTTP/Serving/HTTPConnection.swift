internal import Network
internal import Synchronization

/// One client's connection: its requests one after another, the next when the one before is answered and sent.
///
/// All of it runs on the loop's thread, the handlers' tasks apart, which come back to it with their answers. The parser says what
/// the client's bytes are; a request's state stands in its exchange.
final class HTTPConnection: @unchecked Sendable {
    // Sendable by hand: `waitingSince` guards itself, the other variables are used on the loop's thread alone.

    /// Bytes of further requests that are taken while one is being answered.
    static let pipelineLimit = 64 << 10
    /// How long an answer to a client that has stopped sending may take before the client is probed, and between two probes.
    static let probeInterval = Duration.seconds(1)

    /// When the connection began to wait for its next request, in milliseconds of some clock; `busy` during a request.
    let waitingSince: Atomic<Int64>
    static let busy = Int64.max

    let server: ServerCore
    let loop: EventLoop
    let peer: Endpoint
    /// Whether it stands beyond the limit of connections, on a place kept for vital paths.
    let isReserved: Bool

    var connection: Connection?
    var parser: RequestParser
    var exchange: Exchange?
    /// The number of the exchange under way, or of the last.
    var number: UInt64 = 0
    /// What has come of further requests, and how much of it has been taken.
    var rest: [UInt8] = []
    private var taken = 0
    /// Whether nothing more is answered: what still comes is dropped.
    var isClosing = false
    /// Whether the client sends no more.
    var hasPeerEnded = false
    private var isProcessing = false

    /// What ends the connection when it takes too long, when that is, and the timer that looks.
    var wait = Wait.nothing
    var deadline: Int64 = 0
    var timer: (token: TimerToken, due: Int64)?
    var probe: TimerToken?
    /// What the pace is measured from.
    var mark = PaceMark()

    init(server: ServerCore, loop: EventLoop, peer: Endpoint, isReserved: Bool) {
        self.server = server
        self.loop = loop
        self.peer = peer
        self.isReserved = isReserved
        waitingSince = Atomic(ServerCore.milliseconds())
        let configuration = server.configuration
        parser = RequestParser(
            limits: RequestLimits(header: configuration.headerLimit, fields: configuration.fieldLimit))
    }

    /// The socket is open, or begins to shake hands.
    func opened(_ connection: Connection) {
        self.connection = connection
        // A handshake has to end in the time of a header.
        if server.configuration.certificates != nil || isReserved { timeHeader() } else { timeIdle() }
    }

    /// Takes requests off the bytes until there are no more, or one has to be answered first; the number of bytes left.
    private func process(_ bytes: UnsafeRawBufferPointer) -> Int {
        isProcessing = true
        defer { isProcessing = false }
        var input = bytes
        do throws(HTTPError) {
            while !isClosing {
                if exchange?.isWhole == true { return input.count }
                switch try parser.next(&input) {
                case .needsMore:
                    if parser.isWithinHead, wait != .header { timeHeader() }
                    return 0
                case .head(let head): begin(head)
                case .body(let bytes): take(bytes)
                case .end:
                    exchange?.isWhole = true
                    exchange?.body?.finish()
                    finishIfDone()
                }
            }
        } catch { refuse(error) }
        return 0
    }

    private func hold(_ bytes: UnsafeRawBufferPointer) {
        rest.removeFirst(taken)
        taken = 0
        rest.append(contentsOf: bytes)
        if rest.count > HTTPConnection.pipelineLimit { connection?.pauseReading() }
    }

    /// Goes on with what was held while a request was answered.
    private func processRest() {
        guard !isProcessing, !rest.isEmpty else { return }
        let held = rest
        let left = held.withUnsafeBytes { process(UnsafeRawBufferPointer(rebasing: $0[taken...])) }
        guard !isClosing else { return }
        taken = held.count - left
        if left == 0 {
            dropRest()
        } else if left > HTTPConnection.pipelineLimit {
            connection?.pauseReading()
        }
        // The end of the client has come before these requests were begun.
        if hasPeerEnded { ended() }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard let exchange else { return }
        if !exchange.isAnswered, let body = exchange.body {
            exchange.awaitsContinue = false
            switch body.take(bytes, limit: exchange.bodyLimit) {
            case .taken: return
            case .full:
                connection?.pauseReading()
                return
            case .tooLong, .dropped: break
            }
        }
        exchange.discarded += bytes.count
        if exchange.discarded > server.configuration.discardLimit {
            exchange.isLast = true
            // The rest stays with the client until the answer is there.
            if exchange.isAnswered { finishIfDone() } else { connection?.pauseReading() }
        }
    }

    /// The request and its answer are over: the next one, or the end.
    func finishIfDone() {
        guard let exchange, let connection, exchange.isAnswered, exchange.isWhole || exchange.isLast,
            connection.pendingBytes == 0
        else { return }
        complete(isComplete: true)
        if exchange.isLast || hasPeerEnded && rest.isEmpty { return close() }
        timeIdle()
        connection.resumeReading()
        processRest()
    }

    func complete(isComplete: Bool) {
        guard let exchange else { return }
        self.exchange = nil
        stopProbing()
        waitingSince.store(ServerCore.milliseconds(), ordering: .relaxed)
        let completed = CompletedExchange(
            request: exchange.request, status: exchange.status, duration: ContinuousClock.now - exchange.started,
            isComplete: isComplete)
        for hook in server.middleware { hook.completed(completed) }
        server.exchangeEnded()
    }

    /// Sends what is queued and closes.
    func close() {
        isClosing = true
        cancelTimers()
        dropRest()
        connection?.resumeReading()
        connection?.closeSoon()
    }

    private func dropRest() {
        rest = []
        taken = 0
    }

    /// Closes a connection that waits for a request.
    func closeIfWaiting() { if exchange == nil { close() } }

    /// Another needs the place: goes at once where a request is being waited for, else after the answer.
    func makeRoom() {
        if let exchange { exchange.isLast = true } else { abort() }
    }

    func abort() {
        isClosing = true
        connection?.abort()
    }

    /// The server wants to stop: the answer is the last, and a stream that ends on shutdown is told to.
    func prepareShutdown() {
        guard let exchange else { return }
        exchange.isLast = true
        if exchange.endsOnShutdown { exchange.task?.cancel() }
    }

    /// The client sends no more; what it asked for is still answered.
    private func ended() {
        if let exchange {
            // Who listens to an endless stream goes on listening with both sides open, or has gone.
            if exchange.isWhole { return exchange.endsOnShutdown ? connection?.abort() ?? () : probeLater() }
            exchange.isLast = true
            exchange.body?.fail(HTTPError.disconnected)
            exchange.task?.cancel()
            // What was being dropped after an answer is now over.
            finishIfDone()
        } else if parser.isWithinRequest {
            refuse(.malformed("the request ends before its end"))
        } else {
            close()
        }
    }

    /// A client that has gone altogether looks like one that only sends no more, until it is sent something. An interim answer
    /// is what may be sent before the answer (RFC 9110, section 15.2).
    private func probeLater() {
        guard let exchange, !exchange.isVersion10, exchange.status == nil else { return }
        let number = number
        probe = loop.schedule(after: HTTPConnection.probeInterval) { [weak self] in
            guard let self, self.number == number, self.exchange?.status == nil else { return }
            self.connection?.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            self.probeLater()
        }
    }
}

extension HTTPConnection: ConnectionHandler {
    func handshakeEnded() { if !isReserved { timeIdle() } }

    func received(_ bytes: UnsafeRawBufferPointer) {
        if isClosing { return }
        if exchange?.isWhole == true || !rest.isEmpty { return hold(bytes) }
        let left = process(bytes)
        if left > 0, !isClosing { hold(UnsafeRawBufferPointer(rebasing: bytes.suffix(left))) }
    }

    func drained() { finishIfDone() }

    func peerEnded() -> Bool {
        hasPeerEnded = true
        if !isClosing { ended() }
        return true
    }

    func closed(_ error: NetworkError?) {
        isClosing = true
        connection = nil
        if let exchange {
            exchange.body?.fail(HTTPError.disconnected)
            exchange.task?.cancel()
            if exchange.status != nil, !exchange.isAnswered { exchange.status = nil }
            complete(isComplete: false)
        }
        cancelTimers()
        dropRest()
        server.remove(self)
    }
}
