/// Whether bytes are text.
enum TextCheck {
    struct Flaw: Equatable {
        var position: Int
        /// Whether it is a NUL byte, and not one that UTF-8 does not allow.
        var isNUL: Bool
    }

    /// The first byte that is NUL or not part of a well-formed UTF-8 character.
    static func firstFlaw(_ bytes: UnsafeBufferPointer<UInt8>) -> Flaw? {
        let raw = UnsafeRawBufferPointer(bytes)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var high: UInt64 = 0
        var zero: UInt64 = 0
        var index = 0
        while index + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            high |= word
            zero |= (word &- ones) & ~word & highs
            index += 8
        }
        while index < raw.count {
            high |= UInt64(raw[index])
            if raw[index] == 0 { zero = 1 }
            index += 1
        }
        let nul = zero == 0 ? nil : bytes.firstIndex(of: 0)
        let malformed = high & highs == 0 ? nil : firstMalformed(bytes)
        switch (nul, malformed) {
        case (nil, nil): return nil
        case (let nul?, nil): return Flaw(position: nul, isNUL: true)
        case (nil, let malformed?): return Flaw(position: malformed, isNUL: false)
        case (let nul?, let malformed?): return Flaw(position: min(nul, malformed), isNUL: nul < malformed)
        }
    }

    /// The start of the first sequence that is not well-formed (Unicode 15, table 3-7).
    private static func firstMalformed(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var index = 0
        let count = bytes.count
        while index < count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF:
                length = 3
                if lead == 0xE0 { low = 0xA0 }
                if lead == 0xED { high = 0x9F }
            case 0xF0...0xF4:
                length = 4
                if lead == 0xF0 { low = 0x90 }
                if lead == 0xF4 { high = 0x8F }
            default: return index
            }
            guard index + length <= count, bytes[index + 1] >= low, bytes[index + 1] <= high else { return index }
            for next in 2..<max(length, 2) where bytes[index + next] & 0xC0 != 0x80 { return index }
            index += length
        }
        return nil
    }
}
