internal import Foundation
internal import Learners
internal import Synchronization

/// A file that tells, after a trap or fault has ended a process, which signal it was, on which thread, and which trials were
/// being trained.
///
/// The record is kept ready in memory, one line a slot; the signal's handler fills in the signal and the thread's name and
/// writes it in one call. The file has its size beforehand, so that a full disk does not matter.
public final class CrashRecord: Sendable {
    /// How a process ended.
    struct Crash: Hashable {
        /// The worker of the process.
        var worker: String
        /// The signal's name, such as `SIGILL`.
        var signal: String
        /// The name of the thread that met it.
        var thread: String
        /// What was being trained, by slot.
        var trials: [Int: TrialKey]

        /// Whether the signal tells of the very instruction that failed; else what failed may have been done elsewhere.
        private var isExact: Bool { ["SIGILL", "SIGTRAP", "SIGFPE"].contains(signal) }

        /// The trial that the thread worked for.
        var trial: TrialKey? { Slots.slot(ofThread: thread).flatMap { trials[$0] } }

        /// Whether it is known what ended the process: a trial, or something that is none.
        var isExplained: Bool { trial != nil || isExact }
    }

    /// How the process before ended; nil where it left no word.
    let previous: Crash?
    private let page: CrashPage
    private let slots: Int

    /// Opens the record at `path`, made where it is not there, for a process that trains so many trials at a time.
    /// - Throws: `.unavailable` where the file cannot be opened.
    public init(path: String, slots: Int) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw PlatformError(.unavailable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        self.slots = max(1, slots)
        page = CrashPage(file: file, lines: self.slots)
        previous = page.read().flatMap(CrashRecord.parse)
    }

    /// Forgets how the process before ended, and from now on takes down how this one does. The record stays until the
    /// process ends.
    func arm(worker: String) {
        page.clear(worker: worker)
        page.install()
    }

    /// The trial is being trained in the slot, or none is.
    func note(_ trial: TrialKey?, slot: Int) {
        guard (0..<slots).contains(slot) else { return }
        page.setLine(slot, trial.map { "trial \(slot) \($0.experimentID) \($0.index)" } ?? "")
    }

    private static func parse(_ text: String) -> Crash? {
        var fields: [String: String] = [:]
        var trials: [Int: TrialKey] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.count == 2 { fields[words[0]] = words[1] }
            if words.count == 4, words[0] == "trial", let slot = Int(words[1]), let index = Int(words[3]) {
                trials[slot] = TrialKey(experimentID: words[2], index: index)
            }
        }
        guard let worker = fields["worker"], let number = fields["signal"].flatMap({ Int32($0) }) else { return nil }
        return Crash(
            worker: worker, signal: CrashPage.signals[number] ?? "signal \(number)", thread: fields["thread"] ?? "",
            trials: trials)
    }
}

/// The bytes of a crash record, and its signals' handler.
///
/// Sendable by hand: lines are written by the thread that has the slot, and read by the handler alone, in whatever state they are.
private final class CrashPage: @unchecked Sendable {
    static let signals = [
        SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
        SIGABRT: "SIGABRT",
    ]

    private static let lineSize = 128
    /// Lines before those of the slots: the worker, the signal, the thread.
    private static let headLines = 3
    private static let signalOffset = lineSize + 7
    private static let threadOffset = 2 * lineSize + 7

    private let bytes: UnsafeMutableRawBufferPointer
    private let file: Int32
    private let isInstalled = Atomic<Bool>(false)

    init(file: Int32, lines: Int) {
        self.file = file
        let size = (CrashPage.headLines + lines) * CrashPage.lineSize
        bytes = .allocate(byteCount: size, alignment: 64)
        blank()
    }

    deinit {
        // What the handler may use stays.
        if isInstalled.load(ordering: .relaxed) { return }
        bytes.deallocate()
        close(file)
    }

    /// What is in the file, as long as it is not larger than a record can be.
    func read() -> String? {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(file, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    func clear(worker: String) {
        blank()
        // Blank on the disk, with all the room it needs.
        _ = pwrite(file, bytes.baseAddress, bytes.count, 0)
        _ = ftruncate(file, off_t(bytes.count))
        set(0, "worker \(worker)")
        set(1, "signal ")
        set(2, "thread ")
    }

    func setLine(_ index: Int, _ text: String) { set(CrashPage.headLines + index, text) }

    private func blank() {
        bytes.initializeMemory(as: UInt8.self, repeating: 0x20)
        for end in stride(from: CrashPage.lineSize - 1, to: bytes.count, by: CrashPage.lineSize) { bytes[end] = 0x0a }
    }

    private func set(_ line: Int, _ text: String) {
        let room = CrashPage.lineSize - 1
        let start = line * CrashPage.lineSize
        let utf8 = Array(text.utf8.prefix(room))
        for place in 0..<room { bytes[start + place] = place < utf8.count ? utf8[place] : 0x20 }
    }

    func install() {
        guard isInstalled.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        CrashHandler.page = bytes.baseAddress
        CrashHandler.size = bytes.count
        CrashHandler.file = file
        CrashHandler.signalPlace = CrashPage.signalOffset
        CrashHandler.threadPlace = CrashPage.threadOffset
        CrashHandler.threadRoom = 3 * CrashPage.lineSize - 1 - CrashPage.threadOffset
        // Made ready for the handler.
        _ = ThreadName.current
        let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 64)
        previous.initialize(repeating: sigaction(), count: 64)
        CrashHandler.previous = previous
        for signal in CrashPage.signals.keys {
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = { signal, info, _ in CrashHandler.handle(signal, info) }
            action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK
            sigaction(signal, &action, previous + Int(signal))
        }
    }
}

/// What runs in the process's last moment: it touches prepared memory and calls only what may be called in a handler.
private enum CrashHandler {
    // Set once, before the handler is there.
    nonisolated(unsafe) static var page: UnsafeMutableRawPointer?
    nonisolated(unsafe) static var size = 0
    nonisolated(unsafe) static var file: Int32 = -1
    nonisolated(unsafe) static var signalPlace = 0
    nonisolated(unsafe) static var threadPlace = 0
    nonisolated(unsafe) static var threadRoom = 0
    nonisolated(unsafe) static var previous: UnsafeMutablePointer<sigaction>?

    static func handle(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
        let code = info?.pointee.si_code ?? 0
        // One that another process sent explains nothing.
        let isOwn = code > 0 || info?.pointee._sifields._kill.si_pid == getpid()
        if isOwn, let page {
            page.storeBytes(
                of: UInt8(truncatingIfNeeded: 48 &+ signal / 10), toByteOffset: signalPlace, as: UInt8.self)
            page.storeBytes(
                of: UInt8(truncatingIfNeeded: 48 &+ signal % 10), toByteOffset: signalPlace &+ 1, as: UInt8.self)
            // Blanks to the end, where another thread that failed at the same moment may have left its name.
            var name = ThreadName.current
            for place in 0..<threadRoom {
                let character = name?[place] ?? 0
                if character == 0 { name = nil }
                page.storeBytes(
                    of: character == 0 ? 0x20 : character, toByteOffset: threadPlace &+ place, as: CChar.self)
            }
            _ = pwrite(file, page, size, 0)
        }
        // As if this handler had not been there: the failed instruction fails again, anything else is sent again.
        if let previous { sigaction(signal, previous + Int(signal), nil) }
        if code > 0, signal != SIGTRAP { return }
        raise(signal)
    }
}
