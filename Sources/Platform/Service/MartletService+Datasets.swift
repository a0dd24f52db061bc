internal import Examples
internal import Learners
internal import Synchronization
public import Tabular
internal import Telemetry

extension MartletService {
    /// Reads a table and makes it a dataset, seen only once it is complete; memory is bounded whatever its size.
    /// - Throws: `TableError` with the place of what is wrong; `PlatformError.invalid` for a name that is too long. Then
    ///   nothing is left.
    public func createDataset(
        from source: TableSource, name: String, options: ReadOptions = ReadOptions()
    ) async throws -> DatasetRecord {
        guard (1...200).contains(name.count) else {
            throw PlatformError(.invalid, "must have 1 to 200 characters", field: "name")
        }
        defer { Allocator.giveBackSoon() }
        var options = options
        options.threads = options.threads ?? ProcessLimits.current.processors
        return try await DatasetWriter(store: stores.datasets, longWork: longWork).write(
            source, name: name, options: options)
    }

    /// The tables that come with Martlet.
    public func examples() -> [ExampleRecord] { ExampleTable.all.map(ExampleRecord.init) }

    /// Makes a table that comes with Martlet a dataset.
    /// - Throws: `.notFound`.
    public func createDataset(example name: String) async throws -> DatasetRecord {
        guard let example = ExampleTable.named(name) else {
            throw PlatformError(.notFound, "there is no example \(name)")
        }
        return try await createDataset(from: .bytes(example.bytes), name: example.name)
    }

    /// A dataset's record.
    /// - Throws: `.notFound`.
    public func dataset(_ id: String) async throws -> DatasetRecord {
        guard let record = try await stores.datasets.dataset(id) else {
            throw PlatformError(.notFound, "there is no dataset \(id)")
        }
        return record
    }

    /// Datasets, the newest first; `limit` from 1 to 1000.
    public func datasets(limit: Int = 50, cursor: Cursor? = nil) async throws -> Page<DatasetRecord> {
        try await stores.datasets.datasets(limit: checked(limit), after: cursor)
    }

    /// A dataset's `TableProfile` as JSON.
    /// - Throws: `.notFound`.
    public func profile(ofDataset id: String) async throws -> [UInt8] {
        guard let profile = try await stores.datasets.profile(of: id) else {
            throw PlatformError(.notFound, "there is no dataset \(id)")
        }
        return profile
    }

    /// Rows of a dataset, from `offset` on; `limit` from 1 to 1000. Only the chunks that hold them are read.
    /// - Throws: `.notFound`.
    public func rows(ofDataset id: String, offset: Int, limit: Int) async throws -> Table {
        guard offset >= 0 else { throw PlatformError(.invalid, "must be at least 0", field: "offset") }
        let limit = try checked(limit)
        let record = try await dataset(id)
        let first = min(offset, record.rows)
        let reader = data.reader
        return try await reader.table(record, rows: first..<min(record.rows, first + limit), on: serviceThread)
    }

    /// A dataset's rows in blocks, one after the other as they are taken, at least one.
    /// - Throws: `.notFound`; the sequence throws what the store throws.
    public func blocks(ofDataset id: String) async throws -> AsyncThrowingStream<Table, any Error> {
        let record = try await dataset(id)
        let reader = data.reader
        let next = Mutex(0)
        return AsyncThrowingStream { [serviceThread] in
            let first = next.withLock { row in
                defer { row += DatasetWriter.rowsPerBlock }
                return row
            }
            guard first == 0 || first < record.rows else { return nil }
            let rows = first..<min(record.rows, first + DatasetWriter.rowsPerBlock)
            return try await reader.table(record, rows: rows, on: serviceThread)
        }
    }

    /// Removes a dataset; the models learnt from it stay. Waits while models of ended experiments are put together.
    /// - Throws: `.notFound`, and `.conflict` while an experiment that has not ended needs it.
    public func deleteDataset(_ id: String) async throws {
        let users = try await stores.experiments.unfinishedExperiments().filter { $0.request.datasetID == id }
        if let user = users.first {
            throw PlatformError(.conflict, "experiment \(user.id) needs dataset \(id) and has not ended")
        }
        try await waitForAssembly()
        if let user = coordinator.roomless, try await stores.experiments.experiment(user)?.request.datasetID == id {
            throw PlatformError(
                .conflict, "experiment \(user) needs dataset \(id) and waits for room: delete something else first")
        }
        let record = try await stores.datasets.dataset(id)
        guard try await stores.datasets.delete(id), let record else {
            throw PlatformError(.notFound, "there is no dataset \(id)")
        }
        guard let cache = stores.cache else { return }
        for index in 0..<record.chunks + record.layoutChunks {
            await cache.remove(DatasetReader.cacheKey(ofChunk: index, of: id))
        }
    }
}

extension MartletService {
    func waitForAssembly() async throws {
        var news = pokes.stream(for: Topics.assembly).makeAsyncIterator()
        while isReady, coordinator.roomless == nil,
            try await stores.log.lag(of: Topics.assembly, group: Topics.coordinatorGroup) > 0
        {
            guard await news.next() != nil else {
                throw PlatformError(.unavailable, "the service is shutting down, or the request was cancelled")
            }
        }
    }
}

/// A table that comes with Martlet.
public struct ExampleRecord: Sendable, Hashable, Codable {
    /// The name it is asked for by.
    public let name: String
    /// A title for people.
    public let title: String
    /// What a row is and what can be predicted.
    public let description: String
    /// The column that makes sense to predict.
    public let target: String
    /// `binary`, `multiclass` or `regression`.
    public let task: String
    /// Rows below the header.
    public let rows: Int
    /// Columns, the target included.
    public let columns: Int
    /// Where the table comes from.
    public let source: String
    /// Under which terms.
    public let licence: String

    init(_ example: ExampleTable) {
        name = example.name
        title = example.title
        description = example.description
        target = example.target
        task = example.task
        rows = example.rows
        columns = example.columns
        source = example.source
        licence = example.licence
    }
}
