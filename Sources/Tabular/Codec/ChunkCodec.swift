import CZlib
import CZstd

/// Rows of one column as bytes for a store or a cache: compressed with Zstandard, checksummed, versioned, at most 1 MiB.
///
/// Layout, all little-endian: `MTC1`, CRC-32 of all that follows, length of the payload before compression, payload. The
/// payload holds name, type, storage, row count, boolean labels, validity and values.
public enum ChunkCodec {
    /// The most bytes an encoded chunk has.
    public static let maximumBytes = 1 << 20
    /// The most rows an encoded chunk has.
    public static let maximumRows = 1 << 17

    /// Rows of a column and where they belong.
    public struct Chunk: Sendable, Hashable {
        /// Index of the column in its table.
        public var column: Int
        /// Rows of the table that the chunk holds.
        public var rows: Range<Int>
        /// What `decode` takes.
        public var bytes: [UInt8]

        /// A chunk of these parts.
        public init(column: Int, rows: Range<Int>, bytes: [UInt8]) {
            self.column = column
            self.rows = rows
            self.bytes = bytes
        }
    }

    /// The chunks of `column` in order of rows, which are numbered from `firstRow`; none for a column without rows.
    /// - Throws: `TableError` for a single cell that does not fit a chunk.
    public static func encode(_ column: Column, index: Int = 0, firstRow: Int = 0) throws -> [Chunk] {
        var chunks: [Chunk] = []
        var ranges = [0..<column.count]
        while let range = ranges.popLast(), !range.isEmpty {
            if range.count <= maximumRows {
                let bytes = try encode(column, rows: range)
                if bytes.count <= maximumBytes {
                    chunks.append(
                        Chunk(
                            column: index, rows: firstRow + range.lowerBound..<firstRow + range.upperBound, bytes: bytes
                        ))
                    continue
                }
                if range.count == 1 {
                    throw TableError(
                        .tooLarge, "a cell does not fit a chunk of 1 MiB", column: column.name,
                        row: firstRow + range.lowerBound + 1)
                }
            }
            let middle = range.lowerBound + min((range.count + 1) / 2, maximumRows)
            ranges.append(middle..<range.upperBound)
            ranges.append(range.lowerBound..<middle)
        }
        return chunks
    }

    /// The rows of `range` as one chunk of whatever size; levels are those of the range, in order of first appearance.
    public static func encode(_ column: Column, rows range: Range<Int>) throws -> [UInt8] {
        let isWhole = range == 0..<column.count
        if case .strings = column.storage {
            return try seal(payload(column.slice(range)))
        }
        return try seal(payload(isWhole ? column : column.slice(range)))
    }

    /// The column in `bytes`, equal to the slice that was encoded.
    /// - Throws: `TableError` with the code `corruptChunk` for bytes that are not a whole, undamaged chunk.
    public static func decode(_ bytes: [UInt8]) throws -> Column { try column(payload(of: bytes)) }

    // MARK: Parts

    /// What an undamaged chunk holds; with `seal` and `column` for tests that damage it behind its checksum.
    package static func payload(of bytes: [UInt8]) throws -> [UInt8] {
        var reader = ChunkReader(bytes)
        guard try reader.bytes(4) == magic else { throw corrupt("it does not start like a chunk") }
        let checksum = try reader.uint32()
        guard checksum == crc(bytes[8...]) else { throw corrupt("the checksum does not match") }
        let size = Int(try reader.uint32())
        guard size <= maximumPayload else { throw corrupt("it is too large") }
        let compressed = bytes[12...]
        var payload = [UInt8](repeating: 0, count: size)
        let got = payload.withUnsafeMutableBytes { out in
            compressed.withUnsafeBytes { ZSTD_decompress(out.baseAddress, out.count, $0.baseAddress, $0.count) }
        }
        guard ZSTD_isError(got) == 0, got == size else { throw corrupt("it does not decompress") }
        return payload
    }

    private static let magic = Array("MTC1".utf8)
    private static let maximumPayload = 256 << 20

