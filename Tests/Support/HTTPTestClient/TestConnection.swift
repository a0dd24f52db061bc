internal import Dispatch
internal import Glibc

/// A client's connection over a plain socket: it sends the bytes it is given and reads responses. Its calls block on
/// threads of their own, not in the tasks of the tests.
public final class TestConnection: @unchecked Sendable {
    /// What went wrong on the client's side.
    public struct Failure: Error, CustomStringConvertible {
        /// One line for people.
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// A response; the names of its fields are in lower case.
    public struct Response: Sendable {
        /// The status's number.
        public var status: Int
        /// The fields; of several with one name the last.
        public var headers: [String: String]
        /// The body without its framing.
        public var body: [UInt8]
        /// Whether the body ended as its framing says.
        public var isComplete: Bool
        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "client")
    private var buffer: [UInt8] = []

    /// A connection to a port of the loopback interface.
    public init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("no socket") }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Glibc.close(descriptor)
            throw Failure("cannot connect to port \(port)")
        }
    }

    deinit { Glibc.close(descriptor) }

    private func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Sends a text.
    public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends bytes.
    public func send(_ bytes: [UInt8]) async throws { try await run { try self.sendAll(bytes) } }

    /// Sends bytes one at a time.
    public func sendByteByByte(_ bytes: [UInt8]) async throws {
        try await run { for byte in bytes { try self.sendAll([byte]) } }
    }

    /// Sends `chunk` again and again.
    public func send(repeating chunk: [UInt8], times: Int) async throws {
        try await run { for _ in 0..<times { try self.sendAll(chunk) } }
    }

    /// Closes this side, so that the other one reads an end.
    public func shutdownSending() { Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the connection end with a reset when this object goes, as when a client crashes.
    public func endAbruptly() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
    }

    /// Closes both directions.
    public func close() { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The next response; interim responses (1xx) are returned too.
    public func response(toHead: Bool = false) async throws -> Response {
        try await run {
            let header = try self.readHeader()
            var response = header
            if toHead || header.status < 200 || header.status == 204 { return response }
            if header.headers["transfer-encoding"] == "chunked" {
                while let chunk = try self.readChunk() {
                    if chunk.isEmpty { return response }
                    response.body += chunk
                }
                response.isComplete = false
                return response
            }
            if let length = header.headers["content-length"].flatMap({ Int($0) }) {
                while self.buffer.count < length, try self.fill() {}
                response.body = Array(self.buffer.prefix(length))
                response.isComplete = response.body.count == length
                self.buffer.removeFirst(response.body.count)
                return response
            }
            while try self.fill() {}
            response.body = self.buffer
            self.buffer = []
            return response
        }
    }

    /// Sends a request and reads its response.
    public func request(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Response {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.count)\r\n" }
        try await send(Array((text + "\r\n").utf8) + (body ?? []))
        return try await response(toHead: method == "HEAD")
    }

    /// Only the header of the next response, for streams.
    public func responseHeader() async throws -> Response { try await run { try self.readHeader() } }

    /// The next chunk of a chunked response; empty at its end, nil when the connection is closed without one.
    public func chunk() async throws -> [UInt8]? { try await run { try self.readChunk() } }

    /// All that comes until the other side closes.
    public func bytesUntilEnd() async throws -> [UInt8] {
        try await run {
            while try self.fill() {}
            defer { self.buffer = [] }
            return self.buffer
        }
    }

    /// Whether the other side closes without sending anything more.
    public func isClosedByServer() async throws -> Bool {
        try await run { try self.buffer.isEmpty && !self.fill() }
    }

    private func sendAll(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(descriptor, raw.baseAddress! + sent, raw.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure("cannot send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        var count = recv(descriptor, &chunk, chunk.count, 0)
        while count < 0, errno == EINTR { count = recv(descriptor, &chunk, chunk.count, 0) }
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure("cannot read: \(String(cString: strerror(errno)))") }
        buffer += chunk.prefix(count)
        return count > 0
    }

    private func readLine() throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                return String(line.filter { $0 != "\r" })
            }
            guard try fill() else { return nil }
        }
    }

    private func readHeader() throws -> Response {
        guard let line = try readLine() else { throw Failure("closed before a response") }
        let parts = line.split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1]) else { throw Failure("not a status line: \(line)") }
        var response = Response(status: status, headers: [:], body: [], isComplete: true)
        while let line = try readLine(), !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw Failure("not a field: \(line)") }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            response.headers[line[..<colon].lowercased()] = String(value)
        }
        return response
    }

    private func readChunk() throws -> [UInt8]? {
        guard let line = try readLine() else { return nil }
        guard let size = Int(line, radix: 16) else { throw Failure("not a chunk size: \(line)") }
        while buffer.count < size + 2 {
            guard try fill() else { return nil }
        }
        let chunk = Array(buffer.prefix(size))
        buffer.removeFirst(size + 2)
        return chunk
    }
}
