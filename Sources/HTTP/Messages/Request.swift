/// What a client asks for.
public struct Request: Sendable {
    /// Its name in logs: the client's, where `X-Request-Id` holds a sane one.
    public let requestID: String
    /// What it wants done.
    public let method: Method
    /// The path as it was sent, still percent-encoded.
    public let rawPath: String
    /// The path, decoded.
    public let path: String
    /// The parameters after the `?`.
    public let query: Query
    /// The fields of the header.
    public let headers: Headers
    /// The values of the `{name}` parts of the route's pattern, decoded.
    public internal(set) var parameters: [String: String]
    /// The body.
    public let body: RequestBody
    /// The client's address without its port; empty when there is none.
    public let remoteAddress: String
    /// The pattern of the route that answers, for logs and metrics; nil before routing and where nothing is routed.
    public internal(set) var route: String?

    /// A request for `target`, the path and query as they stand in the request line; `*` for OPTIONS of the server itself.
    /// Throws `badRequest` for a target that cannot be decoded.
    public init(
        method: Method, target: String, headers: Headers = Headers(), body: RequestBody = RequestBody([]),
        remoteAddress: String = ""
    ) throws {
        let question = target.firstIndex(of: "?")
        let raw = target[..<(question ?? target.endIndex)]
        let isPath = raw.utf8.first == UInt8(ascii: "/") || raw == "*" && method.rawValue == "OPTIONS"
        guard isPath, let path = PercentCoding.decode(raw.utf8, plusIsSpace: false) else {
            throw HTTPError(
                .badRequest, status: .badRequest, message: "the path cannot be decoded as percent-encoded UTF-8")
        }
        requestID = RequestID.of(headers)
        self.method = method
        self.rawPath = String(raw)
        self.path = path
        self.query = try Query(parsing: question.map { target[target.index(after: $0)...] } ?? "")
        self.headers = headers
        self.parameters = [:]
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// What stands for a request whose target cannot be read.
    init(unreadable method: Method, headers: Headers, remoteAddress: String) {
        requestID = RequestID.of(headers)
        self.method = method
        rawPath = "/"
        path = "/"
        query = Query()
        self.headers = headers
        parameters = [:]
        body = RequestBody([])
        self.remoteAddress = remoteAddress
    }

    /// The media type of the body in lower case without parameters; nil when the client names none.
    public var contentType: String? { headers["Content-Type"].map { MediaType($0).essence } }
}
