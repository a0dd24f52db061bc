public import Tabular

/// What is known of a dataset without reading its values.
public struct DatasetRecord: Sendable, Hashable, Codable {
    /// One column in short.
    public struct Column: Sendable, Hashable, Codable {
        /// The column's name.
        public var name: String
        /// What its values mean.
        public var type: ColumnType
        /// Rows without a value.
        public var missing: Int
        /// Distinct values; an estimate where there are very many.
        public var distinct: Int

        /// A column of these parts.
        public init(name: String, type: ColumnType, missing: Int, distinct: Int) {
            self.name = name
            self.type = type
            self.missing = missing
            self.distinct = distinct
        }
    }

    /// The dataset's id.
    public var id: String
    /// A name for people; need not be unique.
    public var name: String
    /// Rows below the header.
    public var rows: Int
    /// Bytes of the source as it was uploaded.
    public var bytes: Int
    /// The columns, in the order of the source.
    public var columns: [Column]
    /// What the reader repaired or decided.
    public var notes: [ReadNote]
    /// Number of stored chunks with rows.
    public var chunks: Int
    /// Number of stored chunks after those, which say what rows are where.
    public var layoutChunks: Int
    /// When it was complete.
    public var createdAt: Timestamp

    /// A record of these parts.
    public init(
        id: String, name: String, rows: Int, bytes: Int, columns: [Column], notes: [ReadNote] = [], chunks: Int,
        layoutChunks: Int, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.rows = rows
        self.bytes = bytes
        self.columns = columns
        self.notes = notes
        self.chunks = chunks
        self.layoutChunks = layoutChunks
        self.createdAt = createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, rows, bytes, columns, notes, chunks
        case layoutChunks = "layout_chunks"
        case createdAt = "created_at"
    }

    /// The column called `name`, if there is one.
    public func column(_ name: String) -> Column? { columns.first { $0.name == name } }
}
