internal import Kafka
internal import Platform
internal import Synchronization
internal import Telemetry

/// A message log in Kafka: topics and groups are Kafka's, a consumer's partitions are those that its group gives it.
final class KafkaMessageLog: MessageLog {
    /// How long a topic keeps messages that are kept until they are committed: Kafka does not look at groups.
    private static let retention = 7 * 24 * 3600 * 1000
    private static let liveRetention = 3600 * 1000

    private let configuration: KafkaLogConfiguration
    private let client: KafkaConfiguration
    private let admin: Admin
    private let producer: Mutex<Producer>
    private let metrics: KafkaMetrics
    private let partitionCounts = Mutex<[String: Int]>([:])

    /// Connects; throws `PlatformError` saying what is wrong where no broker lets it in.
    init(_ configuration: KafkaLogConfiguration, instruments: Instruments) async throws {
        self.configuration = configuration
        let log = instruments.log
        client = configuration.client { log.warning($0) }
        metrics = KafkaMetrics(instruments.metrics)
        do {
            // What is wrong at the start is told by the error, once.
            var quiet = client
            quiet.log = nil
            try await quiet.check(timeout: .seconds(15))
            admin = try Admin(client)
            producer = Mutex(try KafkaMessageLog.makeProducer(client))
        } catch let error as KafkaError {
            throw PlatformError(.unavailable, "Kafka: \(error)")
        }
        metrics.register(in: instruments.metrics) { [weak self] in self?.producer.withLock { $0 }.statistics }
    }

    private static func makeProducer(_ client: KafkaConfiguration) throws -> Producer {
        var options = Producer.Options()
        options.deliveryTimeout = .seconds(10)
        var client = client
        client.statisticsInterval = .seconds(10)
        return try Producer(client, options: options)
    }

    func close() async {
        await producer.withLock { $0 }.close()
        await admin.close()
    }

    // MARK: Topics

    func createTopic(_ topic: String, partitions: Int, retention: Retention) async throws {
        guard partitions > 0 else { throw PlatformError(.invalid, "a topic has at least one partition") }
        let milliseconds = retention == .live ? KafkaMessageLog.liveRetention : KafkaMessageLog.retention
        try await perform {
            try await admin.createTopic(
                name(topic), partitions: partitions, replicationFactor: configuration.replication ?? -1,
                settings: ["retention.ms": "\(milliseconds)", "cleanup.policy": "delete"])
        }
        // Brokers tell each other of it a moment later.
        for _ in 0..<100 {
            do {
                _ = try await partitionCount(of: topic)
                let current = producer.withLock { $0 }
                try await perform { try await current.lookUp(topic: name(topic)) }
                return
            } catch let error as PlatformError where error.code == .notFound {
                try await _Concurrency.Task.sleep(for: .milliseconds(50))
            }
        }
        throw PlatformError(.unavailable, "Kafka: topic \(topic) was made and is not seen")
    }

    /// Asks a broker something small.
    func ask() async throws { try await perform { _ = try await admin.partitionCount(name("martlet.trials")) } }

    private func name(_ topic: String) -> String { configuration.prefix + topic }

    private func partitionCount(of topic: String) async throws -> Int {
        if let known = partitionCounts.withLock({ $0[topic] }) { return known }
        let count: Int
        do {
            count = try await admin.partitionCount(name(topic))
        } catch let error as KafkaError where error.code == .unknownTopic {
            throw PlatformError(.notFound, "there is no topic \(topic)")
        } catch let error as KafkaError {
            metrics.failed(error)
            throw PlatformError(error)
        }
        guard count > 0 else { throw PlatformError(.notFound, "there is no topic \(topic)") }
        partitionCounts.withLock { $0[topic] = count }
        return count
    }

    func lag(of topic: String, group: String) async throws -> Int {
        _ = try await partitionCount(of: topic)
        let lag = try await perform { try await admin.lag(topic: name(topic), group: name(group)) }
        return lag.values.reduce(0) { $0 + Int($1) }
    }

