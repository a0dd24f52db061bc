import Testing

@testable import CQL

struct RetryPolicyTests {
    private func error(_ code: CQLError.Code, _ change: (inout CQLError.Details) -> Void = { _ in }) -> CQLError {
        var details = CQLError.Details()
        change(&details)
        return CQLError(code, "", details: details)
    }

    private func decision(_ error: CQLError, attempt: Int = 0, idempotent: Bool = false) -> RetryDecision {
        RetryDecision(after: error, attempt: attempt, isIdempotent: idempotent)
    }

    @Test func whatHasNotGoneOutGoesElsewhere() {
        var unsent = error(.closed)
        unsent.isUnsent = true
        #expect(decision(unsent, attempt: 9) == .nextHost)
        #expect(decision(error(.bootstrapping)) == .nextHost)
    }

    @Test func unknownFateIsRepeatedOnlyIfHarmless() {
        for code in [CQLError.Code.connection, .overloaded, .server, .truncate] {
            #expect(decision(error(code)) == .fail)
            #expect(decision(error(code), idempotent: true) == .nextHost)
        }
        #expect(decision(error(.timeout), idempotent: true) == .fail)
        #expect(decision(error(.syntax), idempotent: true) == .fail)
    }

    @Test func replicasThatWereLate() {
        let late = error(.readTimeout) { ($0.received, $0.required, $0.dataPresent) = (2, 2, false) }
        #expect(decision(late) == .sameHost)
        #expect(decision(late, attempt: 1) == .fail)
        #expect(decision(error(.readTimeout) { ($0.received, $0.required, $0.dataPresent) = (1, 2, false) }) == .fail)
        #expect(decision(error(.readTimeout) { ($0.received, $0.required, $0.dataPresent) = (2, 2, true) }) == .fail)
        #expect(decision(error(.readTimeout)) == .fail)
        let log = error(.writeTimeout) { $0.writeType = "BATCH_LOG" }
        #expect(decision(log, idempotent: true) == .sameHost)
        #expect(decision(log) == .fail)
        #expect(decision(error(.writeTimeout) { $0.writeType = "SIMPLE" }, idempotent: true) == .fail)
        #expect(decision(error(.unavailable)) == .nextHost)
        #expect(decision(error(.unavailable), attempt: 1) == .fail)
    }
}
