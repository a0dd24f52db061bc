extension TableSource {
    /// What the first bytes of a source, decompressed, say it is.
    enum Content {
        case text
        case workbook
    }

    /// The raw bytes.
    func openRaw() throws -> any ByteStream {
        switch self {
        case .file(let path): try FileStream(path: path)
        case .bytes(let bytes): MemoryStream(bytes)
        }
    }

    /// The bytes, decompressed if their first ones say so.
    func openDecompressed() throws -> any ByteStream {
        let raw = try openRaw()
        let magic = try raw.readBytes(8)
        let stream = PrefixedStream(magic, raw)
        if magic.starts(with: [0x1F, 0x8B, 0x08]) { return try GzipStream(stream) }
        if magic.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return try ZstdStream(stream) }
        return stream
    }

    /// What the content is, by its first bytes; throws for known formats that are not read.
    static func content(of head: some Collection<UInt8>) throws -> Content {
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .workbook }
        let others: [(magic: [UInt8], name: String)] = [
            (
                [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
                "an old Excel workbook (.xls); save it as .xlsx or CSV"
            ),
            ([0x50, 0x41, 0x52, 0x31], "a Parquet file; export it as CSV"),
            ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
            ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
            ([0xFF, 0xD8, 0xFF], "a JPEG image"),
            ([0x42, 0x5A, 0x68], "a bzip2 file; compress with gzip or zstd instead"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz file; compress with gzip or zstd instead"),
            ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        ]
        for other in others where head.starts(with: other.magic) {
            throw TableError(.unsupportedFormat, "this is \(other.name)")
        }
        return .text
    }
}
