/// The versions of the native protocol that are spoken here.
public enum ProtocolVersion: UInt8, Sendable, Hashable, Comparable {
    /// Cassandra 2.2 and later.
    case v4 = 4
    /// Cassandra 4.0 and later: checksummed segments, result metadata that may change.
    case v5 = 5

    /// Whether `lhs` is the older one.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// What an envelope holds.
enum Opcode: UInt8, Sendable {
    case error = 0x00
    case startup = 0x01
    case ready = 0x02
    case authenticate = 0x03
    case options = 0x05
    case supported = 0x06
    case query = 0x07
    case result = 0x08
    case prepare = 0x09
    case execute = 0x0A
    case register = 0x0B
    case event = 0x0C
    case batch = 0x0D
    case authChallenge = 0x0E
    case authResponse = 0x0F
    case authSuccess = 0x10
}

/// Bits of an envelope's second byte.
struct EnvelopeFlags: OptionSet, Sendable {
    let rawValue: UInt8
    static let compressed = Self(rawValue: 0x01)
    static let tracing = Self(rawValue: 0x02)
    static let customPayload = Self(rawValue: 0x04)
    static let warning = Self(rawValue: 0x08)
}
