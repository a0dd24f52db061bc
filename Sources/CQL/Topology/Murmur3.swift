/// The token of a partition key as Cassandra's `Murmur3Partitioner` computes it: the first half of MurmurHash3 x64 128
/// (Appleby 2011) with seed 0, where the last, incomplete block takes its bytes as signed ones.
enum Murmur3 {
    static func token(_ key: UnsafeRawBufferPointer) -> Int64 {
        let hash = Int64(bitPattern: firstHalf(key))
        // The lowest number is no token.
        return hash == .min ? .max : hash
    }

    private static let factor1: UInt64 = 0x87c3_7b91_1142_53d5
    private static let factor2: UInt64 = 0x4cf5_ad43_2745_937f

    private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }

    private static func mixed1(_ block: UInt64) -> UInt64 { rotated(block &* factor1, 31) &* factor2 }

    private static func mixed2(_ block: UInt64) -> UInt64 { rotated(block &* factor2, 33) &* factor1 }

    private static func finished(_ value: UInt64) -> UInt64 {
        var value = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
        value = (value ^ value >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return value ^ value >> 33
    }

    private static func firstHalf(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hash1: UInt64 = 0
        var hash2: UInt64 = 0
        let blocks = key.count / 16
        for block in 0..<blocks {
            let low = UInt64(littleEndian: key.loadUnaligned(fromByteOffset: block * 16, as: UInt64.self))
            let high = UInt64(littleEndian: key.loadUnaligned(fromByteOffset: block * 16 + 8, as: UInt64.self))
            hash1 = (rotated(hash1 ^ mixed1(low), 27) &+ hash2) &* 5 &+ 0x52dc_e729
            hash2 = (rotated(hash2 ^ mixed2(high), 31) &+ hash1) &* 5 &+ 0x3849_5ab5
        }
        var low: UInt64 = 0
        var high: UInt64 = 0
        let tail = blocks * 16
        for index in tail..<key.count {
            let byte = UInt64(bitPattern: Int64(Int8(bitPattern: key[index])))
            let place = index - tail
            if place < 8 { low ^= byte << UInt64(place * 8) } else { high ^= byte << UInt64(place * 8 - 64) }
        }
        if key.count - tail > 8 { hash2 ^= mixed2(high) }
        if key.count - tail > 0 { hash1 ^= mixed1(low) }
        hash1 ^= UInt64(key.count)
        hash2 ^= UInt64(key.count)
        hash1 = hash1 &+ hash2
        hash2 = hash2 &+ hash1
        hash1 = finished(hash1)
        hash2 = finished(hash2)
        return hash1 &+ hash2
    }
}
