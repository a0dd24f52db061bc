extension TableSource {
    /// Whether the first bytes are those of a zip archive, which an Excel workbook is.
    var isArchive: Bool {
        get throws { try openRaw().readBytes(4) == [0x50, 0x4B, 0x03, 0x04] }
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

    /// Refuses known formats that are not tables in text, by their first bytes.
    static func refuseOtherFormats(_ head: [UInt8]) throws {
        let formats: [(magic: [UInt8], name: String)] = [
            ([0x50, 0x4B, 0x03, 0x04], "a zip archive inside a compressed file"),
            (
                [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
                "an old Excel workbook (.xls); save it as .xlsx or CSV"
            ),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG image"),
            ([0xFF, 0xD8, 0xFF], "a JPEG image"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz file; compress with gzip or zstd instead"),
            ([0x7F, 0x45, 0x4C, 0x46], "a program"),
            (Array("%PDF-".utf8), "a PDF document"),
        ]
        for format in formats where head.starts(with: format.magic) {
            throw TableError(.unsupportedFormat, "this is \(format.name)")
        }
        // Formats whose first bytes could also be those of text.
        guard head.contains(where: { $0 < 0x09 || $0 >= 0x80 }) else { return }
        if head.starts(with: Array("PAR1".utf8)) {
            throw TableError(.unsupportedFormat, "this is a Parquet file; export it as CSV")
        }
        if head.starts(with: Array("BZh".utf8)) {
            throw TableError(.unsupportedFormat, "this is a bzip2 file; compress with gzip or zstd instead")
        }
    }
}
