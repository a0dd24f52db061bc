import CommandLine
import Foundation
import Tabular
import Telemetry

/// `martlet inspect`: the schema and profile of a table.
enum InspectCommand {
    static let json = Option<Bool>.flag("json", help: "As JSON, with quantiles, top values and histograms")

    static let command = Command(
        "inspect", summary: "Shows the columns of a table, or what a model is",
        operands: [.init("DATA|MODEL", help: DataArgument.operand.help + "; or a model")],
        options: [json.declaration] + ReadingOptions.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let watch = Machine.watchMemory()
        defer { watch?.stop() }
        let name = invocation.operands[0]
        if let bytes = ModelFile.bytesIfModel(name) {
            return try InspectModel.show(bytes, name: name, asJSON: invocation[json])
        }
        var options = ReadOptions(threads: ProcessLimits.current.processors)
        ReadingOptions.apply(invocation, to: &options)
        var builder = ProfileBuilder()
        let summary = try TableReader.readChunks(try DataArgument.source(name), options) { builder.add($0) }
        let profile = builder.profile(notes: summary.notes)
        if invocation[json] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let document = Document(rows: profile.rows, columns: profile.columns, notes: summary.notes)
            Console().print(String(decoding: try encoder.encode(document), as: UTF8.self))
        } else {
            show(profile, notes: summary.notes)
        }
        return 0
    }

    /// What `--json` prints: the profile and what was repaired or decided while reading.
    private struct Document: Encodable {
        let rows: Int
        let columns: [ColumnProfile]
        let notes: [ReadNote]
    }

    private static func show(_ profile: TableProfile, notes: [ReadNote]) {
        let console = Console()
        console.print("\(Format.count(profile.rows)) rows, \(Format.count(profile.columns.count)) columns\n")
        var table = TextTable(["column", "type", "missing", "distinct", "values"], right: [2, 3])
        for column in profile.columns {
            table.add([
                column.name, column.type.rawValue, column.missing == 0 ? "" : Format.count(column.missing),
                Format.count(column.distinct), values(of: column),
            ])
        }
        for (index, line) in table.lines.enumerated() { console.print(index == 0 ? console.bold(line) : line) }
        var remarks = profile.columns.flatMap { column in
            column.warnings.map { "\(column.name): \(text(of: $0, column))" }
        }
        remarks += notes.map { "\($0)" }
        if !remarks.isEmpty { console.print("\n" + remarks.joined(separator: "\n")) }
    }

    private static func values(of column: ColumnProfile) -> String {
        if let top = column.top, !top.isEmpty {
            let shown = top.prefix(4).map(\.value).joined(separator: ", ")
            let text = column.distinct > 4 ? shown + ", …" : shown
            return text.count > 60 ? text.prefix(59) + "…" : text
        }
        guard let low = column.minimum, let high = column.maximum else { return "" }
        switch column.type {
        case .date: return "\(DateText.date(Int64(saturating: low))) … \(DateText.date(Int64(saturating: high)))"
        case .datetime:
            let ends = [low, high].map { DateText.datetime(Int64(saturating: $0 * 1e6)) }
            return "\(ends[0]) … \(ends[1])"
        default:
            let mean = column.mean.map { ", mean \(number($0))" } ?? ""
            return "\(number(low)) … \(number(high))\(mean)"
        }
    }

    private static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(format: "%.5g", value)
    }

    private static func text(of warning: ColumnProfile.Warning, _ column: ColumnProfile) -> String {
        switch warning {
        case .idLike: "names the rows and says nothing else; it is left out of training"
        case .constant: "holds one value; it is left out of training"
        case .duplicateColumn: "holds the same as \(column.duplicateOf ?? "an earlier column")"
        case .mostlyMissing: "half of its rows or more are missing"
        case .ambiguousDates: "its days and months could be swapped"
        case .ambiguousNumbers: "its commas could stand before the fraction"
        }
    }
}
