import Foundation

/// A seed that can be split by name: `seed.child("fold", 3)` depends on the seed, the name and the number alone, never on
/// how often or in which order other children were taken.
public struct Seed: Sendable, Hashable, Codable {
    /// The seed's bits.
    public let value: UInt64

    /// A seed of these bits.
    public init(_ value: UInt64) { self.value = value }

    /// The seed of a part of the work.
    public func child(_ name: String, _ index: Int = 0) -> Seed {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Seed(Seed.mix(Seed.mix(value ^ hash) &+ UInt64(bitPattern: Int64(index)) &* 0x9e37_79b9_7f4a_7c15))
    }

    /// A generator that starts from this seed.
    public func generator() -> RandomSource { RandomSource(seed: value) }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    @inlinable
    public static func mix(_ input: UInt64) -> UInt64 {
        var z = input &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// xoshiro256** (Blackman, Vigna 2018), seeded through SplitMix64: the same numbers on every machine.
public struct RandomSource: RandomNumberGenerator, Sendable {
    @usableFromInline var state: (UInt64, UInt64, UInt64, UInt64)

    /// A generator whose numbers depend on `seed` alone.
    public init(seed: UInt64) {
        var x = seed
        func next() -> UInt64 {
            x &+= 0x9e37_79b9_7f4a_7c15
            return Seed.mix(x)
        }
        state = (next(), next(), next(), next())
    }

    /// The next 64 bits.
    @inlinable
    public mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// A real number in `0 ..< 1`, with 53 random bits.
    @inlinable
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number in `0 ..< bound`, by multiplication (Lemire 2019, without the rejection step).
    @inlinable
    public mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A standard normal number, by Marsaglia's polar method.
    public mutating func normal() -> Double {
        while true {
            let u = 2 * unit() - 1
            let v = 2 * unit() - 1
            let s = u * u + v * v
            if s > 0, s < 1 { return u * (-2 * log(s) / s).squareRoot() }
        }
    }

    /// Puts `values` into a random order (Fisher, Yates).
    public mutating func shuffle<Element>(_ values: inout [Element]) {
        for index in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(index, below(index + 1))
        }
    }
}
