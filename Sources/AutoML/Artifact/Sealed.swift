import Learners

/// Bytes with a kind and a version before them and a checksum behind.
enum Sealed {
    /// Seals `content`.
    static func seal(_ kind: String, version: UInt32, _ content: [UInt8]) -> [UInt8] {
        var bytes = Array(kind.utf8)
        bytes.reserveCapacity(content.count + bytes.count + 12)
        withUnsafeBytes(of: version.littleEndian) { bytes.append(contentsOf: $0) }
        bytes += content
        let checksum = Checksum.of(bytes[...])
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// A reader of the content of sealed bytes; `what` names them in the `AutoMLError` of bytes that are not what was sealed.
    static func open(_ bytes: [UInt8], _ kind: String, version: UInt32, what: String) throws -> BinaryReader {
        try open(bytes, kind, versions: version...version, what: what).content
    }

    /// The same for any of `versions`, with the version found.
    static func open(
        _ bytes: [UInt8], _ kind: String, versions: ClosedRange<UInt32>, what: String
    ) throws -> (content: BinaryReader, version: UInt32) {
        let head = kind.utf8.count + 4
        guard bytes.count >= head + 8, bytes.starts(with: kind.utf8) else {
            throw AutoMLError(.damagedModel, "these bytes are not \(what)")
        }
        let found = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: head - 4, as: UInt32.self) }
        let checksum = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self) }
        guard Checksum.of(bytes[..<(bytes.count - 8)]) == UInt64(littleEndian: checksum) else {
            throw AutoMLError(.damagedModel, "\(what) is damaged: its checksum does not match its content")
        }
        let version = UInt32(littleEndian: found)
        guard versions.contains(version) else {
            throw AutoMLError(
                .unsupportedModel,
                "\(what) has format version \(version); this program reads version \(versions.upperBound)")
        }
        return (BinaryReader(bytes, head..<(bytes.count - 8)), version)
    }
}
