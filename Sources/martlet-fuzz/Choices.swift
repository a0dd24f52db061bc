/// Random choices that a seed decides (SplitMix64; Steele, Lea and Flood 2014).
struct Choices: RandomNumberGenerator {
    private var state: UInt64

    /// The choices for one input of a run.
    init(seed: UInt64, index: Int) { state = seed &+ UInt64(index) &* 0xbf58_476d_1ce4_e5b9 }

    /// The choices that an input makes by itself, so that feeding it again does the same.
    init(for input: [UInt8]) {
        // FNV-1a (Fowler, Noll and Vo).
        state = input.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// One of `count` numbers from 0.
    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &self) }

    /// True once in `count` times.
    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// A part of `count` places, short ones more often.
    mutating func range(in count: Int) -> Range<Int> {
        let start = below(count + 1)
        let longest = count - start
        let length = oneIn(4) ? below(longest + 1) : below(min(longest, 16) + 1)
        return start..<start + length
    }
}
