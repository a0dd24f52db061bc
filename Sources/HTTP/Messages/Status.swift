/// A status code of HTTP (RFC 9110, section 15).
public struct Status: Sendable, Hashable, RawRepresentable {
    /// The number, 100…599.
    public let rawValue: Int

    /// The status numbered `rawValue`.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// 200.
    public static let ok = Status(rawValue: 200)
    /// 201.
    public static let created = Status(rawValue: 201)
    /// 202.
    public static let accepted = Status(rawValue: 202)
    /// 204.
    public static let noContent = Status(rawValue: 204)
    /// 304.
    public static let notModified = Status(rawValue: 304)
    /// 400.
    public static let badRequest = Status(rawValue: 400)
    /// 401.
    public static let unauthorized = Status(rawValue: 401)
    /// 403.
    public static let forbidden = Status(rawValue: 403)
    /// 404.
    public static let notFound = Status(rawValue: 404)
    /// 405.
    public static let methodNotAllowed = Status(rawValue: 405)
    /// 408.
    public static let requestTimeout = Status(rawValue: 408)
    /// 409.
    public static let conflict = Status(rawValue: 409)
    /// 410.
    public static let gone = Status(rawValue: 410)
    /// 413.
    public static let contentTooLarge = Status(rawValue: 413)
    /// 414.
    public static let uriTooLong = Status(rawValue: 414)
    /// 415.
    public static let unsupportedMediaType = Status(rawValue: 415)
    /// 417.
    public static let expectationFailed = Status(rawValue: 417)
    /// 421.
    public static let misdirectedRequest = Status(rawValue: 421)
    /// 422.
    public static let unprocessableContent = Status(rawValue: 422)
    /// 429.
    public static let tooManyRequests = Status(rawValue: 429)
    /// 431.
    public static let requestHeaderFieldsTooLarge = Status(rawValue: 431)
    /// 500.
    public static let internalServerError = Status(rawValue: 500)
    /// 501.
    public static let notImplemented = Status(rawValue: 501)
    /// 503.
    public static let serviceUnavailable = Status(rawValue: 503)
    /// 505.
    public static let httpVersionNotSupported = Status(rawValue: 505)
    /// 507.
    public static let insufficientStorage = Status(rawValue: 507)

    /// The phrase RFC 9110 gives the status; "Status" and the number where it gives none.
    public var reason: String {
        switch rawValue {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        default: "Status \(rawValue)"
        }
    }
}
