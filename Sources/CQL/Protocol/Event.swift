/// What a server tells without being asked.
enum Event: Sendable, Equatable {
    case topologyChange(String, address: CQLInet, port: Int)
    case statusChange(String, address: CQLInet, port: Int)
    case schemaChange(SchemaChange)
    /// An event of a later server.
    case unknown(String)

    /// All that a control connection asks for.
    static let kinds = ["TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"]

    init(_ envelope: Envelope) throws(CQLError) {
        self = try envelope.body.withRawBytes { (raw) throws(CQLError) in
            var reader = ByteReader(raw)
            let kind = try reader.string()
            switch kind {
            case "TOPOLOGY_CHANGE":
                return .topologyChange(
                    try reader.string(), address: try reader.address(), port: Int(try reader.integer(Int32.self)))
            case "STATUS_CHANGE":
                return .statusChange(
                    try reader.string(), address: try reader.address(), port: Int(try reader.integer(Int32.self)))
            case "SCHEMA_CHANGE": return .schemaChange(try SchemaChange(&reader))
            default: return .unknown(kind)
            }
        }
    }
}

/// That a keyspace, table, type, function or aggregate was made, changed or dropped.
public struct SchemaChange: Sendable, Hashable {
    /// `CREATED`, `UPDATED` or `DROPPED`.
    public let change: String
    /// `KEYSPACE`, `TABLE`, `TYPE`, `FUNCTION` or `AGGREGATE`.
    public let target: String
    /// The keyspace concerned.
    public let keyspace: String
    /// The table, type, function or aggregate; nil where the keyspace itself is concerned.
    public let name: String?

    init(_ reader: inout ByteReader) throws(CQLError) {
        change = try reader.string()
        target = try reader.string()
        keyspace = try reader.string()
        name = target == "KEYSPACE" ? nil : try reader.string()
    }
}
