import CZip
import Foundation

/// The parts of a zip archive in a file or in memory.
final class ZipArchive {
    /// The most bytes a part may have once decompressed.
    static let maximumPartBytes = 4 << 30
    /// How many times larger than the whole archive a part may be, once it is larger than `freePartBytes`. Deflate can do
    /// 1032; sheets full of equal cells stay below 100.
    static let maximumRatio = 400
    /// Bytes a part may have however small the archive is.
    static let freePartBytes = 16 << 20

    private let archive: OpaquePointer
    private let bytes: UnsafeMutableRawBufferPointer?
    /// Bytes of the whole archive.
    private let size: Int

    init(_ source: TableSource) throws {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        switch source {
        case .file(let path):
            bytes = nil
            var status = stat()
            size = stat(path, &status) == 0 ? Int(status.st_size) : 0
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
            size = content.count
            archive = opened
        }
    }

    deinit {
        zip_discard(archive)
        bytes?.deallocate()
    }

    static let broken = TableError(.corruptWorkbook, "the zip archive is damaged")

    /// A stream of the part called `name`, without regard to case; nil if there is none. Reading it fails beyond `limit`
    /// bytes, or sooner if the part grows out of all proportion to the archive.
    func open(_ name: String, limit: Int = maximumPartBytes) throws -> ZipPartStream? {
        let index = zip_name_locate(archive, name, UInt32(ZIP_FL_NOCASE))
        guard index >= 0 else { return nil }
        guard let file = zip_fopen_index(archive, UInt64(index), 0) else { throw Self.broken }
        let grown = size.multipliedReportingOverflow(by: Self.maximumRatio)
        let proportion = grown.overflow ? Int.max : max(Self.freePartBytes, grown.partialValue)
        return ZipPartStream(file, name, limit: limit, proportion: proportion, keeping: self)
    }
}

/// The decompressed bytes of one part.
final class ZipPartStream: ByteStream {
    private let file: OpaquePointer
    private let name: String
    private let limit: Int
    private let proportion: Int
    private let archive: ZipArchive
    private var bytesRead = 0

    init(_ file: OpaquePointer, _ name: String, limit: Int, proportion: Int, keeping archive: ZipArchive) {
        self.file = file
        self.name = name
        self.limit = limit
        self.proportion = proportion
        self.archive = archive
    }

    deinit { zip_fclose(file) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = zip_fread(file, buffer.baseAddress, UInt64(buffer.count))
        guard got >= 0 else { throw ZipArchive.broken }
        bytesRead += Int(got)
        guard bytesRead <= limit else {
            throw TableError(.tooLarge, "the part \(name) of the workbook is larger than \(limit >> 20) MiB")
        }
        guard bytesRead <= proportion else {
            throw TableError(
                .tooLarge,
                "the part \(name) of the workbook is more than \(ZipArchive.maximumRatio) times as large as the file")
        }
        return Int(got)
    }
}
