import AutoML
import Foundation
import Learners
import StandardIO
import Tabular

/// Rows as JSON, an object a line.
enum JSONLines {
    /// Rows that are predicted at once, which bounds memory.
    private static let batch = 4096

    /// Predicts every line of `input`, which may be large: it is read as it is needed.
    static func predict(
        _ input: LineReader, _ model: ModelArtifact, interval: Double?, to output: OutputFile, context: TrainingContext
    ) throws {
        let decoder = JSONDecoder()
        var builder = TableBuilder(schema: model.header.schema)
        var unseen = Set(model.header.schema.columns.map(\.name))
        var line = 0
        var first = 1
        while true {
            let bytes = try input.next()
            if let bytes {
                line += 1
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                do {
                    let row = try decoder.decode([String: JSONCell].self, from: Data(bytes))
                    unseen.subtract(row.keys)
                    builder.append(row.mapValues(\.cell))
                } catch {
                    throw Arguments.Mistake("line \(line) is not a JSON object of values by column")
                }
            }
            if builder.rowCount == batch || bytes == nil, builder.rowCount > 0 {
                // A column that no row has is most likely misspelt.
                if let column = model.header.schema.columns.first(where: { unseen.contains($0.name) }) {
                    throw Arguments.Mistake("no line has the column \"\(column.name)\", which the model needs")
                }
                let rows = try model.rows(try table(builder, first: first), interval: interval, context: context)
                try write(rows, model, to: output)
                builder = TableBuilder(schema: model.header.schema)
                first = line + 1
            }
            if bytes == nil { return }
        }
    }

    private static func table(_ builder: TableBuilder, first: Int) throws -> Table {
        do {
            return try builder.table()
        } catch let error as TableError {
            guard let row = error.row, let column = error.column else { throw error }
            throw Arguments.Mistake("line \(first + row - 1), column \"\(column)\": \(error.message)")
        }
    }

    private static func write(_ rows: PredictedRows, _ model: ModelArtifact, to output: OutputFile) throws {
        let predictions = rows.predictions
        let names = model.header.classes.map(quoted)
        var text = ""
        for row in 0..<predictions.rowCount {
            let range: String
            switch rows.ranges {
            case .intervals(let low, let high): range = ",\"interval\":[\(low[row]),\(high[row])]"
            case .labels(let sets):
                range = ",\"labels\":[\(sets[row].map { names[Int($0)] }.joined(separator: ","))]"
            case nil: range = ""
            }
            if names.isEmpty {
                text += "{\"prediction\":\(predictions.values[row])\(range)}\n"
                continue
            }
            let shares = names.indices.map { "\(names[$0]):\(predictions.values[row * names.count + $0])" }
            let label = quoted(rows.labels[row])
            text += "{\"prediction\":\(label),\"probabilities\":{\(shares.joined(separator: ","))}\(range)}\n"
        }
        try output.write(Array(text.utf8))
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// A value of a row.
private struct JSONCell: Decodable {
    let cell: Cell

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            cell = .missing
        } else if let truth = try? value.decode(Bool.self) {
            cell = .boolean(truth)
        } else if let whole = try? value.decode(Int64.self) {
            cell = .integer(whole)
        } else if let number = try? value.decode(Double.self) {
            cell = .number(number)
        } else {
            cell = .string(try value.decode(String.self))
        }
    }
}
