/// Changes inputs so that they stay nearly what they were: bytes, numbers at the edges, and parts between separators that are
/// doubled, removed, moved, cut or taken from another input.
struct Mutator: Sendable {
    /// What stands between parts, such as commas and line ends.
    let separators: [UInt8]
    /// Words that the format knows.
    let words: [String]

    /// Numbers at which arithmetic goes wrong.
    static let numbers = [
        "0", "-0", "-0.0", "1", "-1", "0.1", "127", "128", "255", "256", "32767", "65536", "2147483647", "2147483648",
        "-2147483648", "4294967295", "4294967296", "9007199254740993", "9223372036854775807", "-9223372036854775808",
        "-9223372036854775809", "9223372036854775808", "-9223372036854775808.0", "18446744073709551615",
        "18446744073709551616", "1e15", "1e154", "1e155", "1e300", "1e308", "-1e308", "1.7976931348623157e308", "1e309",
        "1e-308",
        "5e-324", "1e-400", "NaN", "Infinity", "-inf", "1e99999999999", "0x10", "1_000", "1,5", "00", "+1", "1.", ".5",
        "-",
        "1970-01-01", "0000-00-00", "9999-12-31T23:59:60Z", "-271821-04-20", "292278994-08-17T07:12:55.807Z",
        "99999999999999999999999999999999999999999999",
    ]

    /// One to six changes of `input`; `others` lend parts.
    func mutate(_ input: [UInt8], others: [[UInt8]], _ choices: inout Choices, longest: Int = 1 << 16) -> [UInt8] {
        var bytes = input
        for _ in 0...choices.below(6) {
            change(&bytes, others, &choices)
            if bytes.count > longest { bytes.removeLast(bytes.count - longest) }
        }
        return bytes
    }

    private func change(_ bytes: inout [UInt8], _ others: [[UInt8]], _ choices: inout Choices) {
        switch choices.below(14) {
        case 0 where !bytes.isEmpty: bytes[choices.below(bytes.count)] ^= 1 << UInt8(choices.below(8))
        case 1 where !bytes.isEmpty:
            bytes[choices.below(bytes.count)] = choices.pick([
                0, 9, 10, 13, 32, 34, 39, 44, 0x7F, 0x80, 0xC0, 0xED, 0xFF,
            ])
        case 2: bytes.removeSubrange(choices.range(in: bytes.count))
        case 3:
            let part = bytes[choices.range(in: bytes.count)]
            bytes.insert(contentsOf: part, at: choices.below(bytes.count + 1))
        case 4: bytes.removeLast(choices.below(bytes.count + 1))
        case 5, 6, 7: replaceNumber(&bytes, &choices)
        case 8, 9: changeParts(&bytes, &choices)
        case 10 where !words.isEmpty:
            let place = choices.below(bytes.count + 1)
            let range = choices.oneIn(2) ? choices.range(in: bytes.count) : place..<place
            put(choices.pick(words), in: &bytes, at: range)
        case 11:
            let other = choices.pick(others)
            let (from, to) = (choices.range(in: other.count), choices.range(in: bytes.count))
            bytes.replaceSubrange(to, with: other[from])
        case 12:
            // Many of one byte or of one part.
            let part = Array(bytes[choices.range(in: bytes.count)].prefix(64))
            let many = Array(repeatElement(part, count: choices.pick([2, 17, 100, 1000])).joined())
            bytes.insert(contentsOf: many, at: choices.below(bytes.count + 1))
        default:
            // A binary number of a length or a count.
            guard bytes.count >= 8 else { return }
            let value: UInt64 = choices.pick([
                0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
                0x8000_0000_0000_0000,
                .max, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF,
            ])
            let place = choices.below(bytes.count - 7)
            for byte in 0..<choices.pick([1, 2, 4, 8]) {
                bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }
    }

    private func put(_ word: String, in bytes: inout [UInt8], at range: Range<Int>) {
        bytes.replaceSubrange(range, with: Array(word.utf8))
    }

    /// Puts a number at an edge in the place of one of the numbers.
    private func replaceNumber(_ bytes: inout [UInt8], _ choices: inout Choices) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        let starts = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1])) }
        guard !starts.isEmpty else { return }
        var start = choices.pick(starts)
        var end = start
        while end < bytes.count, isDigit(bytes[end]) || bytes[end] == 0x2E { end += 1 }
        if start > 0, bytes[start - 1] == 0x2D { start -= 1 }
        put(choices.pick(Mutator.numbers), in: &bytes, at: start..<end)
    }

    /// Doubles, removes, empties or moves what stands between two separators.
    private func changeParts(_ bytes: inout [UInt8], _ choices: inout Choices) {
        guard let separator = separators.isEmpty ? nil : choices.pick(separators) else { return }
        var parts = bytes.split(separator: separator, omittingEmptySubsequences: false).map { Array($0) }
        let place = choices.below(parts.count)
        switch choices.below(5) {
        case 0: parts.insert(contentsOf: Array(repeating: parts[place], count: choices.pick([1, 1, 2, 50])), at: place)
        case 1: parts.remove(at: place)
        case 2: parts[place] = []
        case 3: parts.swapAt(place, choices.below(parts.count))
        default: parts[place] = Array(choices.pick(Mutator.numbers).utf8)
        }
        bytes = Array(parts.joined(separator: [separator]))
    }
}
