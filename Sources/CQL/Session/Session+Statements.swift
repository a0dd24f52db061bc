extension Session {
    /// Carries a statement out. With values it is prepared first, once for the session; the values are bound in the order
    /// of the markers. Throws `CQLError`, and `CancellationError` where the task is cancelled.
    @discardableResult
    public func execute(
        _ text: String, _ values: [any CQLEncodable] = [], options: RequestOptions = RequestOptions()
    ) async throws -> ResultSet {
        guard values.isEmpty else { return try await execute(try await prepare(text), values, options: options) }
        guard !Self.changesKeyspace(text) else {
            throw CQLError(
                .configuration, "USE would change one connection of many: name the keyspace in the configuration")
        }
        let call = Call(
            request: .query(text, try parameters(options)), timeout: options.timeout,
            isIdempotent: options.isIdempotent)
        return try await resultSet(try await perform(call))
    }

    /// Carries a prepared statement out, with values in the order of its markers.
    @discardableResult
    public func execute(
        _ statement: PreparedStatement, _ values: [any CQLEncodable] = [],
        options: RequestOptions = RequestOptions()
    ) async throws -> ResultSet {
        let parameters = try parameters(options)
        let state = statement.state
        var call = call(state, values, parameters)
        call.timeout = options.timeout
        call.isIdempotent = options.isIdempotent
        call.replicas = replicas(state, values)
        let answer = try await perform(call) { [call] connection, error in
            try await self.prepareAgain(statement, over: connection)
            var again = self.call(statement.state, values, parameters)
            again.timeout = call.timeout
            again.isIdempotent = call.isIdempotent
            return again
        }
        let result = try await resultSet(answer)
        if let id = result.changedMetadataID { statement.update(columns: result.columnList, metadataID: id) }
        return result
    }

    private func call(
        _ state: PreparedStatement.State, _ values: [any CQLEncodable], _ parameters: QueryParameters
    ) -> Call {
        var parameters = parameters
        // In v4 nobody would say that the columns have changed meanwhile, so there they come with every answer.
        parameters.skipsMetadata = state.columns != nil && !state.resultMetadataID.isEmpty
        return Call(
            request: .execute(state, values, parameters), columns: parameters.skipsMetadata ? state.columns : nil)
    }

    private static func changesKeyspace(_ text: String) -> Bool {
        let start = text.utf8.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }.prefix(4)
        return start.count == 4 && String(decoding: start.prefix(3), as: UTF8.self).uppercased() == "USE"
            && start.last.map { $0 <= 0x20 || $0 == 0x22 } == true
    }

    // MARK: - Preparing

    /// Has a statement parsed, once for the session and text.
    public func prepare(_ text: String) async throws -> PreparedStatement {
        if let statement = statements.statement(text) { return statement }
        return try await statements.statement(text) { [self] in
            let answer = try await perform(Call(request: .prepare(text, keyspace: nil), isIdempotent: true))
            guard case .prepared(let response) = answer.response else {
                throw CQLError(.protocolViolation, "the server's answer does not belong to the request")
            }
            return PreparedStatement(text: text, state: .init(response))
        }
    }

    /// Teaches one host a statement that it does not know, or has forgotten.
    func prepareAgain(_ statement: PreparedStatement, over connection: HostConnection) async throws {
        let deadline = MonotonicClock.deadline(after: configuration.requestTimeout)
        let request = Request.prepare(statement.text, keyspace: nil)
        let envelope = try await connection.perform(request, deadline: deadline)
        do throws(CQLError) {
            let version = ProtocolVersion(rawValue: envelope.version) ?? .v4
            guard case .prepared(let response) = try Response(envelope, version: version) else {
                throw CQLError(.protocolViolation, "the server's answer does not belong to the request")
            }
            statement.update(.init(response))
        } catch { throw error.at(connection.name) }
    }

    // MARK: - Replicas

    /// The hosts that hold the row a statement is about, where its partition key is among the values.
    private func replicas(_ state: PreparedStatement.State, _ values: [any CQLEncodable]) -> [Int] {
        let table = table
        guard table.hasChoice, let token = state.token(values), let keyspace = state.markers.columns.first?.keyspace
        else { return [] }
        return table.localReplicas(of: token, keyspace: keyspace)
    }
}

extension PreparedStatement.State {
    /// The token of the partition key that the values hold; nil where they do not hold all of it.
    func token(_ values: [any CQLEncodable]) -> Int64? {
        guard !partitionKey.isEmpty, values.count == markers.count else { return nil }
        var key = ByteWriter()
        for index in partitionKey {
            var part = CQLEncoder()
            guard (try? values[index].encode(as: markers.columns[index].type, into: &part)) != nil else { return nil }
            part.writer.flatten()
            let bytes = part.writer.bytes
            // Null and unset have no bytes; the server refuses them.
            guard bytes.count >= 4, bytes[0] < 0x80 else { return nil }
            if partitionKey.count == 1 { return bytes.withUnsafeBytes { Murmur3.token(.init(rebasing: $0[4...])) } }
            guard let size = UInt16(exactly: bytes.count - 4) else { return nil }
            key.append(integer: size)
            key.bytes.append(contentsOf: bytes[4...])
            key.append(0)
        }
        return key.bytes.withUnsafeBytes { Murmur3.token($0) }
    }
}
