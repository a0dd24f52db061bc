import CCoverage
import Foundation
import Synchronization

/// Something that must not be, found with an input.
struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Keeps the input under way in a file, so that it is there after a crash, and ends the process where one takes too long.
final class Watch: Sendable {
    /// How long an input may take, in seconds: a sanitised debug build on a busy machine is slow.
    private static let limit = 120.0
    /// The most memory that the process may hold, in bytes.
    private static let memory = 3 << 30

    private let path: String
    private let began = Mutex<Date?>(nil)

    /// - Parameters:
    ///   - folder: where inputs are kept.
    ///   - mode: the mode's name, which the files' names begin with.
    init(folder: String, mode: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = "\(folder)/\(mode)"
        Thread.detachNewThread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 1)
                guard let start = began.withLock({ $0 }), Date().timeIntervalSince(start) > Watch.limit else {
                    continue
                }
                say("HANG: more than \(Int(Watch.limit)) s; the input is \(path).current")
                abort()
            }
        }
    }

    /// Does `work` with an input. Throws what it throws, and a `Finding` where too much memory is held afterwards.
    func during(_ input: [UInt8], _ work: () throws -> Void) throws {
        try Data(input).write(to: URL(fileURLWithPath: path + ".current"))
        began.withLock { $0 = Date() }
        defer { began.withLock { $0 = nil } }
        try work()
        if let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            .dropFirst().first,
            let count = Int(pages), count > Watch.memory / 4096
        {
            throw Finding("\(count / 256) MiB are held")
        }
    }

    /// Keeps an input for good and returns where.
    func keep(_ input: [UInt8], index: Int) throws -> String {
        let kept = "\(path).\(index)"
        try Data(input).write(to: URL(fileURLWithPath: kept))
        return kept
    }

    /// The last input was harmless.
    func end() { try? FileManager.default.removeItem(atPath: path + ".current") }

    /// Repeats `work` and throws a `Finding` where memory stays of each time.
    static func checkLeaks(_ name: String, times: Int = 300, _ work: () throws -> Void) throws {
        for _ in 0..<50 { try work() }
        let before = coverage_allocated_bytes()
        for _ in 0..<times { try work() }
        let grown = Int(coverage_allocated_bytes()) - Int(before)
        // What threads and caches hold for themselves is more or less by some kilobytes.
        if grown > times * 128 + 32_768 { throw Finding("\(name): \(grown / times) bytes stay of each call") }
    }
}

/// Prints a line at once: there may be no later.
func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}
