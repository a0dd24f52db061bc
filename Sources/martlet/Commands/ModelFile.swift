import AutoML
import CommandLine
import Foundation

/// Models in files.
enum ModelFile {
    /// The model at `path`; throws `UsageError` for a file that is not there or is no sound model.
    static func load(_ path: String) throws -> ModelArtifact {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("\(path): there is no such model")
        }
        return try decode([UInt8](data), path: path)
    }

    /// The model in these bytes, which came from `path`.
    static func decode(_ bytes: [UInt8], path: String) throws -> ModelArtifact {
        do {
            return try ModelArtifact(loading: bytes)
        } catch let error as AutoMLError {
            throw UsageError("\(path): \(error)")
        }
    }

    /// The file's bytes where it begins as a model does; nil for anything else.
    static func bytesIfModel(_ path: String) -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        let magic = Array(ModelArtifact.magic.utf8)
        guard let start = try? file.read(upToCount: magic.count), start.elementsEqual(magic) else { return nil }
        return FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
}
