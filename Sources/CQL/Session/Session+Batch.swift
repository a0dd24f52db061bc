extension Session {
    /// Carries the statements of a batch out together. Those with values are prepared first, once for the session.
    @discardableResult
    public func batch(_ batch: Batch, options: RequestOptions = RequestOptions()) async throws -> ResultSet {
        var prepared: [PreparedStatement] = []
        var statements: [PreparedStatement?] = []
        for entry in batch.entries {
            var statement = entry.statement
            if statement == nil, !entry.values.isEmpty { statement = try await prepare(entry.text) }
            statements.append(statement)
            if let statement { prepared.append(statement) }
        }
        let call = try call(batch, statements, options)
        let answer = try await perform(call) { [prepared] connection, error in
            let unknown = error.details?.statementID ?? []
            for statement in prepared where statement.state.id == unknown {
                try await self.prepareAgain(statement, over: connection)
                break
            }
            return try self.call(batch, statements, options)
        }
        return try await resultSet(answer)
    }

    private func call(
        _ batch: Batch, _ statements: [PreparedStatement?], _ options: RequestOptions
    ) throws(CQLError) -> Call {
        var request = BatchRequest(kind: batch.kind, statements: [], parameters: try parameters(options))
        for (entry, statement) in zip(batch.entries, statements) {
            if let statement {
                request.statements.append(.prepared(statement.state, entry.values))
            } else {
                request.statements.append(.text(entry.text))
            }
        }
        return Call(request: .batch(request), timeout: options.timeout, isIdempotent: options.isIdempotent)
    }
}
