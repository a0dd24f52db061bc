internal import Synchronization

/// Models in this process's memory.
public final class MemoryModelStore: ModelStore {
    private struct State {
        var blobs: [String: [String: (version: Int, bytes: [UInt8])]] = [:]
        var versions = 0
        var records: [String: ModelRecord] = [:]
    }

    private let state = Mutex(State())

    /// A store without models.
    public init() {}

    /// Writes a blob.
    public func put(_ blob: [UInt8], name: String, of experimentID: String) async throws {
        state.withLock { state in
            state.versions += 1
            state.blobs[experimentID, default: [:]][name] = (state.versions, blob)
        }
    }

    /// The blob of that name.
    public func open(_ name: String, of experimentID: String) async throws -> StoredBlob? {
        guard let (version, bytes) = state.withLock({ $0.blobs[experimentID]?[name] }) else { return nil }
        return StoredBlob(version: String(version), size: bytes.count) { index in
            let start = index * ChunkLimits.bytes
            return Array(bytes[start..<min(bytes.count, start + ChunkLimits.bytes)])
        }
    }

    /// Removes blobs by name.
    public func removeBlobs(_ names: [String], of experimentID: String) async throws {
        state.withLock { state in
            for name in names { state.blobs[experimentID]?[name] = nil }
        }
    }

    /// Writes a model's record.
    public func put(_ record: ModelRecord) async throws { state.withLock { $0.records[record.id] = record } }

    /// A model's record.
    public func model(_ id: String) async throws -> ModelRecord? { state.withLock { $0.records[id] } }

    /// An experiment's models.
    public func models(of experimentID: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord> {
        let records = state.withLock { $0.records.values.filter { $0.experimentID == experimentID } }
        return try Page(oldestFirst: records.map { ($0.id, $0) }, limit: limit, after: cursor)
    }

    /// Removes all that belongs to an experiment.
    public func deleteAll(of experimentID: String) async throws {
        state.withLock { state in
            state.blobs[experimentID] = nil
            state.records = state.records.filter { $1.experimentID != experimentID }
        }
    }
}
