import AutoML
import Foundation
import Learners
import Tabular

/// What a model is, for people or as its header's JSON.
enum InspectModel {
    static func show(_ bytes: [UInt8], name: String, asJSON: Bool) throws -> Int32 {
        let model = try ModelFile.decode(bytes, path: name)
        let header = model.header
        if asJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Console().print(String(decoding: try encoder.encode(header), as: UTF8.self))
            return 0
        }
        let console = Console()
        var lines = ["A Martlet model that predicts \(header.target) (\(header.task.rawValue))"]
        if header.task.isClassification {
            lines.append("Classes: " + header.classes.prefix(20).joined(separator: ", "))
        }
        lines += header.decisionLines
        if let score = header.score {
            var line = "Score: \(header.metric.rawValue) \(Format.score(score))"
            if let interval = header.scoreInterval {
                line += ", 95 % interval \(Format.score(interval.low)) to \(Format.score(interval.high))"
            }
            lines.append(line)
        }
        if let time = header.timeScore { lines.append(Format.timeScore(time, header.metric, byChance: nil)) }
        lines.append("Validation: \(header.validation)")
        lines.append(
            "Trained on \(Format.count(header.rows)) rows with seed \(header.settings.seed) by Martlet "
                + "\(header.martletVersion); \(Format.bytes(bytes.count))")
        console.print(lines.joined(separator: "\n"))

        var members = TextTable(["model", "learner", "weight"], right: [2])
        for member in header.members {
            members.add([member.model, member.learner, String(format: "%.3f", member.weight)])
        }
        console.print("")
        for (index, line) in members.lines.enumerated() { console.print(index == 0 ? console.bold(line) : line) }

        var columns = TextTable(["column", "type", "used"])
        let used = Set(header.plan.sources.map(\.name))
        for column in header.schema.columns {
            let reason = header.plan.dropped.first { $0.name == column.name }?.reason
            columns.add([
                column.name, column.type.rawValue, used.contains(column.name) ? "yes" : "no: \(reason ?? "left out")",
            ])
        }
        console.print("")
        for (index, line) in columns.lines.enumerated() { console.print(index == 0 ? console.bold(line) : line) }
        return 0
    }
}
