import Foundation
import Learners
import Tabular

/// What became of the target column: task, classes and one value a kept row.
struct ResolvedTarget {
    var task: Task
    /// Why this task, one line for people.
    var reason: String
    var target: Target
    /// Rows that have a target, ascending.
    var rows: [Int32]

    /// Numbers beyond it are not learned: learners hold them in 32 bits, and metrics sum their squares.
    static let largest = 1e30
    /// Integers of at most so many distinct values are taken for classes.
    private static let mostIntegerClasses = 10
    /// More classes than this cannot be learned.
    private static let mostClasses = 1_000

    /// Reads `column` as `wanted`, or as the task that its values suggest; throws `AutoMLError` where that cannot be.
    /// The class `positive`, where it is given, is the second of two.
    init(_ column: Column, wanted: Task?, positive: String? = nil) throws {
        let labelled = Labels(column)
        rows = labelled.rows
        guard !rows.isEmpty else {
            throw ResolvedTarget.unsuitable("every value of the target \"\(column.name)\" is missing")
        }
        switch column.storage {
        case .dates, .datetimes:
            throw ResolvedTarget.unsuitable("the target \"\(column.name)\" holds dates, which cannot be predicted")
        default: break
        }
        (task, reason) = try ResolvedTarget.task(of: column, labelled, wanted: wanted)
        if let positive { try ResolvedTarget.checkPositive(positive, task, labelled.names) }
        if task == .regression {
            let values = column.doubles() ?? []
            target = Target(task: .regression, values: rows.map { values[Int($0)] })
            if let bad = target.values.firstIndex(where: { !$0.isFinite }) {
                throw ResolvedTarget.unsuitable(
                    "the target \"\(column.name)\" is not a finite number in row \(rows[bad] + 1)")
            }
            if let large = target.values.firstIndex(where: { $0.magnitude > ResolvedTarget.largest }) {
                throw ResolvedTarget.unsuitable(
                    "the target \"\(column.name)\" is \(target.values[large]) in row \(rows[large] + 1): numbers beyond "
                        + "\(ResolvedTarget.largest) cannot be learned, divide the column by a power of ten")
            }
            if let first = target.values.first, target.values.allSatisfy({ $0 == first }) {
                throw ResolvedTarget.unsuitable(
                    "the target \"\(column.name)\" has the same value in every row: nothing to learn")
            }
        } else {
            var order = labelled.names.indices.sorted {
                labelled.names[$0].utf8.lexicographicallyPrecedes(labelled.names[$1].utf8)
            }
            if let positive, labelled.names[order[0]] == positive { order.reverse() }
            var rank = [Double](repeating: 0, count: order.count)
            for (place, index) in order.enumerated() { rank[index] = Double(place) }
            target = Target(
                task: task, classes: order.map { labelled.names[$0] }, values: labelled.codes.map { rank[Int($0)] })
        }
    }

    private static func checkPositive(_ name: String, _ task: Task, _ classes: [String]) throws {
        guard task == .binary else {
            throw AutoMLError(
                .invalidSetting, "a positive class is for two classes, and this is a \(task.rawValue) task",
                field: "positive")
        }
        guard classes.contains(name) else {
            throw AutoMLError(.invalidSetting, PreparedExperiment.noClass(name, among: classes), field: "positive")
        }
    }

    private static func unsuitable(_ message: String) -> AutoMLError {
        AutoMLError(.unsuitableData, message, field: "target")
    }

    private static func task(of column: Column, _ labels: Labels, wanted: Task?) throws -> (Task, String) {
        let count = labels.names.count
        let name = column.name
        guard count > 1 else {
            throw unsuitable("the target \"\(name)\" has the one value \"\(labels.names[0])\": nothing to learn")
        }
        if let wanted {
            switch wanted {
            case .regression where !column.isNumeric:
                throw mismatch("regression needs a target of numbers and \"\(name)\" holds \"\(labels.names[0])\"")
            case .binary where count != 2:
                throw mismatch("a binary task needs two classes and \"\(name)\" has \(count)")
            case .multiclass where count == 2:
                throw mismatch("a multiclass task needs three classes or more and \"\(name)\" has 2: choose binary")
            default: break
            }
            if wanted.isClassification { try checkClasses(name, count, rows: labels.rows.count) }
            return (wanted, "chosen")
        }
        if count == 2 { return (.binary, "the target has two values") }
        if column.isNumeric {
            if labels.isWhole, count <= mostIntegerClasses, count * 10 <= labels.rows.count {
                return (.multiclass, "the target has \(count) distinct whole numbers")
            }
            return (.regression, "the target is a number with more than \(mostIntegerClasses) values")
        }
        try checkClasses(name, count, rows: labels.rows.count)
        return (.multiclass, "the target has \(count) classes")
    }

    private static func mismatch(_ message: String) -> AutoMLError {
        AutoMLError(.invalidSetting, message, field: "task")
    }

    private static func checkClasses(_ name: String, _ count: Int, rows: Int) throws {
        if count > mostClasses || count * 2 > rows {
            throw unsuitable(
                "the target \"\(name)\" has \(count) distinct values in \(rows) rows: too many for classes")
        }
    }
}

/// The present values of a column as codes and their spelling.
private struct Labels {
    var rows: [Int32] = []
    /// One a present row, into `names`.
    var codes: [Int32] = []
    /// Distinct spellings in order of first appearance.
    var names: [String] = []
    /// Whether all values are whole numbers.
    var isWhole = false

    init(_ column: Column) {
        let missing = column.validity
        rows = (0..<column.count).filter { missing?[$0] ?? true }.map(Int32.init)
        switch column.storage {
        case .integers(let values), .dates(let values):
            isWhole = true
            let all = values.int64s()
            collect {
                all[$0]
            } name: {
                String($0)
            }
        case .datetimes(let values):
            collect {
                values[$0]
            } name: {
                String($0)
            }
        case .doubles(let values):
            rows = rows.filter { !values[Int($0)].isNaN }
            isWhole = rows.allSatisfy { values[Int($0)].rounded() == values[Int($0)] }
            collect {
                values[$0]
            } name: {
                String($0)
            }
        case .booleans(let bits):
            collect {
                bits[$0]
            } name: {
                column.booleanLabels[$0]
            }
        case .strings(let codes, let levels):
            collect {
                codes[$0]
            } name: {
                levels[Int($0)]
            }
        }
    }

    private mutating func collect<Value: Hashable>(_ value: (Int) -> Value, name: (Value) -> String) {
        var codeOf: [Value: Int32] = [:]
        codes.reserveCapacity(rows.count)
        for row in rows {
            let value = value(Int(row))
            if let code = codeOf[value] {
                codes.append(code)
            } else {
                let code = Int32(names.count)
                codeOf[value] = code
                names.append(name(value))
                codes.append(code)
            }
        }
    }
}
