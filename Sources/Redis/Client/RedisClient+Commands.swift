internal import Network

extension RedisClient {
    /// The bytes under a key, or nil where there are none.
    public func get(_ key: String) async throws -> [UInt8]? {
        let reply = try await perform { buffer in
            CommandWriter.begin(2, &buffer)
            CommandWriter.part("GET", &buffer)
            CommandWriter.part(key, &buffer)
        }
        return try string(reply, "GET")
    }

    /// Puts bytes under a key, for ever or until so much time has passed (rounded up to a millisecond).
    public func set(_ key: String, to value: [UInt8], expiringAfter expiry: Duration? = nil) async throws {
        let term = expiry.map { Term($0) }
        let reply = try await perform { buffer in
            CommandWriter.begin(term == nil ? 3 : 5, &buffer)
            CommandWriter.part("SET", &buffer)
            CommandWriter.part(key, &buffer)
            CommandWriter.part(value, &buffer)
            if let term {
                CommandWriter.part(term.unit, &buffer)
                CommandWriter.part(String(term.count), &buffer)
            }
        }
        guard reply.text == "OK" else { throw unexpected("SET") }
    }

    /// Removes keys; gives how many there were.
    @discardableResult
    public func delete(_ keys: [String]) async throws -> Int {
        keys.isEmpty ? 0 : try integer(try await command(["DEL"] + keys.map { RedisArgument($0) }), "DEL")
    }

    /// The bytes under each key, in the order of the keys.
    public func getMany(_ keys: [String]) async throws -> [[UInt8]?] {
        guard !keys.isEmpty else { return [] }
        let reply = try await command(["MGET"] + keys.map { RedisArgument($0) })
        guard case .array(let values) = reply, values.count == keys.count else { throw unexpected("MGET") }
        return try values.map { try string($0, "MGET") }
    }

    /// How many of the keys there are.
    public func exists(_ keys: [String]) async throws -> Int {
        keys.isEmpty ? 0 : try integer(try await command(["EXISTS"] + keys.map { RedisArgument($0) }), "EXISTS")
    }

    /// The server's figures by their names, of one section or of the default ones.
    public func info(_ section: String? = nil) async throws -> [String: String] {
        let reply = try await command(["INFO"] + (section.map { [RedisArgument($0)] } ?? []))
        guard let text = reply.text else { throw unexpected("INFO") }
        var figures: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
            figures[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return figures
    }

    /// Asks whether the server answers.
    public func ping() async throws {
        guard try await command(["PING"]).text == "PONG" else { throw unexpected("PING") }
    }

    /// The server's settings whose names match a pattern such as `maxmemory*`.
    public func configuration(matching pattern: String) async throws -> [String: String] {
        var settings: [String: String] = [:]
        switch try await command(["CONFIG", "GET", RedisArgument(pattern)]) {
        case .map(let pairs):
            for pair in pairs { settings[pair.key.text ?? ""] = pair.value.text }
        case .array(let values):
            // RESP2 has no maps: names and values take turns.
            for place in stride(from: 0, to: values.count - 1, by: 2) {
                settings[values[place].text ?? ""] = values[place + 1].text
            }
        default: throw unexpected("CONFIG GET")
        }
        return settings
    }

    /// A time to live as Redis takes it.
    private struct Term {
        let unit: String
        let count: Int64

        init(_ duration: Duration) {
            let (seconds, attoseconds) = duration.components
            if attoseconds == 0, seconds > 0 {
                (unit, count) = ("EX", seconds)
            } else {
                let rounded = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
                (unit, count) = ("PX", seconds.multipliedReportingOverflow(by: 1000).partialValue + rounded)
            }
        }
    }

    private func string(_ reply: RESPValue, _ command: String) throws -> [UInt8]? {
        if case .null = reply { return nil }
        guard let bytes = reply.bytes else { throw unexpected(command) }
        return bytes
    }

    private func integer(_ reply: RESPValue, _ command: String) throws -> Int {
        guard case .number(let number) = reply else { throw unexpected(command) }
        return Int(number)
    }

    private func unexpected(_ command: String) -> RedisError {
        RedisError(
            code: .unexpectedReply, message: "the reply to \(command) is of another type than expected",
            endpoint: configuration.endpoint)
    }
}
