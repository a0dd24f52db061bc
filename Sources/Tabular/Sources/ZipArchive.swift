import CZip

/// The parts of a zip archive in a file or in memory.
final class ZipArchive {
    private let archive: OpaquePointer
    private let bytes: UnsafeMutableRawBufferPointer?

    init(_ source: TableSource) throws {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        switch source {
        case .file(let path):
            bytes = nil
            var code: Int32 = 0
            guard let opened = zip_open(path, ZIP_RDONLY, &code) else { throw Self.broken }
            archive = opened
        case .bytes(let content):
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(content.count, 1), alignment: 16)
            copy.copyBytes(from: content)
            guard let buffer = zip_source_buffer_create(copy.baseAddress, UInt64(content.count), 0, &error) else {
                copy.deallocate()
                throw Self.broken
            }
            guard let opened = zip_open_from_source(buffer, ZIP_RDONLY, &error) else {
                zip_source_free(buffer)
                copy.deallocate()
                throw Self.broken
            }
            bytes = copy
            archive = opened
        }
    }

    deinit {
        zip_discard(archive)
        bytes?.deallocate()
    }

    static let broken = TableError(.corruptWorkbook, "the zip archive is damaged")

    /// A stream of the part called `name`, without regard to case; nil if there is none.
    func open(_ name: String) throws -> ZipPartStream? {
        let index = zip_name_locate(archive, name, UInt32(ZIP_FL_NOCASE))
        guard index >= 0 else { return nil }
        guard let file = zip_fopen_index(archive, UInt64(index), 0) else { throw Self.broken }
        return ZipPartStream(file, keeping: self)
    }
}

/// The decompressed bytes of one part.
final class ZipPartStream: ByteStream {
    private let file: OpaquePointer
    private let archive: ZipArchive

    init(_ file: OpaquePointer, keeping archive: ZipArchive) {
        self.file = file
        self.archive = archive
    }

    deinit { zip_fclose(file) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = zip_fread(file, buffer.baseAddress, UInt64(buffer.count))
        guard got >= 0 else { throw ZipArchive.broken }
        return Int(got)
    }
}
