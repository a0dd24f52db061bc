/// A command line that cannot be followed; its message is one line for the person who typed it.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and, where it helps, what is expected.
    public let message: String
    /// One line for people.
    public var description: String { message }

    /// An error with this message.
    public init(_ message: String) { self.message = message }
}
