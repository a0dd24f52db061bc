/// Where models lie: records for lists, and named blobs of any size that belong to an experiment.
public protocol ModelStore: Sendable {
    /// Writes a blob under a name, over one that is there; when this returns, readers get all of it or all of the old one.
    func put(_ blob: [UInt8], name: String, of experimentID: String) async throws

    /// The blob of that name, to be read in pieces; none of its bytes are read yet.
    func open(_ name: String, of experimentID: String) async throws -> StoredBlob?

    /// Removes blobs by name; one that is not there is no error.
    func removeBlobs(_ names: [String], of experimentID: String) async throws

    /// Writes a model's record, over one that is there.
    func put(_ record: ModelRecord) async throws

    /// A model's record.
    func model(_ id: String) async throws -> ModelRecord?

    /// An experiment's models in the order of their ids.
    func models(of experimentID: String, limit: Int, after cursor: Cursor?) async throws -> Page<ModelRecord>

    /// Removes all that belongs to an experiment.
    func deleteAll(of experimentID: String) async throws
}
