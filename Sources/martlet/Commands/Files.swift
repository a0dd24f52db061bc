import CommandLine
import Foundation
import StandardIO

/// Files that commands write.
enum Files {
    /// Something a command reads or writes: the words that name it on the command line, and its path.
    typealias Named = (words: String, path: String?)

    /// Fails early, before hours are spent on what belongs in them, where one of the outputs cannot be written, or is an input
    /// or another output too. Inputs may be `-` and `example:NAME`; an output without a path is standard output.
    static func check(_ outputs: [Named], inputs: [Named]) throws {
        var known: [FileIdentity: String] = [:]
        for (words, path) in inputs {
            guard let path, !path.hasPrefix("example:") else { continue }
            if let file = path == "-" ? FileIdentity(descriptor: 0) : FileIdentity(path: path) { known[file] = words }
        }
        var paths: [String: String] = [:]
        for (words, path) in outputs {
            if let path { try checkWritable(path, words) }
            let file = path.map { FileIdentity(path: $0) } ?? FileIdentity(descriptor: 1)
            if let file {
                if let other = known[file] { throw UsageError(clash(words, path, other)) }
                if path != nil { known[file] = words }
            }
            // Two that are not there yet.
            if let path {
                let standard = URL(fileURLWithPath: path).standardizedFileURL.path
                if let other = paths[standard], !isSpecial(path) { throw UsageError(clash(words, path, other)) }
                paths[standard] = words
            }
        }
    }

    private static func clash(_ words: String, _ path: String?, _ other: String) -> String {
        "\(words)\(path.map { " \($0)" } ?? "") is the same file as \(other)"
    }

    private static func isSpecial(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path) && FileIdentity(path: path) == nil
    }

    private static func checkWritable(_ path: String, _ words: String) throws {
        let files = FileManager.default
        var isDirectory: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isDirectory) {
            if isDirectory.boolValue { throw UsageError("\(words): \(path) is a folder") }
            // A device, a pipe or a descriptor is written into.
            guard FileIdentity(path: path) != nil else {
                guard files.isWritableFile(atPath: path) else {
                    throw UsageError("\(words): \(path) cannot be written to")
                }
                return
            }
        }
        let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        guard files.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw UsageError("\(words): there is no folder \(folder)")
        }
        guard files.isWritableFile(atPath: folder) else {
            throw UsageError("\(words): the folder \(folder) cannot be written to")
        }
    }
}

/// A run that failed for a reason other than its arguments or input.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
