/// The part of `onnx.proto` that Martlet writes; field numbers as there (github.com/onnx/onnx, `onnx/onnx.proto`).
enum ONNX {
    /// `ModelProto.ir_version`: 9 came with ONNX 1.15 (2023).
    static let irVersion: Int64 = 9
    /// The version of the operators without a domain; 20 came with ONNX 1.15 and brought operators on strings.
    static let operatorSet: Int64 = 20
    /// The version of the operators of `ai.onnx.ml`; 3 came with ONNX 1.11 and brought trees of doubles.
    static let learningOperatorSet: Int64 = 3
    /// The domain of trees and label encoders.
    static let learningDomain = "ai.onnx.ml"
    /// Protocol buffers hold no more bytes in one message.
    static let largestFile = Int(Int32.max)

    /// `TensorProto.DataType`.
    enum ElementType: Int64 {
        case float = 1
        case int64 = 7
        case string = 8
        case bool = 9
        case double = 11
    }

    /// Constant values with a shape.
    enum Tensor: Hashable {
        case floats([Float], shape: [Int])
        case doubles([Double], shape: [Int])
        case integers([Int64], shape: [Int])
        case strings([String], shape: [Int])

        /// A `TensorProto`.
        func encoded(name: String) -> [UInt8] {
            var writer = WireWriter()
            func head(_ shape: [Int], _ type: ElementType) {
                writer.packed(1, shape.map(Int64.init))
                writer.integer(2, type.rawValue)
            }
            switch self {
            case .floats(let values, let shape):
                head(shape, .float)
                writer.data(9, Tensor.raw(values))
            case .doubles(let values, let shape):
                head(shape, .double)
                writer.data(9, Tensor.raw(values))
            case .integers(let values, let shape):
                head(shape, .int64)
                writer.data(9, Tensor.raw(values))
            case .strings(let values, let shape):
                head(shape, .string)
                for value in values { writer.string(6, value) }
            }
            if !name.isEmpty { writer.string(8, name) }
            return writer.bytes
        }

        /// The numbers' bytes, lowest first, as `raw_data` has them.
        private static func raw<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
            values.withUnsafeBytes { [UInt8]($0) }
        }
    }

    /// A named setting of an operator.
    enum Attribute {
        case integer(Int64)
        case string(String)
        case integers([Int64])
        case strings([String])
        case tensor(Tensor)
        case graph([UInt8])

        /// An `AttributeProto`.
        func encoded(name: String) -> [UInt8] {
            var writer = WireWriter()
            writer.string(1, name)
            switch self {
            case .integer(let value):
                writer.integer(3, value)
                writer.integer(20, 2)
            case .string(let value):
                writer.string(4, value)
                writer.integer(20, 3)
            case .tensor(let value):
                writer.data(5, value.encoded(name: ""))
                writer.integer(20, 4)
            case .graph(let value):
                writer.data(6, value)
                writer.integer(20, 5)
            case .integers(let values):
                writer.packed(8, values)
                writer.integer(20, 7)
            case .strings(let values):
                for value in values { writer.string(9, value) }
                writer.integer(20, 8)
            }
            return writer.bytes
        }
    }

    /// An input or output of a graph: a tensor's name, elements and shape, nil for a number of rows known later.
    struct Port {
        var name: String
        var type: ElementType
        var shape: [Int?]

        /// A `ValueInfoProto`.
        func encoded() -> [UInt8] {
            var writer = WireWriter()
            writer.string(1, name)
            writer.message(2) { type in
                type.message(1) { tensor in
                    tensor.integer(1, self.type.rawValue)
                    tensor.message(2) { shape in
                        for size in self.shape {
                            shape.message(1) { dimension in
                                if let size {
                                    dimension.integer(1, Int64(size))
                                } else {
                                    dimension.string(2, "rows")
                                }
                            }
                        }
                    }
                }
            }
            return writer.bytes
        }
    }
}
