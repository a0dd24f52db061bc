import Foundation
import StandardIO

/// Standard output and error of this process: whole lines, a status line that is redrawn, colours where a person looks.
final class Console: @unchecked Sendable {
    /// Whether standard output is a terminal that understands escape sequences.
    let isTerminal: Bool
    private let lock = NSLock()
    private var status = ""

    init() {
        let dumb = ["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"] ?? "")
        isTerminal = isatty(1) == 1 && !dumb
    }

    /// Columns of the terminal; 80 where there is none.
    var width: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Prints lines above the status line.
    func print(_ text: String) {
        lock.withLock {
            StandardStreams.print((status.isEmpty ? "" : "\r\u{1b}[K") + text + "\n" + status)
        }
    }

    /// Prints a line that may be lost: a server goes on without it.
    static func notice(_ text: String) { StandardStreams.notice(text + "\n") }

    /// Redraws the status line; nothing where standard output is not a terminal.
    func showStatus(_ text: String) {
        guard isTerminal else { return }
        lock.withLock {
            status = String(text.prefix(max(10, width - 1)))
            StandardStreams.print("\r\u{1b}[K" + status)
        }
    }

    /// Removes the status line.
    func clearStatus() {
        lock.withLock {
            guard !status.isEmpty else { return }
            status = ""
            StandardStreams.print("\r\u{1b}[K")
        }
    }

    /// Prints a line to standard error.
    static func printError(_ text: String) { StandardStreams.printError(text + "\n") }

    /// Text in bold where a person looks.
    func bold(_ text: String) -> String { isTerminal ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
}
