internal import CLibrdkafka
internal import Dispatch

extension KafkaConfiguration {
    /// Connects and asks a broker for the cluster, so that what is wrong is known at the start: a wrong password
    /// (`authenticationFailed`), an unknown authority or another fault of TLS (`tls`), no broker to be reached
    /// (`unreachable`, naming those that were tried). Each is told as soon as it is certain, `timeout` at the latest.
    public func check(timeout: Duration = .seconds(10)) async throws {
        // A queue of its own, as librdkafka's calls block.
        let queue = DispatchQueue(label: "kafka.check")
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { continuation.resume(with: Result { try checkBlocking(timeout) }) }
        }
    }

    private func checkBlocking(_ timeout: Duration) throws {
        var quick = self
        if quick.properties["reconnect.backoff.ms"] == nil { quick.properties["reconnect.backoff.ms"] = "50" }
        let handle = try quick.makeHandle(RD_KAFKA_PRODUCER, [:], events: 0)
        rd_kafka_set_log_queue(handle, nil)
        let queue = rd_kafka_queue_get_main(handle)
        defer {
            rd_kafka_queue_destroy(queue)
            rd_kafka_destroy(handle)
        }
        let deadline = ContinuousClock.now + timeout
        // A name may stand for several addresses, which are tried in turn: one that refuses is no verdict yet.
        var verdict = deadline
        var cause: String?
        while true {
            while let event = rd_kafka_queue_poll(queue, 0) {
                defer { rd_kafka_event_destroy(event) }
                note(logOf: event)
                guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR else { continue }
                let code = KafkaError.Code(rd_kafka_event_error(event))
                let text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? code.name
                switch code {
                case .authenticationFailed: throw KafkaError(code, refused(text))
                case .tls: throw KafkaError(code, untrusted(text))
                case .unreachable where text.lowercased().contains("ssl"): throw KafkaError(.tls, untrusted(text))
                case KafkaError.Code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN): break
                default: cause = cause ?? text
                }
                verdict = min(verdict, .now + .seconds(1))
            }
            if verdict <= .now { throw KafkaError(.unreachable, unreached(cause)) }
            var answer: UnsafePointer<rd_kafka_metadata>?
            let status = rd_kafka_metadata(handle, 0, nil, &answer, 200)
            if let answer { rd_kafka_metadata_destroy(answer) }
            if status == RD_KAFKA_RESP_ERR_NO_ERROR { return }
        }
    }

    private var servers: String { bootstrapServers.joined(separator: ", ") }

    private func refused(_ text: String) -> String {
        "Kafka at \(servers) refuses the user \(credentials?.user ?? "(none)"): \(text)"
    }

    private func untrusted(_ text: String) -> String {
        let authorities = tls?.authorityFile.map { "those in \($0)" } ?? "the system's"
        return "TLS with Kafka at \(servers) failed (authorities trusted: \(authorities)): \(text)"
    }

    private func unreached(_ cause: String?) -> String {
        "no Kafka broker can be reached at \(servers)" + (cause.map { ": \($0)" } ?? "")
    }

    private func note(logOf event: OpaquePointer) {
        if let log, let line = LogLine(event) { log(line) }
    }
}

extension KafkaConfiguration.LogLine {
    /// The line that an event carries, where it carries one.
    init?(_ event: OpaquePointer) {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var level: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &text, &level) == 0, let facility, let text else { return nil }
        self.init(level: Int(level), facility: String(cString: facility), message: String(cString: text))
    }
}
