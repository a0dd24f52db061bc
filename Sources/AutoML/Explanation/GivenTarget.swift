import Foundation
import Learners
import Tabular

/// The target column of a table that was given, in the terms of a model.
struct GivenTarget {
    /// Rows whose target the model can be compared with, ascending.
    private(set) var rows: [Int32] = []
    /// The class's index, or the value, of each.
    private(set) var values: [Double] = []
    private(set) var notes: [String] = []

    /// Throws `AutoMLError.unsuitableInput` for a column that is not of the target's kind.
    init(_ column: Column, _ header: ModelHeader) throws {
        let present = (0..<column.count).filter { !column.isMissing($0) }
        if header.task == .regression {
            guard let numbers = column.doubles() else {
                throw AutoMLError(
                    .unsuitableInput, "the target \"\(column.name)\" does not hold numbers", field: column.name)
            }
            for row in present where numbers[row].isFinite {
                if numbers[row].magnitude > ResolvedTarget.largest {
                    throw AutoMLError(
                        .unsuitableInput,
                        "the target \"\(column.name)\" is \(numbers[row]) in row \(row + 1), beyond what can be learned",
                        field: column.name)
                }
                rows.append(Int32(row))
                values.append(numbers[row])
            }
        } else {
            let place = Dictionary(header.classes.enumerated().map { (Spelling($1), Double($0)) }) { first, _ in first }
            var unknown: [String: Int] = [:]
            for row in present {
                let name = column.spelling(row)
                if let value = place[Spelling(name)] {
                    rows.append(Int32(row))
                    values.append(value)
                } else {
                    unknown[name, default: 0] += 1
                }
            }
            if rows.isEmpty, !unknown.isEmpty {
                throw AutoMLError(
                    .unsuitableInput,
                    "the target \"\(column.name)\" holds none of the model's classes (\(header.classes.joined(separator: ", ")))",
                    field: column.name)
            }
            for (name, count) in unknown.sorted(by: { $0.key < $1.key }).prefix(5) {
                notes.append("\(count) rows are of the class \"\(name)\", which the model does not know; left out.")
            }
        }
        let missing = column.count - present.count
        if missing > 0 { notes.append("\(missing) rows have no target; left out.") }
    }
}

extension Column {
    /// A present value as it is spelled in a table.
    func spelling(_ row: Int) -> String {
        switch storage {
        case .integers(let values): String(values[row])
        case .dates(let values): DateText.date(Int64(values[row]))
        case .datetimes(let values): DateText.datetime(values[row])
        case .doubles(let values): values[row].description
        case .booleans(let bits): booleanLabels[bits[row]]
        case .strings(let codes, let levels): codes[row] < 0 ? "" : levels[Int(codes[row])]
        }
    }
}
