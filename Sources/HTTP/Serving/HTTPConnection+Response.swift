internal import Network

extension HTTPConnection {
    /// Runs a handler in its task and has its answer sent.
    func run(_ handler: @Sendable (Request) async throws -> Response, _ request: Request, _ number: UInt64) async {
        var response: Response
        do {
            response = try await handler(request)
        } catch {
            let isGone = error is CancellationError && Task.isCancelled
            response = server.errorResponse(isGone ? HTTPError.disconnected : error, request)
        }
        if case .file(let path, let isTemporary) = response.body {
            do {
                response.body = .stream(try FileBody(path: path, isTemporary: isTemporary).stream())
            } catch { response = server.errorResponse(error, request) }
        }
        guard case .stream(let stream) = response.body else {
            let answered = response
            loop.execute { self.answer(answered, number) }
            return
        }
        let begun = response
        let sink = await withCheckedContinuation { (continuation: CheckedContinuation<ResponseSink?, Never>) in
            let isTaken = loop.execute { continuation.resume(returning: self.beginStream(begun, stream, number)) }
            if !isTaken { continuation.resume(returning: nil) }
        }
        guard let sink else { return }
        var failure: (any Error)?
        do {
            try await stream.produce(ResponseWriter { try await sink.write($0) })
        } catch { failure = error }
        let isWhole = failure == nil || stream.endsOnShutdown && server.isDraining
        loop.execute { self.endStream(sink, isWhole: isWhole, number) }
    }

    /// Sends an answer that is there whole, or is found in a file by who answers at once.
    func answer(_ response: Response, _ number: UInt64) {
        guard let exchange, self.number == number, exchange.status == nil else { return }
        var response = response
        switch response.body {
        case .empty, .bytes: break
        case .file, .stream:
            // Files and streams take a task, which handlers that answer at once do not have.
            let begun = response
            let request = exchange.request
            exchange.task = Task { await self.run({ _ in begun }, request, number) }
            return
        }
        for hook in server.middleware { hook.finish(exchange.request, &response) }
        var bytes: [UInt8] = []
        if case .bytes(let held) = response.body { bytes = held }
        prepareEnd(exchange)
        exchange.body?.fail(HTTPError.disconnected)
        send(response, bytes: bytes, framing: .length(bytes.count), exchange)
        exchange.isAnswered = true
        exchange.task = nil
        if !exchange.isWhole { connection?.resumeReading() }
        finishIfDone()
    }

    private func beginStream(_ response: Response, _ stream: Response.Stream, _ number: UInt64) -> ResponseSink? {
        guard let connection, let exchange, self.number == number, exchange.status == nil else { return nil }
        var response = response
        for hook in server.middleware { hook.finish(exchange.request, &response) }
        prepareEnd(exchange)
        let framing: ResponseHead.Framing
        if let length = stream.length {
            framing = .length(length)
        } else if exchange.isVersion10 {
            framing = .close
            exchange.isLast = true
        } else {
            framing = .chunked
        }
        send(response, bytes: [], framing: framing, exchange)
        guard exchange.request.method != .head, HTTPConnection.allowsBody(response.status) else {
            exchange.isAnswered = true
            exchange.task = nil
            finishIfDone()
            return nil
        }
        exchange.endsOnShutdown = stream.endsOnShutdown
        if server.isDraining, stream.endsOnShutdown { exchange.task?.cancel() }
        return ResponseSink(connection, framing)
    }

    private func endStream(_ sink: ResponseSink, isWhole: Bool, _ number: UInt64) {
        guard let connection, let exchange, self.number == number, !exchange.isAnswered else { return }
        // The client must not take half for the whole.
        guard isWhole, sink.end() else { return connection.abort() }
        exchange.isAnswered = true
        exchange.task = nil
        exchange.body?.fail(HTTPError.disconnected)
        if !exchange.isWhole { connection.resumeReading() }
        finishIfDone()
    }

    /// Whether the connection can serve on after an answer to a request that may not have been read to its end.
    private func prepareEnd(_ exchange: Exchange) {
        if server.isDraining { exchange.isLast = true }
        guard !exchange.isWhole, let body = exchange.body else { return }
        // Who waits to be told to send may send or not; and what is very long is not read to be dropped.
        if exchange.awaitsContinue { exchange.isLast = true }
        let left = (exchange.declaredLength ?? 0) - body.progress.received
        if left > server.configuration.discardLimit { exchange.isLast = true }
    }

    private func send(_ response: Response, bytes: [UInt8], framing: ResponseHead.Framing, _ exchange: Exchange) {
        exchange.status = response.status
        let allowsBody = HTTPConnection.allowsBody(response.status)
        let sendsBody = allowsBody && exchange.request.method != .head
        connection?.send { buffer in
            ResponseHead.write(
                response.status, response.headers, allowsBody ? framing : .none, closes: exchange.isLast,
                isVersion10: exchange.isVersion10, to: &buffer)
            if sendsBody, !bytes.isEmpty { buffer.append(bytes) }
        }
    }

    private static func allowsBody(_ status: Status) -> Bool { status != .noContent && status != .notModified }
}