    // MARK: Messages

    func append(
        _ payload: [UInt8], key: String, to topic: String, partition: Int?, headers: [String: String]
    ) async throws {
        let count = try await partitionCount(of: topic)
        let partition = partition ?? Message.partition(ofKey: key, count: count)
        guard (0..<count).contains(partition) else {
            throw PlatformError(.invalid, "topic \(topic) has no partition \(partition)")
        }
        let current = producer.withLock { $0 }
        let start = ContinuousClock.now
        do {
            _ = try await current.send(
                topic: name(topic), partition: Int32(partition), key: Array(key.utf8), value: payload,
                headers: headers.sorted { $0.key < $1.key }.map { Header($0.key, text: $0.value) })
            metrics.delivered(bytes: key.utf8.count + payload.count, after: ContinuousClock.now - start)
        } catch let error as KafkaError {
            metrics.failed(error)
            if error.isFatal { await replace(current) }
            throw PlatformError(error)
        }
    }

    /// A producer that failed for good is of no use any more.
    private func replace(_ failed: Producer) async {
        guard let fresh = try? KafkaMessageLog.makeProducer(client) else { return }
        let isReplaced = producer.withLock { current in
            guard current === failed else { return false }
            current = fresh
            return true
        }
        await (isReplaced ? failed : fresh).abandon()
    }

    func consumer(
        of topic: String, group: String, onChange: (@Sendable (PartitionChange) async -> Void)?
    ) async throws -> any MessageConsumer {
        _ = try await partitionCount(of: topic)
        return try KafkaGroupConsumer(
            client, topic: topic, name: name(topic), group: name(group), metrics: metrics, onChange: onChange)
    }

    func watcher(of topic: String) async throws -> any MessageConsumer {
        _ = try await partitionCount(of: topic)
        let watcher = try await perform { try await Watcher.start(client, topic: name(topic)) }
        return KafkaWatcher(watcher, topic: topic, metrics: metrics)
    }

    func newest(
        _ limit: Int, of topic: String, partition: Int, before offset: Int64?
    ) async throws -> [Platform.Message] {
        _ = try await partitionCount(of: topic)
        let marks = try await perform { try await admin.watermarks(topic: name(topic)) }
        guard let kept = marks[Int32(clamping: partition)] else {
            throw PlatformError(.invalid, "topic \(topic) has no partition \(partition)")
        }
        let end = max(kept.beginning, min(kept.end, offset ?? .max))
        let offsets = max(kept.beginning, end - Int64(limit))..<end
        let place = TopicPartition(topic: name(topic), partition: Int32(partition))
        let messages = try await perform { try await client.read(place, offsets) }
        return messages.reversed().map { Platform.Message($0, topic: topic) }
    }

    private func perform<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as KafkaError {
            metrics.failed(error)
            throw PlatformError(error)
        }
    }
}

extension PlatformError {
    /// Brokers that are away or busy may be asked again; a message that is too large, or a user who may not, stays so.
    init(_ error: KafkaError) {
        let lasting: Set<KafkaError.Code> = [
            .invalidArgument, .authenticationFailed, .tls, .messageTooLarge, .topicAuthorizationFailed,
            .groupAuthorizationFailed,
        ]
        let code: Code =
            switch error.code {
            case .unknownTopic: .notFound
            case .unknownPartition: .invalid
            default: lasting.contains(error.code) ? .storage : .unavailable
            }
        self.init(code, "Kafka: \(error)")
    }
}

extension Platform.Message {
    init(_ message: Kafka.Message, topic: String) {
        self.init(
            topic: topic, partition: Int(message.partition), offset: message.offset,
            key: String(decoding: message.key ?? [], as: UTF8.self), payload: message.value ?? [],
            headers: Dictionary(
                message.headers.map { ($0.name, String(decoding: $0.value ?? [], as: UTF8.self)) }
            ) { $1 })
    }
}
