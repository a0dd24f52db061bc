import Foundation
import Tabular

extension ONNXGraph {
    /// One number that stretches to any shape.
    func number(_ value: Double) -> Value { constant(.doubles([value], shape: [1, 1])) }

    /// One whole number that stretches to any shape.
    func integer(_ value: Int) -> Value { constant(.integers([Int64(value)], shape: [1, 1])) }

    /// A row of numbers.
    func row(_ values: [Double]) -> Value { constant(.doubles(values, shape: [1, values.count])) }

    /// 0, 1 … `count` − 1 in a row.
    func places(_ count: Int) -> Value { constant(.integers((0..<count).map(Int64.init), shape: [1, count])) }

    func add(_ a: Value, _ b: Value) -> Value { node("Add", [a, b]) }
    func subtract(_ a: Value, _ b: Value) -> Value { node("Sub", [a, b]) }
    func multiply(_ a: Value, _ b: Value) -> Value { node("Mul", [a, b]) }
    func divide(_ a: Value, _ b: Value) -> Value { node("Div", [a, b]) }
    func least(_ a: Value, _ b: Value) -> Value { node("Min", [a, b]) }
    func greatest(_ a: Value, _ b: Value) -> Value { node("Max", [a, b]) }
    func choose(_ condition: Value, _ yes: Value, _ no: Value) -> Value { node("Where", [condition, yes, no]) }

    func cast(_ value: Value, to type: ONNX.ElementType) -> Value {
        node("Cast", [value], [("to", .integer(type.rawValue))])
    }

    /// Values side by side.
    func concatenate(_ values: [Value]) -> Value {
        values.count == 1 ? values[0] : node("Concat", values, [("axis", .integer(1))])
    }

    /// The entries of `table` along its first axis that `indices` names.
    func gather(_ table: Value, _ indices: Value) -> Value { node("Gather", [table, indices]) }

    /// The columns of `matrix` that are named.
    func columns(_ matrix: Value, _ places: [Int]) -> Value {
        let indices = constant(.integers(places.map(Int64.init), shape: [places.count]))
        return node("Gather", [matrix, indices], [("axis", .integer(1))])
    }

    /// The sum of each row, as a column.
    func rowSums(_ matrix: Value) -> Value {
        node("ReduceSum", [matrix, constant(.integers([1], shape: [1]))], [("keepdims", .integer(1))])
    }

    /// The whole number that the first of `keys` with its bytes gives each string; `other` for any other string.
    func lookUp(_ strings: Value, _ keys: [(String, Int)], other: Int) -> Value {
        var seen: Set<Spelling> = []
        let first = keys.filter { seen.insert(Spelling($0.0)).inserted }
        var (names, values) = (first.map(\.0), first.map { Int64($0.1) })
        // The operator must have a key.
        if names.isEmpty {
            names = [""]
            values = [Int64(other)]
        }
        return node(
            "LabelEncoder", [strings],
            [
                ("keys_strings", .strings(names)), ("values_int64s", .integers(values)),
                ("default_int64", .integer(Int64(other))),
            ], domain: ONNX.learningDomain)
    }

    /// `value` where every entry of `condition` holds; elsewhere the runtime ends with an error that has `message` in it.
    ///
    /// ONNX has no operator for that: what fails is looking up the second entry of a table of one.
    func require(_ condition: Value, _ value: Value, _ message: String) -> Value {
        let index = choose(condition, integer(0), integer(1))
        let zero = node("Gather", [constant(.doubles([0], shape: [1])), index], name: message)
        return add(value, zero)
    }
}
