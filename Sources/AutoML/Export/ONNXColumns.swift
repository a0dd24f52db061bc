import Learners
import Tabular

/// A table's columns as inputs of a graph, and the features that a plan makes of them.
struct ONNXColumns {
    /// What a learner gets to see of a column; a column of `[rows, 1]` either way.
    enum Feature {
        /// Doubles, NaN where missing.
        case number(ONNXGraph.Value)
        /// Strings, empty where missing.
        case string(ONNXGraph.Value)
    }

    let graph: ONNXGraph
    private(set) var features: [String: Feature] = [:]
    private var first: ONNXGraph.Value?

    /// Declares an input for each of the plan's columns, in its order.
    init(_ plan: FeaturePlan, in graph: ONNXGraph) throws {
        self.graph = graph
        for source in plan.sources {
            let isNumber = source.type == .integer || source.type == .float
            let input = graph.input(source.name, isNumber ? .double : .string, shape: [nil, 1])
            if first == nil { first = input }
            switch source.type {
            case .date, .datetime:
                let moment = ONNXMoment(input, column: source.name, hasTime: source.type == .datetime, in: graph)
                for feature in source.features {
                    if let part = feature.part { features[feature.name] = .number(moment.value(of: part)) }
                }
            case .boolean: features[source.name] = .number(ONNXColumns.truth(input, source.name, in: graph))
            case .categorical, .text: features[source.name] = .string(input)
            default: features[source.name] = .number(input)
            }
        }
    }

    /// The numbers of a feature; throws where it has none.
    func number(_ name: String) throws -> ONNXGraph.Value {
        guard case .number(let value)? = features[name] else {
            throw AutoMLError(.notExportable, "column \"\(name)\" is not among the model's numbers", field: name)
        }
        return value
    }

    /// The strings of a feature; throws where it has none.
    func string(_ name: String) throws -> ONNXGraph.Value {
        guard case .string(let value)? = features[name] else {
            throw AutoMLError(.notExportable, "column \"\(name)\" is not among the model's categories", field: name)
        }
        return value
    }

    /// Zeros, one a row.
    func zeros() throws -> ONNXGraph.Value {
        guard let first else { throw AutoMLError(.notExportable, "the model uses no column, and ONNX needs an input") }
        let shape = graph.node("Shape", [first])
        return graph.node("ConstantOfShape", [shape], [("value", .tensor(.doubles([0], shape: [1])))])
    }

    /// The code of each string among `levels`, `missing` for the empty one and `unknown` for any other. A level that is the
    /// empty string could not be told from a missing one.
    func codes(
        _ name: String, levels: [String], missing: Int, unknown: Int, first firstCode: Int = 0
    ) throws -> ONNXGraph.Value {
        guard !levels.contains("") else {
            throw AutoMLError(
                .notExportable,
                "column \"\(name)\" cannot be written as ONNX: it has the empty string as a category, which means missing",
                field: name)
        }
        var keys = [("", missing)]
        for (code, level) in levels.enumerated() { keys.append((level, code + firstCode)) }
        return graph.lookUp(try string(name), keys, other: unknown)
    }

    /// Why a column of words stands in the way.
    static func textError(_ column: String) -> AutoMLError {
        AutoMLError(
            .notExportable,
            "column \"\(column)\" cannot be written as ONNX: its words are hashed, and ONNX has no operator that sees the "
                + "characters of a string; leave the column out, or use --portable",
            field: column)
    }

    /// 1 and 0 from the words that Martlet reads so, in any case.
    private static func truth(_ input: ONNXGraph.Value, _ name: String, in graph: ONNXGraph) -> ONNXGraph.Value {
        var keys: [(String, Int)] = [("", 2)]
        for word in ["true", "t", "yes", "y", "1"] { keys += spellings(word).map { ($0, 1) } }
        for word in ["false", "f", "no", "n", "0"] { keys += spellings(word).map { ($0, 0) } }
        let code = graph.lookUp(input, keys, other: 3)
        let isKnown = graph.node("Less", [code, graph.integer(3)])
        let values = graph.constant(.doubles([0, 1, .nan, .nan], shape: [4]))
        return graph.require(
            isKnown, graph.gather(values, code), "column \"\(name)\" holds something other than true or false")
    }

    /// Every way to write a word in small and capital letters.
    private static func spellings(_ word: String) -> [String] {
        word.reduce([""]) { starts, letter in
            let forms = letter.isLetter ? [letter.lowercased(), letter.uppercased()] : [String(letter)]
            return starts.flatMap { start in forms.map { start + $0 } }
        }
    }
}
