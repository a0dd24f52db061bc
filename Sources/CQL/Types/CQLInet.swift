internal import Glibc

/// An IPv4 or IPv6 address.
public struct CQLInet: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64
    /// Whether the address has four bytes.
    public let isIPv4: Bool

    /// The address of these 4 or 16 bytes.
    public init(bytes: [UInt8]) throws(CQLError) {
        self = try bytes.withRawBytes { (raw) throws(CQLError) in try CQLInet(bytes: raw) }
    }

    init(bytes: UnsafeRawBufferPointer) throws(CQLError) {
        switch bytes.count {
        case 4:
            high = 0
            low = UInt64(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
            isIPv4 = true
        case 16:
            high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
            low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            isIPv4 = false
        default: throw CQLError(.typeMismatch, "an address has 4 or 16 bytes, not \(bytes.count)")
        }
    }

    /// The address in its usual notation; nil where it is none.
    public init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            bytes.removeLast(12)
        } else if inet_pton(AF_INET6, text, &bytes) != 1 {
            return nil
        }
        guard let address = try? CQLInet(bytes: bytes) else { return nil }
        self = address
    }

    /// The 4 or 16 bytes.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        append(to: &writer)
        return writer.bytes
    }

    func append(to writer: inout ByteWriter) {
        if isIPv4 {
            writer.append(integer: UInt32(truncatingIfNeeded: low))
        } else {
            writer.append(integer: high)
            writer.append(integer: low)
        }
    }

    /// The usual notation.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
