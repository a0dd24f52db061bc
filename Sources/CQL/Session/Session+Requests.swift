internal import Foundation
internal import Network
internal import Synchronization

extension Session {
    /// What one request needs beside the request itself.
    struct Call {
        var request: Request
        /// Positions of the replicas to prefer.
        var replicas: [Int] = []
        var timeout: Duration?
        var isIdempotent = false
        /// The columns of answers that come without them.
        var columns: ColumnList?
    }

    /// An answer and the connection it came over.
    struct Answer {
        let response: Response
        let connection: HostConnection
        let version: ProtocolVersion
    }

    /// Sends a request to one host after another until there is an answer, as the rules of retrying allow.
    ///
    /// `onUnprepared` is called with the host that does not know a statement, and gives the request to send then.
    func perform(
        _ call: Call,
        onUnprepared: ((HostConnection, CQLError) async throws -> Call)? = nil
    ) async throws -> Answer {
        let table = table
        guard !isClosed else { throw CQLError(.closed, "the session was closed") }
        let deadline = MonotonicClock.deadline(after: call.timeout ?? configuration.requestTimeout)
        var call = call
        var plan = table.plan(
            replicas: call.replicas, turn: turns.wrappingAdd(1, ordering: .relaxed).oldValue)
        var failures: [CQLError] = []
        var attempt = 0
        var preparations = 0
        var next = plan.next(leavingHost: false)
        while let connection = next {
            do {
                let envelope = try await connection.perform(call.request, deadline: deadline)
                let version = ProtocolVersion(rawValue: envelope.version) ?? .v4
                do throws(CQLError) {
                    let response = try Response(envelope, version: version, columns: call.columns)
                    return Answer(response: response, connection: connection, version: version)
                } catch { throw error.at(connection.name) }
            } catch let error as CQLError {
                if !error.isUnsent { count { $0.errors[error.code, default: 0] += 1 } }
                var (error, isIdempotent) = (error, call.isIdempotent)
                if error.code == .unprepared, let onUnprepared, preparations < 3 {
                    preparations += 1
                    count { $0.repreparations += 1 }
                    do {
                        call = try await onUnprepared(connection, error)
                        continue
                    } catch let failure as CQLError {
                        // The statement was not carried out, and preparing it may be repeated: the next host may do it.
                        (error, isIdempotent) = (failure, true)
                        if !error.isUnsent { count { $0.errors[failure.code, default: 0] += 1 } }
                    }
                }
                let decision = RetryDecision(after: error, attempt: attempt, isIdempotent: isIdempotent)
                guard decision != .fail, MonotonicClock.now() < deadline else { throw error }
                failures.append(error)
                if !error.isUnsent {
                    attempt += 1
                    count { $0.retries += 1 }
                }
                if decision == .nextHost { next = plan.next(leavingHost: !error.isUnsent) }
            }
        }
        throw exhausted(table, failures)
    }

    /// That every host of the plan has failed, with each one's reason.
    private func exhausted(_ table: RoutingTable, _ failures: [CQLError]) -> CQLError {
        // A single answer of a server says more than that no other host was left.
        if failures.count == 1, let only = failures.first, !only.isUnsent { return only }
        let reasons = table.entries.compactMap { entry -> String? in
            let name = entry.host.endpoint.description
            if let failure = failures.last(where: { $0.host == name }) { return "\(name): \(failure.message)" }
            return entry.failure.map { "\(name): \($0.message)" }
        }
        let list = reasons.isEmpty ? failures.map(\.message) : reasons
        return CQLError(
            .noHostAvailable,
            list.isEmpty ? "no host is known" : "no host could answer: " + list.joined(separator: "; "),
            cause: failures.last)
    }

    func parameters(_ options: RequestOptions) throws(CQLError) -> QueryParameters {
        var parameters = QueryParameters(consistency: options.consistency ?? configuration.consistency)
        parameters.serialConsistency = options.serialConsistency ?? configuration.serialConsistency
        guard let pageSize = Int32(exactly: options.pageSize ?? configuration.pageSize), pageSize >= 0 else {
            throw CQLError(.configuration, "a page cannot have \(options.pageSize ?? configuration.pageSize) rows")
        }
        parameters.pageSize = pageSize == 0 ? nil : pageSize
        parameters.pagingState = options.pagingState
        parameters.timestamp = options.timestamp
        return parameters
    }

    /// What the user gets of an answer.
    func resultSet(_ answer: Answer) async throws -> ResultSet {
        switch answer.response {
        case .rows(var rows):
            rows.host = answer.connection.name
            return rows
        case .schemaChange(let change):
            await awaitSchemaAgreement(over: answer.connection)
            var result = ResultSet()
            result.host = answer.connection.name
            result.schemaChange = change
            return result
        case .void:
            var result = ResultSet()
            result.host = answer.connection.name
            return result
        default:
            throw CQLError(
                .protocolViolation, "the server's answer does not belong to the request", host: answer.connection.name)
        }
    }

    /// Waits until every host in use has the same schema: others than the one asked may be used next.
    private func awaitSchemaAgreement(over connection: HostConnection) async {
        let hosts = Set(table.entries.filter { !$0.connections.isEmpty }.map(\.host.id))
        guard hosts.count > 1 else { return }
        let deadline = MonotonicClock.deadline(after: configuration.schemaAgreementTimeout)
        while MonotonicClock.now() < deadline, !Task.isCancelled {
            let versions = try? await TopologyQueries.schemaVersions(
                over: connection, among: hosts, timeout: configuration.connectTimeout)
            guard let versions, versions.count > 1 else { return }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
