internal import Synchronization

/// Sends spans that have ended, many at a time, in the background. Its queue is bounded: what does not fit, and what cannot
/// be sent, is dropped and counted.
public final class SpanExporter: Sendable {
    /// Spans that wait at most.
    static let capacity = 4096
    /// Spans of one request at most.
    static let batch = 512
    private static let pause = Duration.seconds(1)

    private let send: @Sendable ([UInt8]) async throws -> Void
    private let resource: [LogField]
    private let queue = Mutex<[Span]>([])
    private let lost = Atomic<Int>(0)
    private let delivered = Atomic<Int>(0)
    private let log: Logger
    private let fails = Atomic<Bool>(false)
    private let sending = Mutex<Task<Void, Never>?>(nil)

    /// An exporter that hands OTLP requests in JSON to `send`. `resource` says whose spans they are.
    public init(
        resource: [LogField], log: Logger = .silent, send: @escaping @Sendable ([UInt8]) async throws -> Void
    ) {
        self.resource = resource
        self.log = log
        self.send = send
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: SpanExporter.pause)
                guard let self else { return }
                await self.flush()
            }
        }
        sending.withLock { $0 = task }
    }

    deinit { sending.withLock { $0?.cancel() } }

    /// Spans that were dropped.
    public var dropped: Int { lost.load(ordering: .relaxed) }

    /// Spans that were delivered.
    public var exported: Int { delivered.load(ordering: .relaxed) }

    func take(_ span: Span) {
        let fits = queue.withLock { queue in
            guard queue.count < SpanExporter.capacity else { return false }
            queue.append(span)
            return true
        }
        if !fits { lost.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Sends what waits.
    public func flush() async {
        while true {
            let spans = queue.withLock { queue in
                let spans = Array(queue.prefix(SpanExporter.batch))
                queue.removeFirst(spans.count)
                return spans
            }
            if spans.isEmpty { return }
            do {
                try await send(Span.request(spans, resource: resource))
                delivered.wrappingAdd(spans.count, ordering: .relaxed)
                fails.store(false, ordering: .relaxed)
            } catch {
                lost.wrappingAdd(spans.count, ordering: .relaxed)
                if !fails.exchange(true, ordering: .relaxed) {
                    log.warning("spans cannot be sent and are dropped", LogField("error", "\(error)"))
                }
            }
        }
    }

    /// Sends what waits, and ends.
    public func shutdown() async {
        sending.withLock { $0?.cancel() }
        await flush()
    }
}
