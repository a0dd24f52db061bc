import Testing

@testable import AutoML

/// The examples of the format's own description, and its edges.
@Suite struct WireWriterTests {
    private func bytes(_ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        body(&writer)
        return writer.bytes
    }

    @Test func numbersAreVarints() {
        #expect(bytes { $0.integer(1, 150) } == [0x08, 0x96, 0x01])
        #expect(bytes { $0.integer(1, 0) } == [0x08, 0x00])
        #expect(bytes { $0.integer(2, 127) } == [0x10, 0x7F])
        #expect(bytes { $0.integer(20, 1) } == [0xA0, 0x01, 0x01])
        #expect(bytes { $0.integer(1, -2) } == [0x08, 0xFE] + [UInt8](repeating: 0xFF, count: 8) + [0x01])
        #expect(bytes { $0.integer(1, .max) } == [0x08] + [UInt8](repeating: 0xFF, count: 8) + [0x7F])
    }

    @Test func textMessagesAndPackedNumbersHaveALength() {
        #expect(bytes { $0.string(2, "testing") } == [0x12, 0x07] + Array("testing".utf8))
        #expect(bytes { $0.message(3) { $0.integer(1, 150) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
        #expect(bytes { $0.packed(6, [3, 270, 86_942]) } == [0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05])
        #expect(bytes { $0.packed(6, []) }.isEmpty)
        #expect(bytes { $0.data(1, [UInt8](repeating: 7, count: 200)) }.prefix(3) == [0x0A, 0xC8, 0x01])
    }

    @Test func aTensorHasShapeTypeAndRawValues() {
        let tensor = ONNX.Tensor.doubles([1, -0.5], shape: [1, 2])
        #expect(
            tensor.encoded(name: "t")
                == [0x0A, 2, 1, 2, 0x10, 11, 0x4A, 16, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0xE0, 0xBF]
                + [0x42, 1, 0x74])
    }

    @Test func whatIsThereIsNotWrittenAgain() {
        let graph = ONNXGraph()
        let input = graph.input("x", .double, shape: [nil, 1])
        let first = graph.add(input, graph.number(1))
        #expect(graph.add(input, graph.number(1)) == first)
        #expect(graph.add(input, graph.number(2)) != first)
        #expect(graph.number(1) != graph.integer(1))
    }
}
