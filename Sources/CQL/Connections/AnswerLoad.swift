/// How many bytes of answers a connection still has to bring, guessed from the answers it has brought: where that is much, the
/// next request waits behind them and another connection is better.
struct AnswerLoad {
    /// Below this a connection takes more requests although another has none: requests that go together are fewer sends and
    /// reads, on both sides.
    static let enough = 256 << 10
    /// An answer counts so much of the running mean.
    private static let weight = 8

    private var bytesOfAnswer = 0
    /// Bytes of an answer that is not whole yet.
    private var begun = 0

    /// Counts bytes that have come, and the answers that are whole with them.
    mutating func received(_ bytes: Int, answers: Int) {
        begun += bytes
        guard answers > 0 else { return }
        let count = min(answers, Self.weight)
        bytesOfAnswer += (begun / answers - bytesOfAnswer) * count / Self.weight
        begun = 0
    }

    /// The bytes that so many answers are expected to have.
    func expected(of answers: Int) -> Int { bytesOfAnswer * answers }

    /// The first connection that has not enough to bring, or else the one with the least.
    static func choice(among count: Int, expected: (Int) -> Int) -> Int {
        var best = 0
        var least = Int.max
        for index in 0..<count {
            let bytes = expected(index)
            if bytes < enough { return index }
            if bytes < least { (best, least) = (index, bytes) }
        }
        return best
    }
}
