import AutoML
import Foundation
import Learners
import Synchronization
import Tabular

/// Shows a training run as it goes: a live line on a terminal, plain lines elsewhere, and the leaderboard at the end.
final class TrainingProgress: Sendable {
    private struct State {
        var metric: Metric = .rmse
        var running: [Int: (learner: String, fraction: Double)] = [:]
        var ended = 0
        var best: Leaderboard.Entry?
        var drawnAt: ContinuousClock.Instant?
    }

    /// Rows of the leaderboard that are printed.
    private static let shownEntries = 15
    /// Leaks that are printed.
    private static let shownLeaks = 8

    private let console = Console()
    private let budget: Budget
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())

    init(_ budget: Budget, start: ContinuousClock.Instant) {
        self.budget = budget
        self.start = start
    }

    /// Says what was read.
    func read(_ table: Table, notes: [ReadNote]) {
        console.print(
            "Read \(Format.count(table.rowCount)) rows and \(Format.count(table.columns.count)) columns in "
                + Format.seconds(elapsed))
        for note in notes { console.print("  \(note)") }
    }

    /// Shows what happens; safe to call from any thread.
    func show(_ event: ExperimentEvent) {
        switch event {
        case .started(let start): began(start)
        case .trialStarted(let spec): state.withLock { $0.running[spec.index] = (spec.learner, 0) }
        case .trialProgress(let trial, let fraction): state.withLock { $0.running[trial]?.fraction = fraction }
        case .trialFinished(let result): ended(result)
        case .bestChanged(let entry): state.withLock { $0.best = entry }
        case .ensembling: state.withLock { $0.running = [:] }
        case .completed, .failed: console.clearStatus()
        }
        if console.isTerminal { showStatus(event) }
    }

    /// Prints the final leaderboard.
    func end(_ leaderboard: Leaderboard, interrupted: Bool) {
        console.clearStatus()
        let time = Format.seconds(elapsed)
        console.print(interrupted ? "\nStopped after \(time); the best model so far:\n" : "\nDone in \(time).\n")
        if let time = leaderboard.timeScore {
            console.print(Format.timeScore(time, leaderboard.metric, byChance: leaderboard.best?.score) + "\n")
        }
        var table = TextTable(
            ["rank", "model", leaderboard.metric.rawValue, "95 % interval", "fit", "predict"], right: [0, 2, 3, 4, 5])
        let ranked = leaderboard.entries.filter { $0.rank != nil }
        for entry in ranked.prefix(TrainingProgress.shownEntries) {
            let interval = entry.scoreInterval.map { "\(Format.score($0.low)) – \(Format.score($0.high))" } ?? ""
            table.add([
                entry.rank.map(String.init) ?? "", entry.model, Format.score(entry.score ?? .nan), interval,
                Format.seconds(entry.fitSeconds), Format.seconds(entry.predictSeconds),
            ])
        }
        for (index, line) in table.lines.enumerated() { console.print(index == 0 ? console.bold(line) : line) }
        if ranked.count > TrainingProgress.shownEntries {
            console.print("      … and \(ranked.count - TrainingProgress.shownEntries) more")
        }
        if let note = leaderboard.note { console.print("\nNote: \(note).") }
        let failed = leaderboard.entries.filter { $0.status == .failed }
        if !failed.isEmpty { console.print("\n\(failed.count) of the trials failed:") }
        for entry in failed.prefix(5) { console.print("  \(entry.model): \(entry.reason ?? "")") }
        console.print("")
    }

    /// Prints a line.
    func note(_ text: String) { console.print(text) }

    private var elapsed: Double { (ContinuousClock.now - start).seconds }

    private func began(_ start: ExperimentEvent.Start) {
        state.withLock { $0.metric = start.metric }
        console.print("Task: \(start.task.rawValue) (\(start.taskReason)); metric: \(start.metric.rawValue)")
        console.print(
            "\(Format.count(start.rows)) rows with \(start.features) features; validation: \(start.validation)")
        if start.task == .binary, let positive = start.classes.last { console.print("Positive class: \(positive)") }
        if start.droppedRows > 0 {
            console.print("\(Format.count(start.droppedRows)) rows without a target are left out")
        }
        for column in start.droppedColumns { console.print("Left out: \(column.name) (\(column.reason))") }
        for finding in start.relations ?? [] { console.print("Note: \(finding.advice)") }
        for leak in start.leaks.prefix(TrainingProgress.shownLeaks) { console.print("Warning: \(leak.advice)") }
        let more = start.leaks.count - TrainingProgress.shownLeaks
        if more > 0 { console.print("Warning: \(more) more of this kind; `martlet check` lists them") }
        console.print("")
    }

    private func ended(_ result: TrialResult) {
        state.withLock {
            $0.running[result.index] = nil
            $0.ended += 1
        }
        let name = "\(result.index + 1). \(result.learner)".padding(toLength: 28, withPad: " ", startingAt: 0)
        switch result.status {
        case .completed:
            let (metric, best) = state.withLock { ($0.metric, $0.best) }
            var line =
                "\(name) \(metric.rawValue) \(Format.score(result.score ?? .nan))  in \(Format.seconds(result.fitSeconds))"
            if !console.isTerminal {
                line += ", \(remaining)"
                if let best { line += ", best so far \(Format.score(best.score ?? .nan)) (\(best.model))" }
            }
            console.print(line)
        case .failed: console.print("\(name) failed: \(result.reason ?? "")")
        case .cancelled, .timedOut: break
        }
    }

    private var remaining: String {
        switch budget {
        case .seconds(let seconds): "\(Int(max(0, seconds - elapsed).rounded())) s left"
        case .trials(let count): "\(max(0, count - state.withLock { $0.ended })) trials left"
        }
    }

    private func showStatus(_ event: ExperimentEvent) {
        if case .completed = event { return }
        if case .failed = event { return }
        let now = ContinuousClock.now
        let state: State? = state.withLock {
            // Progress comes often; ten times a second is enough for an eye.
            if case .trialProgress = event, let last = $0.drawnAt, now - last < .milliseconds(100) { return nil }
            $0.drawnAt = now
            return $0
        }
        guard let state else { return }
        var parts = [remaining]
        if let best = state.best {
            parts.append("best \(state.metric.rawValue) \(Format.score(best.score ?? .nan)) (\(best.model))")
        }
        parts += state.running.sorted { $0.key < $1.key }.map { _, trial in
            "\(trial.learner) \(Int((trial.fraction * 100).rounded())) %"
        }
        if case .ensembling = event { parts.append("building the ensemble") }
        console.showStatus(parts.joined(separator: "  ·  "))
    }
}
