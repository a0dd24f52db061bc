/// Where datasets lie: a record, a profile, and encoded chunks of at most 1 MiB, numbered from 0.
///
/// A dataset is written once: `begin`, its chunks, then `complete`, before which nobody sees it. Every write may be repeated
/// with the same values.
public protocol DatasetStore: Sendable {
    /// Starts a dataset, unseen until it is complete.
    func begin(_ id: String) async throws

    /// Writes chunks of at most `ChunkLimits.bytes` bytes each; throws `.invalid` for a larger one and `.notFound` for a
    /// dataset that was not begun.
    func put(_ chunks: [DatasetChunk], of id: String) async throws

    /// Makes a begun dataset seen, for good.
    func complete(_ record: DatasetRecord, profile: [UInt8]) async throws

    /// A complete dataset's record.
    func dataset(_ id: String) async throws -> DatasetRecord?

    /// Complete datasets, the newest first.
    func datasets(limit: Int, after cursor: Cursor?) async throws -> Page<DatasetRecord>

    /// A complete dataset's profile, as it was written.
    func profile(of id: String) async throws -> [UInt8]?

    /// A complete dataset's chunk, as it was written.
    func chunk(_ index: Int, of id: String) async throws -> [UInt8]?

    /// Removes a dataset with its chunks, complete or not; one that is not there is no error.
    /// - Returns: whether a complete one was there.
    @discardableResult
    func delete(_ id: String) async throws -> Bool

    /// Removes what was begun before `moment` and never completed.
    func removeIncomplete(begunBefore moment: Timestamp) async throws
}

/// An encoded chunk and its number.
public struct DatasetChunk: Sendable, Hashable {
    /// Its number, from 0.
    public let index: Int
    /// Its bytes.
    public let bytes: [UInt8]

    /// A chunk of that number.
    public init(index: Int, bytes: [UInt8]) {
        self.index = index
        self.bytes = bytes
    }
}

/// What every store of chunks may count on.
public enum ChunkLimits {
    /// Bytes of the largest chunk.
    public static let bytes = 1 << 20

    /// Throws `.invalid` for a chunk that is too large.
    public static func check(_ chunks: [DatasetChunk]) throws {
        if let large = chunks.first(where: { $0.bytes.count > bytes }) {
            throw PlatformError(.invalid, "a chunk of \(large.bytes.count) bytes is larger than \(bytes)")
        }
    }

    /// `bytes` in pieces of the largest size, the last one shorter; no bytes are one empty piece.
    public static func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        if bytes.isEmpty { return [[]] }
        return stride(from: 0, to: bytes.count, by: ChunkLimits.bytes).map {
            Array(bytes[$0..<min(bytes.count, $0 + ChunkLimits.bytes)])
        }
    }
}
