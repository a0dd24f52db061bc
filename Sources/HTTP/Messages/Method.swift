/// What a request wants done with a resource (RFC 9110, section 9).
public struct Method: Sendable, Hashable, RawRepresentable, Comparable {
    /// The method's name, in capitals.
    public let rawValue: String

    /// The method called `rawValue`.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// GET.
    public static let get = Method(rawValue: "GET")
    /// HEAD: answered by the handler of GET, without a body.
    public static let head = Method(rawValue: "HEAD")
    /// POST.
    public static let post = Method(rawValue: "POST")
    /// PUT.
    public static let put = Method(rawValue: "PUT")
    /// PATCH.
    public static let patch = Method(rawValue: "PATCH")
    /// DELETE.
    public static let delete = Method(rawValue: "DELETE")

    /// By name.
    public static func < (left: Method, right: Method) -> Bool { left.rawValue < right.rawValue }
}
