/// The answer to a statement: a page of rows, or nothing. Rows decode from the answer's bytes when they are asked.
public struct ResultSet: Sendable {
    let columnList: ColumnList
    private let body: Body
    /// Where each row begins; empty where there is one row or none.
    private let starts: [UInt32]
    private let first: Int
    /// The number of rows of this page.
    public let count: Int
    /// What asks for the next page; nil on the last one.
    public let pagingState: [UInt8]?
    /// What the server warns of.
    public let warnings: [String]
    /// Identifier of the columns where they have changed since the preparation.
    let changedMetadataID: [UInt8]?
    /// The server that answered, as `host:port`.
    public internal(set) var host = ""
    /// What the statement changed of the schema.
    public internal(set) var schemaChange: SchemaChange?

    /// An answer without rows.
    init() {
        columnList = Self.noColumns
        body = .array([])
        starts = []
        first = 0
        count = 0
        pagingState = nil
        warnings = []
        changedMetadataID = nil
    }

    private static let noColumns = ColumnList([])

    /// Looks where the rows begin; every value is known to be inside of `body` then.
    init(
        columns: ColumnList, body: Body, at offset: Int, count: Int, metadata: ResultMetadata, warnings: [String]
    ) throws(CQLError) {
        columnList = columns
        self.body = body
        self.count = count
        self.warnings = warnings
        first = offset
        pagingState = metadata.pagingState
        changedMetadataID = metadata.changedID
        // A row without columns takes no bytes: any number of them could be announced.
        guard columns.count > 0 || count == 0 else { throw CQLError(.protocolViolation, "rows without columns") }
        starts = try body.withRawBytes { (raw) throws(CQLError) in
            var starts: [UInt32] = []
            if count > 1 { starts.reserveCapacity(count) }
            var reader = ByteReader(raw, at: offset)
            for _ in 0..<count {
                if count > 1 { starts.append(UInt32(truncatingIfNeeded: reader.offset)) }
                for _ in 0..<columns.count { try reader.skipValue() }
            }
            return starts
        }
    }

    /// The columns of every row.
    public var columns: [Column] { columnList.columns }

    /// Whether another page can be asked for.
    public var hasMorePages: Bool { pagingState != nil }

    /// Whether a conditional statement was carried out; true for others.
    public var isApplied: Bool {
        guard let row = first(where: { _ in true }), row.columnNames.index(of: "[applied]") == 0 else { return true }
        return (try? row[0, as: Bool.self]) ?? true
    }
}

extension ResultSet: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { count }

    /// A row of this page.
    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < count, "there is no such row")
        return Row(
            columnNames: columnList, body: body, start: starts.isEmpty ? first : Int(starts[position]))
    }
}

extension ResultSet: CustomStringConvertible {
    /// The number of rows and the names of the columns.
    public var description: String {
        "\(count) rows of \(columns.map(\.name).joined(separator: ", "))" + (hasMorePages ? ", more to come" : "")
    }
}
