internal import Foundation
internal import HTTP
internal import Platform

/// An experiment's events as a stream for a client, with comments in between when nothing happens.
struct EventStream: Sendable {
    static let route = "/api/v1/experiments/{id}/events"

    private let events: AsyncThrowingStream<EventRecord, any Error>
    private let heartbeat: Duration

    init(_ events: AsyncThrowingStream<EventRecord, any Error>, heartbeat: Duration) {
        self.events = events
        self.heartbeat = heartbeat
    }

    /// The answer: ends with the events, and when the client goes away or the server stops.
    var response: Response {
        .events { writer in
            // Clients and proxies see at once that there is a stream.
            try await writer.write(ServerSentEvent.comment("events of a Martlet experiment"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        try await Task.sleep(for: heartbeat)
                        try await writer.write(ServerSentEvent.comment("alive"))
                    }
                }
                group.addTask {
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                    for try await event in events {
                        let data = String(decoding: try encoder.encode(event), as: UTF8.self)
                        try await writer.write(
                            ServerSentEvent(id: String(event.sequence), event: event.kind.rawValue, data: data))
                    }
                }
                // The first to end is the events, or the heartbeat that found the client gone.
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
