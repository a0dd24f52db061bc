extension MartletService {
    /// An experiment as it stands.
    /// - Throws: `.notFound`.
    public func experiment(_ id: String) async throws -> ExperimentRecord {
        guard let record = try await stores.experiments.experiment(id) else {
            throw PlatformError(.notFound, "there is no experiment \(id)")
        }
        return record
    }

    /// Experiments, the newest first; `limit` from 1 to 1000.
    public func experiments(limit: Int = 50, cursor: Cursor? = nil) async throws -> Page<ExperimentRecord> {
        try await stores.experiments.experiments(limit: checked(limit), after: cursor)
    }

    func checked(_ limit: Int) throws -> Int {
        guard (1...1000).contains(limit) else {
            throw PlatformError(.invalid, "must be from 1 to 1000", field: "limit")
        }
        return limit
    }
}
