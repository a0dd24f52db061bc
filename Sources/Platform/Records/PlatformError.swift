/// Why the platform refuses, with a code for programs and one line for people.
public struct PlatformError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of refusal; new ones may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code in snake_case, as on the wire.
        public let rawValue: String

        /// A code of that spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// There is no such dataset, experiment or model.
        public static let notFound = Code(rawValue: "not_found")
        /// What was asked cannot be done as asked; `field` says what is wrong.
        public static let invalid = Code(rawValue: "invalid")
        /// What was asked does not go with the state of things.
        public static let conflict = Code(rawValue: "conflict")
        /// It cannot be done now: the service is not started, stops, or another process owns the data.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The disk is full, or the share of it that may be used.
        public static let noRoom = Code(rawValue: "no_space")
        /// Too much of its kind is under way; later it may be done.
        public static let overloaded = Code(rawValue: "overloaded")
        /// A store refuses what it was asked, and will again.
        public static let storage = Code(rawValue: "storage")
        /// Stored bytes are not what was written.
        public static let damaged = Code(rawValue: "damaged")
    }

    /// What kind of refusal.
    public let code: Code
    /// The field of the request that is wrong, in snake_case.
    public let field: String?
    /// One line for people.
    public let message: String

    /// An error of these parts.
    public init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    /// One line for people.
    public var description: String { field.map { "\($0): \(message)" } ?? message }
}
