/// What is asked of a server.
enum Request: Sendable {
    case options
    case startup(compressed: Bool)
    /// The SASL token.
    case authResponse([UInt8])
    case register([String])
    case query(String, QueryParameters)
    case prepare(String, keyspace: String?)
    case execute(PreparedStatement.State, [any CQLEncodable], QueryParameters)
    case batch(BatchRequest)

    var opcode: Opcode {
        switch self {
        case .options: .options
        case .startup: .startup
        case .authResponse: .authResponse
        case .register: .register
        case .query: .query
        case .prepare: .prepare
        case .execute: .execute
        case .batch: .batch
        }
    }

    /// The request's bytes, as `encoder` puts them into frames.
    func encoded(stream: Int16, by encoder: FrameEncoder) throws(CQLError) -> ByteWriter {
        try encoder.request(opcode, stream: stream) { (writer) throws(CQLError) in
            try append(to: &writer, version: encoder.version)
        }
    }

    private func append(to writer: inout ByteWriter, version: ProtocolVersion) throws(CQLError) {
        switch self {
        case .options: break
        case .startup(let compressed):
            var options = [("CQL_VERSION", "3.0.0"), ("DRIVER_NAME", "Martlet CQL"), ("DRIVER_VERSION", "1")]
            if compressed { options.append(("COMPRESSION", "lz4")) }
            try writer.append(stringMap: options)
        case .authResponse(let token): try writer.append(bytes: token)
        case .register(let events):
            try writer.append(short: events.count)
            for event in events { try writer.append(string: event) }
        case .query(let text, let parameters):
            try writer.append(longString: text)
            try parameters.append(to: &writer, version: version, values: nil)
        case .prepare(let text, let keyspace):
            try writer.append(longString: text)
            guard version >= .v5 else { break }
            writer.append(integer: UInt32(keyspace == nil ? 0 : 1))
            if let keyspace { try writer.append(string: keyspace) }
        case .execute(let statement, let values, let parameters):
            try writer.append(shortBytes: statement.id)
            if version >= .v5 { try writer.append(shortBytes: statement.resultMetadataID) }
            try parameters.append(
                to: &writer, version: version,
                values: { (writer) throws(CQLError) in try statement.append(values, to: &writer) })
        case .batch(let batch): try batch.append(to: &writer, version: version)
        }
    }
}

/// What goes with a query beside its text and values.
struct QueryParameters: Sendable {
    private struct Flags: OptionSet {
        let rawValue: UInt32
        static let values = Self(rawValue: 0x01)
        static let skipMetadata = Self(rawValue: 0x02)
        static let pageSize = Self(rawValue: 0x04)
        static let pagingState = Self(rawValue: 0x08)
        static let serialConsistency = Self(rawValue: 0x10)
        static let timestamp = Self(rawValue: 0x20)
    }

    var consistency: Consistency
    var serialConsistency: SerialConsistency?
    var pageSize: Int32?
    var pagingState: [UInt8]?
    /// Microseconds since 1970.
    var timestamp: Int64?
    /// The answer comes without the columns' names and types.
    var skipsMetadata = false

    func append(
        to writer: inout ByteWriter, version: ProtocolVersion,
        values: ((inout ByteWriter) throws(CQLError) -> Void)?
    ) throws(CQLError) {
        writer.append(integer: consistency.rawValue)
        var flags: Flags = []
        if values != nil { flags.insert(.values) }
        if skipsMetadata { flags.insert(.skipMetadata) }
        if pageSize != nil { flags.insert(.pageSize) }
        if pagingState != nil { flags.insert(.pagingState) }
        if serialConsistency != nil { flags.insert(.serialConsistency) }
        if timestamp != nil { flags.insert(.timestamp) }
        if version >= .v5 {
            writer.append(integer: flags.rawValue)
        } else {
            writer.append(UInt8(truncatingIfNeeded: flags.rawValue))
        }
        try values?(&writer)
        if let pageSize { writer.append(integer: pageSize) }
        if let pagingState { try writer.append(bytes: pagingState) }
        appendTail(to: &writer)
    }

    /// What batches have too.
    func appendTail(to writer: inout ByteWriter) {
        if let serialConsistency { writer.append(integer: serialConsistency.rawValue) }
        if let timestamp { writer.append(integer: timestamp) }
    }

    func appendForBatch(to writer: inout ByteWriter, version: ProtocolVersion) {
        writer.append(integer: consistency.rawValue)
        var flags: Flags = []
        if serialConsistency != nil { flags.insert(.serialConsistency) }
        if timestamp != nil { flags.insert(.timestamp) }
        if version >= .v5 {
            writer.append(integer: flags.rawValue)
        } else {
            writer.append(UInt8(truncatingIfNeeded: flags.rawValue))
        }
        appendTail(to: &writer)
    }
}

/// Statements that a server takes together.
struct BatchRequest: Sendable {
    enum Statement: Sendable {
        case text(String)
        case prepared(PreparedStatement.State, [any CQLEncodable])
    }

    var kind: Batch.Kind
    var statements: [Statement]
    var parameters: QueryParameters

    func append(to writer: inout ByteWriter, version: ProtocolVersion) throws(CQLError) {
        writer.append(kind.rawValue)
        try writer.append(short: statements.count)
        for statement in statements {
            switch statement {
            case .text(let text):
                writer.append(0)
                try writer.append(longString: text)
                writer.append(integer: UInt16(0))
            case .prepared(let state, let values):
                writer.append(1)
                try writer.append(shortBytes: state.id)
                try state.append(values, to: &writer)
            }
        }
        parameters.appendForBatch(to: &writer, version: version)
    }
}
