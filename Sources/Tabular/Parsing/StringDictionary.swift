import Foundation

/// Distinct byte strings in order of first appearance, found by hashing; code *k* is the *k*-th.
struct StringDictionary: Sendable {
    /// All strings, one after another.
    private(set) var bytes: [UInt8] = []
    /// Where each string ends in `bytes`; the first starts at 0.
    private(set) var ends: [Int] = []
    /// How often each was met, when that has been counted.
    var counts: [Int] = []
    /// Codes of strings that mean "no value".
    var markers: [Int32] = []
    private var hashes: [UInt32] = []
    /// Codes plus one by hash; 0 is free.
    private var slots: [Int32] = Array(repeating: 0, count: 64)

    var count: Int { ends.count }

    /// The code of `string`, which is added if it is new.
    @inline(__always)
    mutating func code(_ string: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(string)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while true {
            let found = slots[slot]
            if found == 0 { break }
            let code = Int(found) - 1
            if hashes[code] == hash, equals(code, string) { return Int32(code) }
            slot = (slot + 1) & mask
        }
        return insert(string, hash, slot)
    }

    private mutating func insert(_ string: UnsafeBufferPointer<UInt8>, _ hash: UInt32, _ slot: Int) -> Int32 {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
        hashes.append(hash)
        slots[slot] = Int32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return Int32(ends.count - 1)
    }

    private mutating func grow() {
        let mask = slots.count * 4 - 1
        slots = Array(repeating: 0, count: mask + 1)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(code + 1)
        }
    }

    @inline(__always)
    private func equals(_ code: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = code == 0 ? 0 : ends[code - 1]
        guard ends[code] - start == string.count else { return false }
        guard let base = string.baseAddress, string.count > 0 else { return true }
        return bytes.withUnsafeBufferPointer { memcmp($0.baseAddress! + start, base, string.count) == 0 }
    }

    /// The bytes of the string with that code, while `body` runs.
    func withBytes<R>(_ code: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let start = code == 0 ? 0 : ends[code - 1]
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<ends[code]])) }
    }

    /// The string with that code; bytes that are not UTF-8 are replaced.
    func string(_ code: Int) -> String { withBytes(code) { String(decoding: $0, as: UTF8.self) } }

    /// Eight bytes at a time, mixed by multiplication.
    @inline(__always)
    static func hash(_ string: UnsafeBufferPointer<UInt8>) -> UInt32 {
        UInt32(truncatingIfNeeded: hash64(string) >> 32)
    }

    /// The same on every machine and in every run, so that what depends on it does not change.
    @inline(__always)
    static func hash64(_ string: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(string.count) &* 0x9E37_79B9_7F4A_7C15
        let raw = UnsafeRawBufferPointer(string)
        var index = 0
        while index + 8 <= raw.count {
            hash = mix(hash ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
            index += 8
        }
        let left = raw.count - index
        if left > 0 {
            var tail: UInt64 = 0
            if raw.count >= 8 {
                // The last eight bytes, some of them seen before.
                tail = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
            } else if left >= 4 {
                let low = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
                let high = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: left - 4, as: UInt32.self))
                tail = UInt64(low) | UInt64(high) << 32
            } else {
                tail = UInt64(raw[0]) | UInt64(raw[left / 2]) << 8 | UInt64(raw[left - 1]) << 16
            }
            hash = mix(hash ^ tail)
        }
        return mix(hash)
    }

    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low ^ (value >> 29)
    }
}
