/// A graph that is being built: operators in the order they run, and constants.
///
/// The same operator on the same inputs, and the same constant, are there once, however often they are asked for: the models
/// of a trial's folds share most of their inputs. Names are counted, so that the same calls give the same bytes.
final class ONNXGraph {
    /// What an operator, a constant or an input gives.
    struct Value: Hashable {
        let name: String
    }

    private let prefix: String
    private var nodes: [[UInt8]] = []
    private var constants: [(name: String, tensor: ONNX.Tensor)] = []
    private var knownConstants: [ONNX.Tensor: Value] = [:]
    private var knownNodes: [[UInt8]: [Value]] = [:]
    private var count = 0
    private(set) var inputs: [ONNX.Port] = []

    /// Called now and then by who makes the graph; ends the work by throwing.
    let check: () throws -> Void

    /// A graph whose names start with `prefix`; a graph inside another needs its own.
    init(prefix: String = "", check: @escaping () throws -> Void = {}) {
        self.prefix = prefix
        self.check = check
    }

    /// Declares an input.
    func input(_ name: String, _ type: ONNX.ElementType, shape: [Int?]) -> Value {
        inputs.append(ONNX.Port(name: name, type: type, shape: shape))
        return Value(name: name)
    }

    /// A constant.
    func constant(_ tensor: ONNX.Tensor) -> Value {
        if let known = knownConstants[tensor] { return known }
        let value = Value(name: newName("constant"))
        constants.append((value.name, tensor))
        knownConstants[tensor] = value
        return value
    }

    /// The first output of an operator.
    func node(
        _ operation: String, _ inputs: [Value], _ attributes: [(String, ONNX.Attribute)] = [], domain: String = "",
        name: String? = nil
    ) -> Value {
        nodes(operation, inputs, outputs: 1, attributes, domain: domain, name: name)[0]
    }

    /// All outputs of an operator. `name` is what a runtime calls it when it fails.
    func nodes(
        _ operation: String, _ inputs: [Value], outputs: Int, _ attributes: [(String, ONNX.Attribute)] = [],
        domain: String = "", name: String? = nil
    ) -> [Value] {
        var body = WireWriter()
        body.string(4, operation)
        for (name, attribute) in attributes { body.data(5, attribute.encoded(name: name)) }
        if !domain.isEmpty { body.string(7, domain) }
        var head = WireWriter()
        for input in inputs { head.string(1, input.name) }
        let key = head.bytes + body.bytes
        if let known = knownNodes[key] { return known }
        let results = (0..<outputs).map { _ in Value(name: newName(operation)) }
        for result in results { head.string(2, result.name) }
        // Names that begin like the column's are what people see in a runtime's errors.
        head.string(3, name.map { "\($0) (\(results[0].name))" } ?? results[0].name)
        nodes.append(head.bytes + body.bytes)
        knownNodes[key] = results
        return results
    }

    /// Gives `value` a name of its own, that of an output.
    func output(_ value: Value, named name: String) {
        var node = WireWriter()
        node.string(1, value.name)
        node.string(2, name)
        node.string(3, "output \(name)")
        node.string(4, "Identity")
        nodes.append(node.bytes)
    }

    /// A `GraphProto`.
    func encoded(name: String, outputs: [ONNX.Port]) -> [UInt8] {
        var writer = WireWriter()
        for node in nodes { writer.data(1, node) }
        writer.string(2, name)
        for constant in constants { writer.data(5, constant.tensor.encoded(name: constant.name)) }
        for input in inputs { writer.data(11, input.encoded()) }
        for output in outputs { writer.data(12, output.encoded()) }
        return writer.bytes
    }

    private func newName(_ operation: String) -> String {
        count += 1
        return "\(prefix)\(operation)_\(count)"
    }
}
