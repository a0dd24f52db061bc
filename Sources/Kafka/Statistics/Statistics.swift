internal import Foundation

/// What a client has done and holds, as of its last statistics interval.
public struct Statistics: Sendable, Hashable {
    /// One broker as the client sees it.
    public struct Broker: Sendable, Hashable {
        /// Its name, `host:port/id`.
        public let name: String
        /// The connection's state, such as `UP`.
        public let state: String
        /// Mean round trip of the interval's requests, in seconds.
        public let meanRoundTrip: Double
        /// 99th percentile of the interval's round trips, in seconds.
        public let p99RoundTrip: Double
        /// Requests waiting to be sent.
        public let requestsQueued: Int
        /// Requests sent and not answered yet.
        public let requestsInFlight: Int
        /// Requests that got no answer in time, since the start.
        public let timeouts: Int
        /// Requests that were sent again, since the start.
        public let retries: Int
    }

    /// Messages sent and acknowledged or in flight, since the start.
    public let messagesSent: Int
    /// Their bytes.
    public let bytesSent: Int
    /// Messages received, since the start.
    public let messagesReceived: Int
    /// Their bytes.
    public let bytesReceived: Int
    /// Messages in the producer's queue.
    public let messagesQueued: Int
    /// Their bytes.
    public let bytesQueued: Int
    /// Events waiting for the client's thread.
    public let eventsQueued: Int
    /// The brokers, by name.
    public let brokers: [Broker]
    /// Messages after the committed offset (or the position, where nothing was committed), of each partition that is read.
    public let consumerLag: [TopicPartition: Int]
    /// Rebalances since the start.
    public let rebalances: Int
    /// Partitions now assigned.
    public let assignedPartitions: Int

    /// Reads librdkafka's JSON; nil when it is none.
    init?(json: String) {
        guard let raw = try? JSONDecoder().decode(Raw.self, from: Data(json.utf8)) else { return nil }
        messagesSent = raw.txmsgs ?? 0
        bytesSent = raw.txmsg_bytes ?? 0
        messagesReceived = raw.rxmsgs ?? 0
        bytesReceived = raw.rxmsg_bytes ?? 0
        messagesQueued = raw.msg_cnt ?? 0
        bytesQueued = raw.msg_size ?? 0
        eventsQueued = raw.replyq ?? 0
        // Brokers of negative numbers are the bootstrap addresses and librdkafka's own bookkeeping.
        brokers = (raw.brokers ?? [:]).values.filter { $0.nodeid ?? -1 >= 0 }.map(Broker.init)
            .sorted { $0.name < $1.name }
        var lag: [TopicPartition: Int] = [:]
        for (topic, value) in raw.topics ?? [:] {
            for partition in (value.partitions ?? [:]).values {
                guard let number = partition.partition, number >= 0, let messages = partition.consumer_lag,
                    messages >= 0
                else { continue }
                lag[TopicPartition(topic: topic, partition: number)] = messages
            }
        }
        consumerLag = lag
        rebalances = raw.cgrp?.rebalance_cnt ?? 0
        assignedPartitions = raw.cgrp?.assignment_size ?? 0
    }

    /// The parts of librdkafka's JSON that are read, by its own names.
    fileprivate struct Raw: Decodable {
        struct Window: Decodable {
            var avg: Int?
            var p99: Int?
        }
        struct Broker: Decodable {
            var name: String?
            var nodeid: Int?
            var state: String?
            var rtt: Window?
            var outbuf_cnt: Int?
            var waitresp_cnt: Int?
            var req_timeouts: Int?
            var txretries: Int?
        }
        struct Partition: Decodable {
            var partition: Int32?
            var consumer_lag: Int?
        }
        struct Topic: Decodable { var partitions: [String: Partition]? }
        struct Group: Decodable {
            var rebalance_cnt: Int?
            var assignment_size: Int?
        }
        var txmsgs: Int?
        var txmsg_bytes: Int?
        var rxmsgs: Int?
        var rxmsg_bytes: Int?
        var msg_cnt: Int?
        var msg_size: Int?
        var replyq: Int?
        var brokers: [String: Broker]?
        var topics: [String: Topic]?
        var cgrp: Group?
    }
}

extension Statistics.Broker {
    fileprivate init(_ raw: Statistics.Raw.Broker) {
        name = raw.name ?? ""
        state = raw.state ?? ""
        meanRoundTrip = Double(raw.rtt?.avg ?? 0) / 1e6
        p99RoundTrip = Double(raw.rtt?.p99 ?? 0) / 1e6
        requestsQueued = max(0, raw.outbuf_cnt ?? 0)
        requestsInFlight = max(0, raw.waitresp_cnt ?? 0)
        timeouts = raw.req_timeouts ?? 0
        retries = raw.txretries ?? 0
    }
}
