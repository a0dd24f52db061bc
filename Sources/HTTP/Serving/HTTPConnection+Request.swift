internal import Network
internal import Synchronization

extension HTTPConnection {
    /// A header has been read: finds out who answers, and starts them.
    func begin(_ head: RequestHead) {
        waitingSince.store(HTTPConnection.busy, ordering: .relaxed)
        server.exchangeBegan()
        number += 1
        let body = head.framing == .none ? nil : makeBody()
        var requestBody = RequestBody([])
        if let body {
            var length: Int?
            if case .length(let declared) = head.framing { length = declared }
            requestBody = RequestBody(declaredLength: length) { try await body.next() }
        }
        let isLast = !head.keepsAlive || isReserved || server.isDraining
        func exchange(_ request: Request, _ limit: Int) -> Exchange {
            Exchange(request: request, head: head, body: body, bodyLimit: limit, isLast: isLast)
        }
        var request: Request
        do {
            request = try Request(
                method: head.method, target: head.target, headers: head.headers, body: requestBody,
                remoteAddress: peer.host)
        } catch {
            // The target cannot be read; hooks and logs see the path `/`.
            request = Request(unreadable: head.method, headers: head.headers, remoteAddress: peer.host)
            self.exchange = exchange(request, 0)
            timeExchange()
            return answer(server.errorResponse(error, request), number)
        }
        let (result, limit) = route(&request)
        let begun = exchange(request, limit)
        self.exchange = begun
        timeExchange()
        switch result {
        case .response(let response): answer(response, number)
        case .handler(let handler):
            let (request, number) = (request, number)
            begun.task = Task { await self.run(handler, request, number) }
        }
    }

    private func makeBody() -> IncomingBody {
        let number = number
        return IncomingBody(buffer: server.configuration.bodyBuffer) { [weak self] in
            guard let self else { return }
            self.loop.execute { self.bodyWanted(number) }
        } readOn: { [weak self] in
            guard let self else { return }
            self.loop.execute { self.readOn(number) }
        }
    }

    private func bodyWanted(_ number: UInt64) {
        guard let exchange, self.number == number, exchange.awaitsContinue, exchange.status == nil else { return }
        exchange.awaitsContinue = false
        connection?.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }

    private func readOn(_ number: UInt64) {
        if exchange != nil, self.number == number { connection?.resumeReading() }
    }

    private enum Routed {
        case response(Response)
        case handler(@Sendable (Request) async throws -> Response)
    }

    private func route(_ request: inout Request) -> (Routed, limit: Int) {
        let limit = server.configuration.bodyLimit
        do {
            if server.isDraining { throw HTTPError.shuttingDown }
            let isVital = server.configuration.vitalPaths.contains(request.path)
            if isReserved, !isVital { throw HTTPError.tooManyConnections }
            if request.method.rawValue == "OPTIONS", request.rawPath == "*" {
                return (.response(Response(status: .noContent, headers: ["Allow": "GET, HEAD, POST, DELETE"])), limit)
            }
            let match = Result { try server.router.match(request) }
            if case .success(let (route, parameters)) = match {
                request.parameters = parameters
                request.route = route.pattern
            }
            for hook in server.middleware {
                if let response = try hook.intercept(request) { return (.response(response), limit) }
            }
            let route = try match.get().route
            let bodyLimit = route.bodyLimit ?? limit
            if let length = request.body.declaredLength, length > bodyLimit {
                throw HTTPError.bodyTooLarge(limit: bodyLimit)
            }
            switch route.handler {
            case .immediate(let handler): return (.response(try handler(request)), bodyLimit)
            case .asynchronous(let handler): return (.handler(handler), bodyLimit)
            }
        } catch {
            return (.response(server.errorResponse(error, request)), limit)
        }
    }

    /// What has come is no request, or has taken too long: says so once, and closes.
    func refuse(_ error: HTTPError) {
        guard !isClosing else { return }
        if let exchange {
            exchange.isLast = true
            exchange.body?.fail(error)
            guard exchange.status == nil else {
                // The answer goes on; nothing more is read of the request.
                exchange.isWhole = true
                return finishIfDone()
            }
            exchange.task?.cancel()
            return answer(server.errorResponse(error, exchange.request), number)
        }
        waitingSince.store(HTTPConnection.busy, ordering: .relaxed)
        server.exchangeBegan()
        number += 1
        let request = Request(unreadable: Method(rawValue: "-"), headers: Headers(), remoteAddress: peer.host)
        let head = RequestHead(
            method: request.method, target: "/", isVersion10: false, headers: Headers(), framing: .none,
            keepsAlive: false, expectsContinue: false)
        let exchange = Exchange(request: request, head: head, body: nil, bodyLimit: 0, isLast: true)
        exchange.isWhole = true
        self.exchange = exchange
        timeExchange()
        answer(server.errorResponse(error, request), number)
    }
}
