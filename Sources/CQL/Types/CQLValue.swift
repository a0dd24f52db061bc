public import Foundation

/// A value of any type, where the type is known only when the program runs.
public enum CQLValue: Sendable, Hashable {
    /// No value.
    case null
    /// Leaves the column as it is; for binding only.
    case unset
    /// `ascii` and `text`.
    case text(String)
    /// `bigint`.
    case bigint(Int64)
    /// `blob`.
    case blob([UInt8])
    /// `boolean`.
    case boolean(Bool)
    /// `counter`.
    case counter(Int64)
    /// `date`.
    case date(CQLDate)
    /// `decimal`.
    case decimal(CQLDecimal)
    /// `double`.
    case double(Double)
    /// `duration`.
    case duration(CQLDuration)
    /// `float`.
    case float(Float)
    /// `inet`.
    case inet(CQLInet)
    /// `int`.
    case int(Int32)
    /// `smallint`.
    case smallint(Int16)
    /// `time`.
    case time(CQLTime)
    /// `timestamp`.
    case timestamp(CQLTimestamp)
    /// `timeuuid`.
    case timeuuid(UUID)
    /// `tinyint`.
    case tinyint(Int8)
    /// `uuid`.
    case uuid(UUID)
    /// `varint`.
    case varint(CQLVarint)
    /// `list`.
    case list([CQLValue])
    /// `set`.
    case set([CQLValue])
    /// `map`, in the order of the wire.
    case map([Entry])
    /// `tuple`.
    case tuple([CQLValue])
    /// A user-defined type; a field that is not named is bound as null.
    case userDefined([Field])
    /// `vector`.
    case vector([CQLValue])
    /// The bytes of a type that is not known here.
    case custom([UInt8])

    /// A key and its value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var key: CQLValue
        /// The value.
        public var value: CQLValue

        /// An entry of these parts.
        public init(_ key: CQLValue, _ value: CQLValue) {
            self.key = key
            self.value = value
        }
    }

    /// A field of a user-defined type.
    public struct Field: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// The field's value.
        public var value: CQLValue

        /// A field of these parts.
        public init(_ name: String, _ value: CQLValue) {
            self.name = name
            self.value = value
        }
    }
}
