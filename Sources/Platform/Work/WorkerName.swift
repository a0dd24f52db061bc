internal import Foundation

/// Names of workers: the machine's, the process's number, and four random letters or digits, since a container's process
/// has the same number after every start.
enum WorkerName {
    static func make() -> String {
        let host = ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init) ?? "host"
        let random = String((0..<4).map { _ in "0123456789abcdefghjkmnpqrstvwxyz".randomElement() ?? "0" })
        return "\(host)-\(ProcessInfo.processInfo.processIdentifier)-\(random)"
    }
}
