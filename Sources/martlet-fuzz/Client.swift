import Foundation

/// A client over blocking sockets, a connection a request.
struct Client: Sendable {
    let port: Int

    /// What a server sent.
    struct Answer {
        let status: Int
        let fields: [String: String]
        let body: [UInt8]
        /// The body as JSON; nil where it is none.
        var json: [String: Any]? { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] }
    }

    /// Sends a request and reads its answer. Throws a `Finding` for an answer that must not be: none, a broken one, an error of
    /// the server's own, or JSON that is none.
    @discardableResult
    func call(_ method: String, _ target: String, type: String? = nil, _ body: [UInt8]? = nil) throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        if let body {
            head += "Content-Length: \(body.count)\r\n"
        } else if method != "GET" {
            head += "Content-Length: 0\r\n"
        }
        let line = "\(method) \(target.prefix(120))"
        let bytes = try exchange(Array((head + "\r\n").utf8) + (body ?? []), seconds: 100)
        let answer = try Client.parse(bytes, line)
        if answer.status >= 500, answer.status != 503, answer.status != 507 {
            throw Finding("\(line): \(answer.status) \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        if answer.fields["content-type"]?.contains("json") == true,
            (try? JSONSerialization.jsonObject(with: Data(answer.body), options: .fragmentsAllowed)) == nil
        {
            throw Finding("\(line): the answer is no JSON: \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        return answer
    }

    /// Sends bytes, ends the sending side, and reads to the end or for so long.
    func exchange(_ bytes: [UInt8], seconds: Int, halfCloses: Bool = false) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Finding("no socket: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Finding("nobody listens: \(String(cString: strerror(errno)))") }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            // A server may answer and close before it has read all.
            guard count > 0 else { break }
            sent += count
        }
        if halfCloses { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return answer }
            answer += buffer[..<count]
        }
    }

    /// The last answer in `bytes`, its body without framing.
    static func parse(_ bytes: [UInt8], _ line: String) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Finding(
                "\(line): no answer, \(bytes.count) bytes: \(String(decoding: bytes.prefix(100), as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Finding("\(line): answered with \(lines[0].prefix(100))")
        }
        var rest = bytes[end.upperBound...]
        if status == 100 { return try parse(Array(rest), line) }
        var fields: [String: String] = [:]
        for field in lines.dropFirst() {
            let parts = field.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw Finding("\(line): a field without a colon: \(field.prefix(100))") }
            fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        if fields["transfer-encoding"] == "chunked" {
            var body: [UInt8] = []
            while let lineEnd = rest.firstRange(of: Array("\r\n".utf8)) {
                let text = String(decoding: rest[rest.startIndex..<lineEnd.lowerBound], as: UTF8.self)
                guard let size = Int(text, radix: 16), rest.endIndex - lineEnd.upperBound >= size + 2 else { break }
                if size == 0 { return Answer(status: status, fields: fields, body: body) }
                body += rest[lineEnd.upperBound..<lineEnd.upperBound + size]
                rest = rest[(lineEnd.upperBound + size + 2)...]
            }
            throw Finding("\(line): the answer breaks off")
        }
        if let length = fields["content-length"].flatMap({ Int($0) }), rest.count < length {
            throw Finding("\(line): the answer breaks off")
        }
        return Answer(status: status, fields: fields, body: Array(rest))
    }
}
