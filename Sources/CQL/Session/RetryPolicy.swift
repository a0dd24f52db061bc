/// What to do when an attempt has failed: the rules that most drivers for Cassandra agree on.
enum RetryDecision: Equatable {
    case fail
    /// The same host is asked again.
    case sameHost
    /// Another host is asked.
    case nextHost

    init(after error: CQLError, attempt: Int, isIdempotent: Bool) {
        self =
            switch error.code {
            // Nothing was carried out: another coordinator may do it.
            case _ where error.isUnsent: .nextHost
            case .bootstrapping: .nextHost
            case .unavailable: attempt == 0 ? .nextHost : .fail
            // Enough replicas have answered, the one with the data was late: it will be in time now.
            case .readTimeout:
                attempt == 0 && Self.hasEnoughAnswers(error) && error.details?.dataPresent == false ? .sameHost : .fail
            // The batch log could not be written, so that nothing of the batch was.
            case .writeTimeout:
                attempt == 0 && isIdempotent && error.details?.writeType == "BATCH_LOG" ? .sameHost : .fail
            case .overloaded, .server, .truncate, .connection: isIdempotent ? .nextHost : .fail
            default: .fail
            }
    }

    private static func hasEnoughAnswers(_ error: CQLError) -> Bool {
        guard let received = error.details?.received, let required = error.details?.required else { return false }
        return received >= required
    }
}
