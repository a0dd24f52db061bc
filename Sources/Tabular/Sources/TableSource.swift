/// Where a table's bytes come from. It is opened more than once, so the bytes must not change while it is read.
public enum TableSource: Sendable {
    /// A file by its path.
    case file(String)
    /// Bytes in memory.
    case bytes([UInt8])
}
