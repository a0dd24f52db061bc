/// A blob as it lies in a store: its size is known, and its bytes are read in pieces, none of them twice.
public struct StoredBlob: Sendable {
    /// What tells it from others that its name pointed to before, or points to later.
    public let version: String
    /// Bytes of the whole.
    public let size: Int
    private let read: @Sendable (_ piece: Int) async throws -> [UInt8]?

    /// A blob of so many bytes. `read` gives the piece of a number from 0 on, each of `ChunkLimits.bytes` but the last, and
    /// nil where the name no longer points to this blob.
    public init(version: String, size: Int, read: @escaping @Sendable (_ piece: Int) async throws -> [UInt8]?) {
        self.version = version
        self.size = max(0, size)
        self.read = read
    }

    /// Number of pieces; one, which is empty, where there are no bytes.
    public var pieceCount: Int { max(1, size / ChunkLimits.bytes + (size % ChunkLimits.bytes > 0 ? 1 : 0)) }

    /// The piece of that number, in `0 ..< pieceCount`.
    /// - Throws: what the store throws, and `.conflict` where the blob was replaced or removed since it was opened.
    public func piece(_ index: Int) async throws -> [UInt8] {
        guard let bytes = try await found(index) else {
            throw PlatformError(.conflict, "what is read was replaced or removed meanwhile")
        }
        return bytes
    }

    /// All of it; nil where it was replaced or removed since it was opened, or where a part is not as it should be.
    func bytes() async throws -> [UInt8]? {
        var all: [UInt8] = []
        all.reserveCapacity(min(size, StoredBlob.reserved))
        for first in stride(from: 0, to: pieceCount, by: StoredBlob.piecesAtATime) {
            let part = first..<min(pieceCount, first + StoredBlob.piecesAtATime)
            for piece in try await part.concurrently(found) {
                guard let piece else { return nil }
                all += piece
            }
        }
        return all
    }

    /// The piece of that number; nil where the name no longer points to this blob, or the piece is not of its size.
    func found(_ index: Int) async throws -> [UInt8]? {
        let expected = min(ChunkLimits.bytes, size - index * ChunkLimits.bytes)
        guard let bytes = try await read(index), bytes.count == expected else { return nil }
        return bytes
    }

    private static let piecesAtATime = 8
    /// More is not set aside for what a store only says.
    private static let reserved = 1 << 30
}

extension ModelStore {
    /// The blob of that name, as it was written, all of it in memory.
    /// - Throws: what the store throws, `.damaged` where a part of it is missing.
    public func blob(_ name: String, of experimentID: String) async throws -> [UInt8]? {
        while true {
            guard let stored = try await open(name, of: experimentID) else { return nil }
            if let bytes = try await stored.bytes() { return bytes }
            // Replaced while it was read, or damaged: then the name still points to it.
            guard try await open(name, of: experimentID)?.version != stored.version else {
                throw PlatformError(.damaged, "a part of blob \(name) of experiment \(experimentID) is missing")
            }
        }
    }
}