    static func corrupt(_ reason: String) -> TableError { TableError(.corruptChunk, "the chunk is damaged: \(reason)") }

    private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
    }

    /// The chunk that holds `payload`.
    package static func seal(_ payload: [UInt8]) throws -> [UInt8] {
        guard payload.count <= maximumPayload else { throw TableError(.tooLarge, "the rows do not fit a chunk") }
        var compressed = [UInt8](repeating: 0, count: ZSTD_compressBound(payload.count))
        let size = compressed.withUnsafeMutableBytes { out in
            payload.withUnsafeBytes { ZSTD_compress(out.baseAddress, out.count, $0.baseAddress, $0.count, 1) }
        }
        guard ZSTD_isError(size) == 0 else { throw TableError(.tooLarge, "the rows could not be compressed") }
        var body = ChunkWriter()
        body.uint32(UInt32(payload.count))
        body.bytes += compressed[..<size]
        var whole = ChunkWriter()
        whole.bytes = magic
        whole.uint32(crc(body.bytes[...]))
        return whole.bytes + body.bytes
    }

    private static func payload(_ column: Column) throws -> [UInt8] {
        var out = ChunkWriter()
        out.string(column.name)
        out.string(column.type.rawValue)
        out.uint32(UInt32(column.count))
        out.string(column.booleanLabels.no)
        out.string(column.booleanLabels.yes)
        out.bytes.append(column.validity == nil ? 0 : 1)
        if let validity = column.validity { out.words(validity.words) }
        switch column.storage {
        case .integers(let values):
            out.bytes.append(0)
            out.integers(values)
        case .dates(let values):
            out.bytes.append(1)
            out.integers(values)
        case .doubles(let values):
            out.bytes.append(2)
            out.words(values.map(\.bitPattern))
        case .datetimes(let values):
            out.bytes.append(3)
            out.words(values.map { UInt64(bitPattern: $0) })
        case .booleans(let bits):
            out.bytes.append(4)
            out.words(bits.words)
        case .strings(let codes, let levels):
            out.bytes.append(5)
            out.integers(codes)
            out.uint32(UInt32(levels.count))
            for level in levels { out.string(level) }
        }
        return out.bytes
    }

    private static func column(_ payload: [UInt8]) throws -> Column {
        var reader = ChunkReader(payload)
        let name = try reader.string()
        guard let type = ColumnType(rawValue: try reader.string()) else { throw corrupt("its type is unknown") }
        let count = Int(try reader.uint32())
        guard count <= maximumPayload else { throw corrupt("it has too many rows") }
        let labels = BooleanLabels(no: try reader.string(), yes: try reader.string())
        var validity: Bitmap?
        switch try reader.byte() {
        case 0: break
        case 1: validity = try reader.bitmap(count)
        default: throw corrupt("its validity is unknown")
        }
        let storage: Column.Storage
        switch try reader.byte() {
        case 0: storage = .integers(try reader.integers(count))
        case 1: storage = .dates(try reader.integers(count))
        case 2: storage = .doubles(try reader.words(count).map(Double.init(bitPattern:)))
        case 3: storage = .datetimes(try reader.words(count).map(Int64.init(bitPattern:)))
        case 4: storage = .booleans(try reader.bitmap(count))
        case 5:
            let codes = try reader.integers(count)
            let levelCount = Int(try reader.uint32())
            var levels: [String] = []
            for _ in 0..<levelCount { levels.append(try reader.string()) }
            for (row, code) in codes.int64s().enumerated() {
                let isPresent = validity.map { $0[row] } ?? true
                guard isPresent ? code >= 0 && code < levelCount : code == -1 else {
                    throw corrupt("a code has no level")
                }
            }
            storage = .strings(codes: codes, levels: levels)
        default: throw corrupt("its storage is unknown")
        }
        guard reader.isAtEnd else { throw corrupt("it has bytes too many") }
        return Column(name: name, type: type, storage: storage, validity: validity, booleanLabels: labels)
    }
}
