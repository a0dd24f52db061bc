internal import Dispatch
internal import Glibc

/// A file to be sent: open from here on, so that what happens to its name does not matter.
final class FileBody: Sendable {
    private static let piece = 256 << 10
    /// Disks may be slow: they are waited for on threads that do nothing else.
    private static let queue = DispatchQueue(label: "http.files", attributes: .concurrent)

    private let descriptor: Int32
    /// Bytes.
    let size: Int

    /// Opens a file, and removes its name where it is temporary. Throws `fileUnavailable` for what is no plain file.
    init(path: String, isTemporary: Bool) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if isTemporary { unlink(path) }
        var information = stat()
        guard descriptor >= 0, fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            if descriptor >= 0 { close(descriptor) }
            throw FileBody.unavailable
        }
        size = Int(information.st_size)
    }

    deinit { close(descriptor) }

    /// The file's bytes.
    func stream() -> Response.Stream {
        Response.Stream(length: size) { writer in
            var offset = 0
            while offset < self.size {
                let bytes = try await self.read(at: offset, count: min(FileBody.piece, self.size - offset))
                offset += bytes.count
                try await writer.write(bytes)
            }
        }
    }

    private func read(at offset: Int, count: Int) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            FileBody.queue.async {
                let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                    filled = max(0, pread(self.descriptor, buffer.baseAddress, count, offset))
                }
                if bytes.isEmpty {
                    // It was cut meanwhile, or the disk failed.
                    continuation.resume(throwing: FileBody.unavailable)
                } else {
                    continuation.resume(returning: bytes)
                }
            }
        }
    }

    private static var unavailable: HTTPError {
        HTTPError(.fileUnavailable, status: .internalServerError, message: "the file to be sent cannot be read")
    }
}
