internal import CLibrdkafka
internal import Glibc

extension KafkaConfiguration {
    /// What the library decides itself: another value would break what it promises.
    private static let reserved: Set<String> = [
        "bootstrap.servers", "metadata.broker.list", "client.id", "security.protocol", "sasl.mechanisms",
        "sasl.mechanism",
        "sasl.username", "sasl.password", "ssl.ca.location", "group.id", "group.instance.id", "enable.auto.commit",
        "enable.auto.offset.store", "partition.assignment.strategy", "enable.idempotence", "acks",
        "request.required.acks", "log.queue", "statistics.interval.ms", "enable.partition.eof", "auto.offset.reset",
        "session.timeout.ms",
    ]

    /// Throws for the first wrong value, naming it.
    public func validate() throws {
        func wrong(_ message: String) -> KafkaError { KafkaError(.invalidArgument, message) }
        guard !bootstrapServers.isEmpty else { throw wrong("no bootstrap server is named") }
        for server in bootstrapServers where !KafkaConfiguration.isAddress(server) {
            throw wrong("“\(server)” is not a bootstrap server such as kafka-1:9092")
        }
        guard !clientID.isEmpty else { throw wrong("the client id is empty") }
        if let file = tls?.authorityFile, access(file, R_OK) != 0 {
            throw wrong("the authority file \(file) cannot be read: \(String(cString: strerror(errno)))")
        }
        if let credentials, credentials.user.isEmpty || credentials.password.isEmpty {
            throw wrong("the Kafka user or password is empty")
        }
        if let name = properties.keys.sorted().first(where: KafkaConfiguration.reserved.contains) {
            throw wrong("the property \(name) is set by the library and cannot be given")
        }
    }

    /// Whether `text` is `host:port`, where the host may be an IPv6 address in brackets.
    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port)
        else { return false }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return !host.contains { $0.isWhitespace || $0 == "," || $0 == "/" } && (isBracketed || !host.contains(":"))
    }

    /// The properties of a connection, in librdkafka's names.
    private var connectionProperties: [String: String] {
        var all = [
            "bootstrap.servers": bootstrapServers.joined(separator: ","),
            "client.id": clientID,
            "log.queue": "true",
            // A message is not held back for the acknowledgement of the packet before it.
            "socket.nagle.disable": "true",
            "reconnect.backoff.max.ms": "2000",
            "statistics.interval.ms": statisticsInterval.map { "\(max(1, $0.milliseconds))" } ?? "0",
        ]
        switch (tls, credentials) {
        case (nil, nil): all["security.protocol"] = "plaintext"
        case (_?, nil): all["security.protocol"] = "ssl"
        case (nil, _?): all["security.protocol"] = "sasl_plaintext"
        case (_?, _?): all["security.protocol"] = "sasl_ssl"
        }
        if let tls {
            if let file = tls.authorityFile { all["ssl.ca.location"] = file }
            all["ssl.endpoint.identification.algorithm"] = tls.verifiesHostname ? "https" : "none"
        }
        if let credentials {
            all["sasl.mechanisms"] = credentials.mechanism.rawValue
            all["sasl.username"] = credentials.user
            all["sasl.password"] = credentials.password
        }
        return all
    }

    /// A new librdkafka instance with these properties over those of the connection, and the user's over both.
    func makeHandle(_ type: rd_kafka_type_t, _ own: [String: String], events: Int32) throws -> OpaquePointer {
        try validate()
        guard let conf = rd_kafka_conf_new() else { throw KafkaError(.invalidArgument, "librdkafka has no memory") }
        var text = [CChar](repeating: 0, count: 512)
        let all = connectionProperties.merging(own) { $1 }.merging(properties) { $1 }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            guard rd_kafka_conf_set(conf, name, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                rd_kafka_conf_destroy(conf)
                throw KafkaError(.invalidArgument, String(nullTerminated: text))
            }
        }
        rd_kafka_conf_set_events(
            conf, events | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
        guard let handle = rd_kafka_new(type, conf, &text, text.count) else {
            rd_kafka_conf_destroy(conf)
            throw KafkaError(.invalidArgument, String(nullTerminated: text))
        }
        return handle
    }
}

extension String {
    /// The text before the first NUL.
    init(nullTerminated characters: [CChar]) {
        self.init(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension Duration {
    /// Whole milliseconds, within what librdkafka takes.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: max(0, min(seconds, 1_000_000_000)) * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
