extension Explanation {
    /// Takes training and prediction times from the leaderboard of the same experiment.
    public mutating func addTimes(of board: Leaderboard) {
        for index in leaderboard.indices {
            guard let entry = board.entries.first(where: { $0.model == leaderboard[index].model }) else { continue }
            leaderboard[index].fitSeconds = entry.fitSeconds
            leaderboard[index].predictSeconds = entry.predictSeconds
        }
    }
}
