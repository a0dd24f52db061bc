import AutoML
import CommandLine
import Foundation
import Learners
import Tabular
import Telemetry

/// `martlet check`: what training would do with a table, and what in it tells the target beforehand.
enum CheckCommand {
    static let json = Option<Bool>.flag("json", help: "As JSON")

    static let command = Command(
        "check", summary: "Tells, without training, what a table holds for a target, and what gives it away",
        discussion: """
            Looks for columns that tell the target by themselves or in pairs, for values that are there only where the target
            has a value, for rows in the order of the target, and for columns that count the rows.

            Examples:
              martlet check churn.csv --target Churn
              martlet check churn.csv --target Churn --exclude CancelledOn --json
            """,
        operands: [DataArgument.operand],
        options: [
            TrainCommand.target.declaration, TrainCommand.task.declaration, TrainCommand.metric.declaration,
            TrainCommand.exclude.declaration, TrainCommand.weight.declaration, TrainCommand.holdout.declaration,
            TrainCommand.group.declaration, TrainCommand.time.declaration,
            TrainCommand.validation.declaration, json.declaration,
        ] + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        guard let target = invocation[TrainCommand.target] else {
            throw UsageError("--target is missing: which column is predicted?")
        }
        let watch = Machine.watchMemory()
        defer { watch?.stop() }
        let threads = ProcessLimits.current.processors
        var reading = ReadOptions(threads: threads)
        ReadingOptions.apply(invocation, to: &reading)
        let (table, notes) = try TableReader.read(try DataArgument.source(invocation.operands[0]), reading)
        let settings = ExperimentSettings(
            target: target, task: Task(rawValue: invocation[TrainCommand.task]),
            metric: Metric(rawValue: invocation[TrainCommand.metric]), budget: .seconds(60),
            exclude: invocation[TrainCommand.exclude], weight: invocation[TrainCommand.weight],
            holdout: invocation[TrainCommand.holdout], group: invocation[TrainCommand.group],
            time: invocation[TrainCommand.time],
            validation: ValidationChoice(rawValue: invocation[TrainCommand.validation]))
        let preview = try ExperimentPreview(
            table, settings: settings, learners: .standard, slots: 1, threads: threads)
        if invocation[json] {
            Console().print(String(decoding: try ReportCoding.encoder().encode(preview), as: UTF8.self))
        } else {
            show(preview, target: target, notes: notes)
        }
        return 0
    }

    private static func show(_ preview: ExperimentPreview, target: String, notes: [ReadNote]) {
        let console = Console()
        for note in notes { console.print("\(note)") }
        console.print("Task: \(preview.task.rawValue) (\(preview.taskReason)); metric: \(preview.metric.rawValue)")
        console.print("\(Format.count(preview.rows)) rows; validation: \(preview.validation)")
        if preview.rowsWithoutTarget > 0 {
            console.print("\(Format.count(preview.rowsWithoutTarget)) rows without a target are left out")
        }
        console.print("")
        var table = TextTable(["column", "type", "tells of \(target)", "used"], right: [2])
        for column in preview.columns {
            let told = String(format: "%.1f %%", 100 * column.strength)
            table.add([column.name, column.type.rawValue, told, column.reason.map { "no: \($0)" } ?? "yes"])
        }
        for (index, line) in table.lines.enumerated() { console.print(index == 0 ? console.bold(line) : line) }
        console.print("")
        for finding in preview.relations { console.print("Note: \(finding.advice)") }
        if preview.leaks.isEmpty { console.print("Nothing was found that gives the target away.") }
        for leak in preview.leaks { console.print("Warning: \(leak.advice)") }
    }
}
