/// That memory kept an experiment from training what it would have trained: its leaderboard depends on the machine and cannot
/// be compared with that of a run with more memory.
public struct MemoryCut: Sendable, Hashable, Codable {
    /// Trials that were refused for want of memory.
    public var trials: Int
    /// Bytes that the largest of them needs, with one fold at a time.
    public var neededBytes: Int
    /// Bytes that trials could have.
    public var limitBytes: Int

    enum CodingKeys: String, CodingKey {
        case trials
        case neededBytes = "needed_bytes"
        case limitBytes = "limit_bytes"
    }

    /// What the results of an experiment's trials say; nil where none was refused.
    public init?(_ results: [TrialResult]) {
        let refusals = results.compactMap(\.refusal)
        guard let largest = refusals.max(by: { $0.neededBytes < $1.neededBytes }) else { return nil }
        trials = refusals.count
        neededBytes = largest.neededBytes
        limitBytes = largest.limitBytes
    }

    /// One line for people.
    public var summary: String {
        let what = trials == 1 ? "1 trial was" : "\(trials) trials were"
        return "This run was cut by memory and cannot be compared with others: \(what) refused "
            + "(up to \(mebibytes(neededBytes)) needed, \(mebibytes(limitBytes)) to be had)."
    }
}

/// Why a trial was not trained, or not to its end: one fold of it at a time needs more memory than there is.
public struct MemoryRefusal: Sendable, Hashable, Codable {
    /// Bytes that it needs.
    public var neededBytes: Int
    /// Bytes that it could have.
    public var limitBytes: Int

    enum CodingKeys: String, CodingKey {
        case neededBytes = "needed_bytes"
        case limitBytes = "limit_bytes"
    }

    /// A refusal of these parts.
    public init(neededBytes: Int, limitBytes: Int) {
        self.neededBytes = neededBytes
        self.limitBytes = limitBytes
    }

    /// One line for people.
    public var reason: String {
        "it would need about \(mebibytes(neededBytes)) of memory and the limit is \(mebibytes(limitBytes))"
    }
}

/// Bytes for people, rounded up.
func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20 + (bytes & ((1 << 20) - 1) == 0 ? 0 : 1)) MiB" }
