/// A packed row of bits; in a column's validity a set bit means that the value is present.
public struct Bitmap: Sendable, Hashable {
    /// Number of bits.
    public private(set) var count: Int
    /// The bits, 64 a word, lowest first; bits past `count` are zero.
    public private(set) var words: [UInt64]

    /// `count` bits, all of them `value`.
    public init(repeating value: Bool, count: Int) {
        self.count = count
        words = Array(repeating: value ? ~0 : 0, count: (count + 63) / 64)
        clearTail()
    }

    /// Bits taken from `words`; bits past `count` are dropped. `words` must hold `count` bits.
    public init(words: [UInt64], count: Int) {
        precondition(words.count == (count + 63) / 64, "a bitmap of \(count) bits has \((count + 63) / 64) words")
        self.words = words
        self.count = count
        clearTail()
    }

    /// The bit at `index`, in `0 ..< count`.
    public subscript(index: Int) -> Bool {
        @inline(__always) get { words[index >> 6] >> UInt64(index & 63) & 1 != 0 }
        set {
            let mask: UInt64 = 1 << UInt64(index & 63)
            if newValue { words[index >> 6] |= mask } else { words[index >> 6] &= ~mask }
        }
    }

    /// Appends one bit.
    public mutating func append(_ value: Bool) {
        if count & 63 == 0 { words.append(0) }
        count += 1
        if value { words[(count - 1) >> 6] |= 1 << UInt64((count - 1) & 63) }
    }

    /// Number of set bits.
    public var setCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    private mutating func clearTail() {
        if count & 63 != 0 { words[words.count - 1] &= (1 << UInt64(count & 63)) - 1 }
    }
}
