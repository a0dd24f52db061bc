/// What a server answers to a request of a user.
enum Response: Sendable {
    case void
    case rows(ResultSet)
    case setKeyspace(String)
    case prepared(PreparedResponse)
    case schemaChange(SchemaChange)
    /// An answer that belongs to setting up a connection.
    case ready
    case authenticate(String)
    case supported([String: [String]])
    case authChallenge([UInt8])
    case authSuccess

    /// The answer in an envelope; a server's error is thrown. `columns` are those of a prepared statement, for answers that
    /// come without them.
    init(_ envelope: Envelope, version: ProtocolVersion, columns: ColumnList? = nil) throws(CQLError) {
        var warnings: [String] = []
        self = try envelope.body.withRawBytes { (raw) throws(CQLError) in
            var reader = ByteReader(raw)
            if envelope.flags.contains(.tracing) { try reader.skip(16) }
            if envelope.flags.contains(.warning) { warnings = try reader.stringList() }
            if envelope.flags.contains(.customPayload) {
                for _ in 0..<(try reader.integer(UInt16.self)) {
                    _ = try reader.string()
                    try reader.skipValue()
                }
            }
            switch envelope.opcode {
            case .error: throw try CQLError(serverError: &reader)
            case .ready: return .ready
            case .authenticate: return .authenticate(try reader.string())
            case .supported: return .supported(try reader.stringMultimap())
            case .authChallenge: return .authChallenge(try reader.bytes() ?? [])
            case .authSuccess: return .authSuccess
            case .result:
                return try Self.result(
                    &reader, envelope: envelope, version: version, columns: columns, warnings: warnings)
            default: throw CQLError(.protocolViolation, "a server does not answer with \(envelope.opcode)")
            }
        }
    }

    private static func result(
        _ reader: inout ByteReader, envelope: Envelope, version: ProtocolVersion, columns: ColumnList?,
        warnings: [String]
    ) throws(CQLError) -> Response {
        let kind = try reader.integer(Int32.self)
        switch kind {
        case 1: return .void
        case 2:
            let metadata = try ResultMetadata(&reader)
            guard let columns = metadata.columns ?? columns, columns.count == metadata.columnCount else {
                throw CQLError(.protocolViolation, "rows of unknown columns")
            }
            let count = try reader.count(elementSize: 4 * metadata.columnCount)
            return .rows(
                try ResultSet(
                    columns: columns, body: envelope.body, at: reader.offset, count: count, metadata: metadata,
                    warnings: warnings))
        case 3: return .setKeyspace(try reader.string())
        case 4: return .prepared(try PreparedResponse(&reader, version: version))
        case 5: return .schemaChange(try SchemaChange(&reader))
        default: throw CQLError(.protocolViolation, "there is no result of kind \(kind)")
        }
    }
}

/// What stands before rows.
struct ResultMetadata: Sendable {
    let columnCount: Int
    let pagingState: [UInt8]?
    /// The identifier of changed columns, in v5.
    let changedID: [UInt8]?
    /// Nothing where the answer comes without columns.
    let columns: ColumnList?

    init(_ reader: inout ByteReader) throws(CQLError) {
        let flags = try reader.integer(UInt32.self)
        let count = try reader.integer(Int32.self)
        guard count >= 0, count <= 1 << 16 else { throw CQLError(.protocolViolation, "a row has no \(count) columns") }
        columnCount = Int(count)
        pagingState = flags & 0x02 != 0 ? try reader.bytes() : nil
        changedID = flags & 0x08 != 0 ? try reader.shortBytes() : nil
        columns =
            flags & 0x04 != 0
            ? nil : try ColumnList(&reader, count: columnCount, hasGlobalTable: flags & 0x01 != 0)
    }
}

/// The answer to a preparation.
struct PreparedResponse: Sendable {
    let id: [UInt8]
    let resultMetadataID: [UInt8]
    let markers: ColumnList
    /// Which markers make the partition key, in its order; none where the key is not all markers.
    let partitionKey: [Int]
    let result: ResultMetadata

    init(_ reader: inout ByteReader, version: ProtocolVersion) throws(CQLError) {
        id = try reader.shortBytes()
        resultMetadataID = version >= .v5 ? try reader.shortBytes() : []
        let flags = try reader.integer(UInt32.self)
        let count = try reader.integer(Int32.self)
        guard count >= 0, count <= 1 << 16 else {
            throw CQLError(.protocolViolation, "a statement has no \(count) markers")
        }
        var key: [Int] = []
        for _ in 0..<(try reader.count(elementSize: 2)) { key.append(Int(try reader.integer(UInt16.self))) }
        guard key.allSatisfy({ $0 < count }) else {
            throw CQLError(.protocolViolation, "a partition key of markers that are not there")
        }
        partitionKey = key
        markers = try ColumnList(&reader, count: Int(count), hasGlobalTable: flags & 0x01 != 0)
        result = try ResultMetadata(&reader)
    }
}
