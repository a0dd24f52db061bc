import Foundation
import Tabular

/// onnxruntime, in the Python that `MARTLET_TEST_PYTHON` names; `scripts/python-tools.sh` makes one.
enum OnnxRuntime {
    static let python = ProcessInfo.processInfo.environment["MARTLET_TEST_PYTHON"] ?? ""
    static let isThere = !python.isEmpty
    static let absence = "MARTLET_TEST_PYTHON names no Python with onnxruntime and numpy"

    /// What a file predicts for a table.
    struct Outputs: Decodable {
        var label: [String]?
        var probabilities: [[Double]]?
        var prediction: [[Double]]?
        var error: String?
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Support/Python/run_onnx.py").standardizedFileURL.path

    /// Runs `model` on the columns of `table`, each as its text or its numbers.
    static func run(_ model: [UInt8], on table: Table) throws -> Outputs {
        try run(model, columns: Dictionary(uniqueKeysWithValues: table.columns.map { ($0.name, cells($0)) }))
    }

    /// Runs `model` on these cells.
    static func run(_ model: [UInt8], columns: [String: [Any]]) throws -> Outputs {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-onnx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("model.onnx")
        let input = folder.appendingPathComponent("input.json")
        try Data(model).write(to: file)
        try JSONSerialization.data(withJSONObject: columns).write(to: input)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script, file.path]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Outputs.self, from: data)
    }

    private static func cells(_ column: Column) -> [Any] {
        (0..<column.count).map { row -> Any in
            let isMissing = column.isMissing(row)
            switch column.storage {
            case .integers(let values): return isMissing ? NSNull() : values[row]
            case .doubles(let values): return isMissing ? NSNull() : values[row]
            case .booleans(let bits): return isMissing ? "" : column.booleanLabels[bits[row]]
            case .dates(let days): return isMissing ? "" : DateText.date(days[row])
            case .datetimes(let microseconds): return isMissing ? "" : DateText.datetime(microseconds[row])
            case .strings(let codes, let levels): return codes[row] < 0 ? "" : levels[Int(codes[row])]
            }
        }
    }
}
