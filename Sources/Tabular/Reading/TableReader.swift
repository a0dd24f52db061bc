/// Reads tables: CSV and its relatives, plain, gzipped or in Zstandard, found by their content.
public enum TableReader {
    /// What reading in chunks tells besides the rows.
    public struct Summary: Sendable, Hashable {
        /// Number of rows.
        public let rowCount: Int
        /// What was repaired or decided.
        public let notes: [ReadNote]
    }

    /// Reads a whole table into memory; blocks the calling thread.
    /// - Throws: `TableError` with the place of what is wrong.
    public static func read(
        _ source: TableSource, _ options: ReadOptions = ReadOptions()
    ) throws -> (table: Table, notes: [ReadNote]) {
        try withEncoding(options) { try TextReader(source, $0).read() }
    }

    /// Reads a table of any size in memory for a few chunks: a first pass over the source decides the types, a second
    /// one passes the rows to `body`, on the calling thread, in tables of `rowsPerChunk` rows of which the last is
    /// shorter. All have the same columns; joined with `Table.init(joining:)` they are what `read` gives. `check` is called
    /// for every part that is read, on several threads, and on the calling one for every part that is parsed.
    /// - Throws: `TableError` with the place of what is wrong, or what `body` or `check` throws.
    public static func readChunks(
        _ source: TableSource, _ options: ReadOptions = ReadOptions(), rowsPerChunk: Int = 65_536,
        check: @escaping @Sendable () throws -> Void = {}, _ body: (Table) throws -> Void
    ) throws -> Summary {
        let (rows, notes) = try withEncoding(options) {
            try TextReader(source, $0, check: check).readChunks(max(1, rowsPerChunk), body)
        }
        return Summary(rowCount: rows, notes: notes)
    }

    /// Runs `body`, and once more in Latin-1 if the bytes turn out not to be UTF-8 and no encoding was asked for: one bad
    /// byte decides for the whole file.
    private static func withEncoding<R>(_ options: ReadOptions, _ body: (ReadOptions) throws -> R) throws -> R {
        guard options.encoding == nil else { return try body(options) }
        do { return try body(options) } catch let error as TextReader.NotUTF8 {
            var latin = options
            latin.encoding = .latin1
            latin.latin1Line = error.line
            return try body(latin)
        }
    }
}
