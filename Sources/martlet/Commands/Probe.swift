import CommandLine
import Foundation

/// One GET over HTTP, read as far as its status.
struct Probe {
    /// Why there is no answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let address: String
    private let host: String
    private let port: Int
    private let target: String
    private let timeout: Double

    /// A probe of `address`; throws a `UsageError` where that is not a URL of plain HTTP.
    init(_ address: String, timeout: Double) throws {
        guard let parts = URLComponents(string: address), parts.scheme == "http", let host = parts.host, !host.isEmpty
        else { throw UsageError("--url: “\(address)” is not an address such as http://127.0.0.1:8080/healthz") }
        self.address = address
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? 80
        let path = parts.percentEncodedPath
        target = (path.isEmpty ? "/" : path) + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        self.timeout = timeout
    }

    /// The status of the answer.
    func status() throws -> Int {
        let descriptor = try connection()
        defer { close(descriptor) }
        let name = host.contains(":") ? "[\(host)]" : host
        let request = Array(
            "GET \(target) HTTP/1.1\r\nHost: \(name):\(port)\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw failure()
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while !answer.contains(UInt8(ascii: "\n")), answer.count < 1024 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw count == 0 ? Failure(description: "\(address) closes unanswered") : failure() }
            answer += buffer[..<count]
        }
        let words = String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            throw Failure(description: "\(address) does not answer in HTTP")
        }
        return status
    }

    /// A socket connected to the first of the host's addresses that can be reached.
    private func connection() throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else {
            throw Failure(description: "\(address): the host is not known")
        }
        defer { freeaddrinfo(found) }
        var limit = timeval(
            tv_sec: Int(timeout), tv_usec: Int((timeout - timeout.rounded(.down)) * 1e6))
        var next = found
        while let candidate = next?.pointee {
            let descriptor = socket(candidate.ai_family, candidate.ai_socktype | O_CLOEXEC, candidate.ai_protocol)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
            if connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 { return descriptor }
            let number = errno
            close(descriptor)
            errno = number
            next = candidate.ai_next
        }
        throw failure()
    }

    private func failure() -> Failure {
        let isLate = errno == EAGAIN || errno == EINPROGRESS
        return Failure(description: "\(address): \(isLate ? "no answer in time" : String(cString: strerror(errno)))")
    }
}
