internal import AutoML

/// Bytes with a checksum over them and the key they are kept under, so that neither damage nor a mix-up goes unnoticed.
enum BlobSeal {
    private static let size = 8

    static func seal(_ bytes: [UInt8], key: String) -> [UInt8] {
        var sealed = [UInt8]()
        sealed.reserveCapacity(bytes.count + size)
        sealed += bytes
        withUnsafeBytes(of: checksum(bytes[...], key).littleEndian) { sealed += $0 }
        return sealed
    }

    /// The bytes; nil where they are not those that were sealed under this key.
    /// Nothing is copied where nobody else holds the sealed ones.
    static func open(_ sealed: consuming [UInt8], key: String) -> [UInt8]? {
        var bytes = sealed
        guard bytes.count >= size else { return nil }
        let written = bytes.suffix(size).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
        guard checksum(bytes.dropLast(size), key) == written else { return nil }
        bytes.removeLast(size)
        return bytes
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>, _ key: String) -> UInt64 {
        Checksum.of(bytes) ^ Checksum.of(Array(key.utf8)[...])
    }
}
