import CommandLine
import Examples
import Foundation
import StandardIO
import Tabular

/// A table named on the command line: a file, `example:NAME`, or `-` for standard input.
enum DataArgument {
    static let operand = Command.Operand(
        "DATA", help: "A table: CSV (plain, gzip, zstd) or Excel, example:NAME, or - for standard input")

    /// Where the named table's bytes are; throws `UsageError` for a name that leads nowhere.
    static func source(_ name: String) throws -> TableSource {
        if name == "-" { return .bytes(try StandardStreams.readInput()) }
        if name.hasPrefix("example:") {
            let wanted = String(name.dropFirst("example:".count))
            guard let example = ExampleTable.named(wanted) else {
                let names = ExampleTable.all.map(\.name).joined(separator: ", ")
                throw UsageError("there is no example “\(wanted)”: there are \(names)")
            }
            return .bytes(example.bytes)
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
            throw UsageError("\(name): there is no such file")
        }
        guard !isDirectory.boolValue else { throw UsageError("\(name) is a folder, not a table") }
        return .file(name)
    }
}
