internal import Dispatch
internal import Glibc
internal import HTTP

/// A temporary file that takes an upload while it is read, and is gone when nobody holds it any more.
///
/// Writing to the disk happens on a thread of its own, a megabyte at a time, never in the tasks of the requests.
final class SpoolFile: Sendable {
    private static let batch = 1 << 20

    /// Where the file is.
    let path: String
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "martlet.spool")

    /// A new, empty file in `folder`, readable by this user alone.
    init(in folder: String) throws {
        var name = SpoolFile.make(in: folder)
        if name == nil, errno == ENOENT, mkdir(folder, 0o700) == 0 {
            // Somebody took the folder away; what it stands in is still there.
            name = SpoolFile.make(in: folder)
        }
        guard let name else { throw SpoolFile.failure() }
        (descriptor, path) = name
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private static func make(in folder: String) -> (descriptor: Int32, path: String)? {
        var template = Array("\(folder)/upload-XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkstemp($0) } ?? -1
        }
        guard descriptor >= 0 else { return nil }
        return (descriptor, String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(path)
        }
    }

    /// Appends all of `chunks`; returns their bytes together. Throws `Problem` 507 when the disk is full.
    @discardableResult
    func write(_ chunks: some AsyncSequence<[UInt8], any Error>) async throws -> Int {
        var buffer: [UInt8] = []
        var total = 0
        for try await chunk in chunks {
            total += chunk.count
            buffer += chunk
            if buffer.count >= SpoolFile.batch {
                try await append(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try await append(buffer)
        return total
    }

    /// Appends `bytes`, on the calling thread.
    func appendNow(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                raw.baseAddress.map { Glibc.write(descriptor, $0 + written, raw.count - written) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SpoolFile.failure() }
            written += count
        }
    }

    /// The file's bytes as the body of a response. They stay readable when this object has gone: the response opens a
    /// second name of the file and removes it.
    func body() throws -> Response.Body {
        let second = path + ".body"
        guard link(path, second) == 0 else { throw SpoolFile.failure() }
        return .file(path: second, isTemporary: true)
    }

    private func append(_ bytes: [UInt8]) async throws {
        if bytes.isEmpty { return }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { continuation.resume(with: Result { try self.appendNow(bytes) }) }
        }
    }

    /// What `errno` says of the disk or the process, as an answer.
    private static func failure() -> any Error {
        if errno == ENOSPC || errno == EDQUOT {
            return Problem(
                status: .insufficientStorage, code: "no_space",
                detail: "there is no room for the file on the server's disk")
        }
        return Problem(
            status: .serviceUnavailable, code: "unavailable",
            detail: "the server cannot keep the file at the moment: \(String(cString: strerror(errno)))",
            headers: Problem.comeAgain)
    }
}
