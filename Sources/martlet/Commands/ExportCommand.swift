import AutoML
import CommandLine
import Foundation
import StandardIO

/// `martlet export`: a model in a form that other programs, or machines without Martlet, can use.
enum ExportCommand {
    static let onnx = Option<String?>.text(
        "onnx", value: "FILE", help: "Write an ONNX file, from the columns of a table to label and probabilities")

    static let portable = Option<String?>.text(
        "portable", value: "DIR",
        help: "Write a folder with the model and a program that predicts with nothing else there")

    static let command = Command(
        "export", summary: "Writes a model for use elsewhere",
        discussion: """
            An ONNX file has an input for each column that the model needs, [rows, 1], of strings or doubles; NaN and the
            empty string are missing. Its outputs are label and probabilities, or prediction. What ONNX cannot hold is
            an error that names the column.

            A portable folder holds the model and martlet-predict, a program for Linux that needs no other file: it reads
            CSV or JSON lines and writes predictions.
            """,
        operands: [.init("MODEL", help: "A model that train wrote")],
        options: [onnx.declaration, portable.declaration],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        guard invocation[onnx] != nil || invocation[portable] != nil else {
            throw UsageError("--onnx FILE or --portable DIR says what is to be written")
        }
        let path = invocation.operands[0]
        let model = try ModelFile.load(path)
        if let file = invocation[onnx] { try Files.check([("--onnx", file)], inputs: [("the model", path)]) }
        if let folder = invocation[portable] { try PortableFolder.check(folder, model: path) }
        let console = Console()
        if let file = invocation[onnx] {
            let bytes = try model.onnx()
            try OutputFile.write(bytes, to: file)
            console.print("ONNX written to \(file) (\(Format.bytes(bytes.count)))")
        }
        if let folder = invocation[portable] {
            let bytes = try model.encoded()
            let size = try PortableFolder.write(model, bytes: bytes, to: folder)
            console.print(
                "Model (\(Format.bytes(bytes.count))) and program (\(Format.bytes(size))) written to \(folder)")
        }
        return 0
    }
}
