internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

extension Exchange {
    /// Takes the response; returns the producer to run if it is a stream that is wanted.
    func answer(_ response: Response, resuming: Bool) -> Response.Stream? {
        guard let request = state.withLock({ $0.request }) else { return nil }
        var response = response
        for hook in server.middleware { hook.finish(request, &response) }
        return state.withLock { state in
            if state.ending != nil { return nil }
            state.answer = response
            state.input.removeAll()
            var stream: Response.Stream?
            if case .stream(let wanted) = response.body {
                if request.method == .head { state.outputEnded = true } else { stream = wanted }
                state.endsOnShutdown = wanted.endsOnShutdown
            }
            if resuming { resume(&state) }
            return stream
        }
    }

    /// Hands the response to libmicrohttpd; false when that cannot be done and the connection is to be closed.
    func queue(_ response: Response, _ connection: Connection, _ state: inout State) -> Bool {
        var response = response
        var built = build(response)
        if built == nil, let request = state.request {
            let error = HTTPError(
                .fileUnavailable, status: .internalServerError, message: "the file to be sent cannot be read")
            response = server.errorResponse(error, request)
            built = build(response)
        }
        guard let built else { return false }
        defer { MHD_destroy_response(built) }
        for (name, value) in response.headers { MHD_add_response_header(built, name, value) }
        if state.isClosing || server.isDraining { MHD_add_response_header(built, "Connection", "close") }
        state.sentStatus = response.status
        return martlet_mhd_queue(connection.pointer, UInt32(response.status.rawValue), built) != 0
    }

    private func build(_ response: Response) -> OpaquePointer? {
        switch response.body {
        case .empty: return martlet_mhd_response_copying(0, nil)
        case .bytes(let bytes): return bytes.withUnsafeBytes { martlet_mhd_response_copying($0.count, $0.baseAddress) }
        case .file(let path, let isTemporary):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            if isTemporary { unlink(path) }
            var information = stat()
            guard descriptor >= 0, fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
                if descriptor >= 0 { close(descriptor) }
                return nil
            }
            return MHD_create_response_from_fd64(UInt64(information.st_size), descriptor)
        case .stream(let stream):
            let size = stream.length.map { UInt64($0) } ?? martlet_mhd_size_unknown
            return martlet_mhd_response_streaming(size, readStream, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// Fills libmicrohttpd's buffer from a stream; what it returns is the reader callback's result.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let (result, waiters) = state.withLock { state -> (Int, [CheckedContinuation<Void, any Error>]) in
            let count = state.output.copy(into: buffer)
            if count > 0 {
                guard state.output.count <= server.configuration.streamBuffer / 2 else { return (count, []) }
                defer { state.outputWaiters = [] }
                return (count, state.outputWaiters)
            }
            if state.outputError != nil {
                breakOff(&state)
                return (Int(martlet_mhd_end_with_error), [])
            }
            if state.outputEnded { return (Int(martlet_mhd_end_of_stream), []) }
            suspend(&state)
            return (0, [])
        }
        for waiter in waiters { waiter.resume() }
        return result
    }

    /// Runs a stream's producer in the exchange's task and ends the stream: cleanly when it returns or is stopped by
    /// a shutdown it ends on, broken off otherwise.
    func run(_ stream: Response.Stream) async {
        var failure: (any Error)?
        do {
            try await stream.produce(ResponseWriter { [self] in try await write($0) })
        } catch {
            failure = error
        }
        state.withLock { state in
            if failure != nil, !(state.isClosing && state.endsOnShutdown) {
                state.outputError = state.outputError ?? failure
            }
            state.outputEnded = true
            resume(&state)
        }
    }

    private func write(_ bytes: [UInt8]) async throws {
        let mustWait = try state.withLock { state in
            if let error = state.outputError { throw error }
            state.output.append(bytes)
            resume(&state)
            return state.output.count > server.configuration.streamBuffer
        }
        if !mustWait { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if let error = state.outputError { return .failure(error) }
                    if state.output.count <= server.configuration.streamBuffer { return .success(()) }
                    if state.isWriterCancelled { return .failure(CancellationError()) }
                    state.outputWaiters.append(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiters = state.withLock { state in
                state.isWriterCancelled = true
                defer { state.outputWaiters = [] }
                return state.outputWaiters
            }
            for waiter in waiters { waiter.resume(throwing: CancellationError()) }
        }
    }
}
