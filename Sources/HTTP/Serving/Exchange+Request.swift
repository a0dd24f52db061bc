internal import CMicroHTTPD
internal import Synchronization

extension Exchange {
    /// The header has been read: finds out who answers, and starts them.
    func begin(_ connection: Connection, method: String) -> Bool {
        server.activate()
        var headers = Headers()
        withUnsafeMutablePointer(to: &headers) { martlet_mhd_headers(connection.pointer, collectHeader, $0) }
        let address = numericAddress(martlet_mhd_client_address(connection.pointer))
        let length = headers["Content-Length"].flatMap { Int($0) }
        let isChunked = headers["Transfer-Encoding"] != nil
        let hasBody = isChunked || (length ?? 0) > 0
        let body =
            hasBody
            ? RequestBody(declaredLength: isChunked ? nil : length) { [self] in try await nextChunk() }
            : RequestBody([])
        state.withLock { state in
            state.connection = connection
            state.hasBody = hasBody
            // An answer given now would close the connection; without a body the next callback is the last one.
            if !hasBody { state.phase = .whole }
            // A client that waits to be told to go on, or sends more than we would drop, is answered at once.
            state.mayDiscard =
                headers["Expect"] == nil && (length ?? 0) <= server.configuration.discardLimit
        }

        var request: Request
        do {
            request = try Request(
                method: Method(rawValue: method), target: target, headers: headers, body: body, remoteAddress: address)
        } catch {
            // The target cannot be read; hooks and logs see the path as it was sent, without its query.
            guard let bare = try? Request(method: Method(rawValue: method), target: "/", headers: headers, body: body)
            else { return false }
            state.withLock { $0.request = bare }
            return answerAtOnce(server.errorResponse(error, bare), connection)
        }
        let (result, limit) = route(&request, connection)
        state.withLock { state in
            state.request = request
            state.bodyLimit = limit
        }
        switch result {
        case .response(let response):
            return answerAtOnce(response, connection)
        case .handler(let handler):
            let routed = request
            if hasBody { state.withLock { suspend(&$0) } }
            keep(Task { await self.run(handler, routed) })
            return true
        }
    }

    private enum Routed {
        case response(Response)
        case handler(@Sendable (Request) async throws -> Response)
    }

    private func route(_ request: inout Request, _ connection: Connection) -> (Routed, limit: Int) {
        let limit = server.configuration.bodyLimit
        do {
            try checkFraming(request, connection)
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

    /// Refuses what two readers could take for different requests (RFC 9112, section 6.3), long headers, and work that
    /// comes after the end.
    private func checkFraming(_ request: Request, _ connection: Connection) throws {
        if server.isDraining { throw HTTPError.shuttingDown }
        let limit = server.configuration.headerLimit
        if martlet_mhd_header_size(connection.pointer) > limit {
            throw HTTPError(
                .headerTooLarge, status: .requestHeaderFieldsTooLarge,
                message: "the header is longer than the limit of \(limit) bytes")
        }
        let lengths = request.headers.values("Content-Length")
        let encodings = request.headers.values("Transfer-Encoding")
        let isWrong =
            lengths.count > 1 || encodings.count > 1 || (!lengths.isEmpty && !encodings.isEmpty)
            || encodings.contains { $0.lowercased() != "chunked" }
            || lengths.contains { Int($0) == nil || $0.utf8.first == UInt8(ascii: "+") }
        if isWrong {
            state.withLock { $0.isClosing = true }
            throw HTTPError(.badRequest, status: .badRequest, message: "the length of the body is not clear")
        }
    }

    private func answerAtOnce(_ response: Response, _ connection: Connection) -> Bool {
        if let produce = answer(response, resuming: false) {
            let task = Task { await self.run(produce) }
            keep(task)
        }
        return state.withLock { $0.hasBody ? goOn(&$0, connection) : true }
    }

    /// Runs the handler, then the producer of its response, in the exchange's task.
    private func run(_ handler: @Sendable (Request) async throws -> Response, _ request: Request) async {
        let response: Response
        do {
            response = try await handler(request)
        } catch {
            response = server.errorResponse(error, request)
        }
        if let produce = answer(response, resuming: true) { await run(produce) }
    }

    /// Remembers the exchange's task, so that it can be cancelled; it may be over already.
    private func keep(_ task: Task<Void, Never>) {
        let isOver = state.withLock { state in
            state.task = task
            return state.ending != nil || (state.isClosing && state.endsOnShutdown)
        }
        if isOver { task.cancel() }
    }

    /// A callback after the first: bytes of the body, its end, or a resumption. `count` is set to the bytes not taken.
    func access(_ connection: Connection, data: UnsafePointer<CChar>?, count: inout Int) -> Bool {
        let (isAlive, wake) = state.withLock { state -> (Bool, Wake) in
            if state.ending != nil { return (false, Wake()) }
            if count > 0, let data {
                return take(UnsafeRawBufferPointer(start: data, count: count), &count, &state)
            }
            var wake = Wake()
            if state.phase == .body {
                state.phase = .whole
                if let waiter = state.inputWaiter {
                    state.inputWaiter = nil
                    wake.input = (waiter, .success(nil))
                }
            }
            return (goOn(&state, connection), wake)
        }
        wake.fire()
        return isAlive
    }

    /// Between two parts of the request: answers, reads on, or waits for the handler to want one or the other.
    private func goOn(_ state: inout State, _ connection: Connection) -> Bool {
        if state.ending != nil { return false }
        let isUnread = state.phase == .header && state.hasBody
        if let answer = state.answer, !(isUnread && state.mayDiscard) {
            state.answer = nil
            return queue(answer, connection, &state)
        }
        if isUnread, state.bodyWanted || state.answer != nil {
            // Saying nothing lets libmicrohttpd go on to the body.
            state.phase = .body
            return true
        }
        suspend(&state)
        return true
    }
}
