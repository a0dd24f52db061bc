import AutoML
import CommandLine
import Foundation

/// `martlet export`: a model in a form that other programs, or machines without Martlet, can use.
enum ExportCommand {
    static let onnx = Option<String?>.text(
        "onnx", value: "FILE", help: "Write an ONNX file, from the columns of a table to label and probabilities")

    static let command = Command(
        "export", summary: "Writes a model for use elsewhere",
        discussion: """
            An ONNX file has an input for each column that the model needs, [rows, 1], of strings or doubles; NaN and the
            empty string are missing. Its outputs are label and probabilities, or prediction. What ONNX cannot hold is
            an error that names the column.
            """,
        operands: [.init("MODEL", help: "A model that train wrote")],
        options: [onnx.declaration],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let model = try ModelFile.load(invocation.operands[0])
        guard let path = invocation[onnx] else { throw UsageError("--onnx FILE says what is to be written") }
        try Files.checkWritable(path, option: "onnx")
        let bytes = try model.onnx()
        try Files.write(bytes, to: path)
        Console().print("ONNX written to \(path) (\(Format.bytes(bytes.count)))")
        return 0
    }
}
