/// Reads tables: CSV and its relatives, plain, gzipped or in Zstandard, found by their content.
public enum TableReader {
    /// Reads a whole table into memory; blocks the calling thread.
    /// - Throws: `TableError` with the place of what is wrong.
    public static func read(
        _ source: TableSource, _ options: ReadOptions = ReadOptions()
    ) throws -> (table: Table, notes: [ReadNote]) {
        try TextReader(source, options).read()
    }
}
