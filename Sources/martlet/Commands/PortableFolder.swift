import AutoML
import CommandLine
import Foundation
import Learners
import StandardIO
import Tabular

/// A folder with a model, a program that predicts with it and needs nothing else, and a few lines that say how.
enum PortableFolder {
    static let programName = "martlet-predict"
    private static let modelName = "model.martlet"

    /// Throws `UsageError` where writing the folder would replace the model that it is made from, or the program.
    static func check(_ path: String, model: String) throws {
        let folder = URL(fileURLWithPath: path)
        var inputs: [Files.Named] = [("the model", model)]
        if let program = try? findProgram() { inputs.append(("the program", program)) }
        for name in [modelName, programName] {
            let file = folder.appendingPathComponent(name).path
            if FileIdentity(path: file) != nil { try Files.check([("--portable:", file)], inputs: inputs) }
        }
    }

    /// Writes the folder; of a folder that is there, only the files of these names are replaced.
    /// - Returns: the program's size in bytes.
    static func write(_ model: ModelArtifact, bytes: [UInt8], to path: String) throws -> Int {
        let program = try findProgram()
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            throw UsageError("--portable: \(path) is a file, not a folder")
        }
        let folder = URL(fileURLWithPath: path)
        do {
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw UsageError("--portable: the folder \(path) cannot be made: \(error.localizedDescription)")
        }
        guard let content = files.contents(atPath: program) else { throw CommandFailure("cannot read \(program)") }
        try OutputFile.write(bytes, to: folder.appendingPathComponent(modelName).path)
        try OutputFile.write(Array(readme(model).utf8), to: folder.appendingPathComponent("README").path)
        let copy = folder.appendingPathComponent(programName).path
        try OutputFile.write([UInt8](content), to: copy)
        guard chmod(copy, 0o755) == 0 else { throw CommandFailure("cannot make \(copy) executable") }
        return content.count
    }

    /// The program, beside this one or where `make install` puts it.
    private static func findProgram() throws -> String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [
            own.appendingPathComponent(programName),
            own.deletingLastPathComponent().appendingPathComponent("libexec/martlet/\(programName)"),
        ].map(\.path)
        guard let found = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw CommandFailure("\(programName) is neither at \(places.joined(separator: " nor at "))")
        }
        return found
    }

    private static func readme(_ model: ModelArtifact) -> String {
        let header = model.header
        let columns = header.schema.columns.map(\.name).joined(separator: ", ")
        return """
            Predicts \(header.target) (\(header.task.rawValue)) on Linux x86-64; nothing needs to be installed.
            ./martlet-predict TABLE.csv > predictions.csv, or lines of JSON: ./martlet-predict < ROWS.jsonl
            It needs these columns, in any order: \(columns)

            """
    }
}
