internal import Foundation

/// A part of a list, and where the next part begins.
public struct Page<Item: Sendable>: Sendable {
    /// The items, at most as many as asked for.
    public let items: [Item]
    /// What to ask the next part with; nil at the end.
    public let nextCursor: Cursor?

    /// A page of these parts.
    public init(items: [Item], nextCursor: Cursor? = nil) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

extension Page: Equatable where Item: Equatable {}

extension Page: Encodable where Item: Encodable {
    private enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }

    /// Writes `items` and `next_cursor`, which is null at the end.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(nextCursor, forKey: .nextCursor)
    }
}

/// A place in a list that a driver made and only a driver of its kind understands; for all others an opaque, URL-safe text.
public struct Cursor: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The text that goes over the wire.
    public let text: String

    /// A cursor as it came over the wire; drivers throw `PlatformError.invalid` for one they did not make.
    public init(text: String) { self.text = text }

    /// A cursor that holds `position`.
    public init(position: String) {
        text = Data(position.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// The position put in; throws `PlatformError.invalid` where there is none.
    public func position() throws -> String {
        var base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64), let position = String(data: data, encoding: .utf8),
            Identifier.isPlausible(position)
        else {
            throw Cursor.unknown
        }
        return position
    }

    static let unknown = PlatformError(.invalid, "this is not a cursor that was given out", field: "cursor")

    /// Reads a bare string.
    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes a bare string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The text.
    public var description: String { text }
}
