internal import Glibc
internal import Synchronization

/// The signals that end a process from outside, and how it ends by them.
public enum Signals {
    /// The program's name as it stands in messages; set once, before there are other threads.
    private nonisolated(unsafe) static var program: StaticString = ""
    private static let hangUpIsIgnored = Atomic<Bool>(false)

    /// What is handled: interrupt, termination, and a terminal that hangs up unless whoever started the process had that
    /// ignored, as `nohup` does.
    public static var ending: [Int32] {
        hangUpIsIgnored.load(ordering: .relaxed) ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
    }

    /// From now on these signals remove unfinished files, say one line, and end the process as they would have done: its
    /// parent sees the signal, a shell 128 and its number. Writing into a closed pipe, or beyond a limit of size, is an
    /// error of the write.
    public static func handle(program: StaticString) {
        self.program = program
        // Both are set up here, for a handler must not.
        UnfinishedFile.removeAll()
        var old = sigaction()
        sigaction(SIGHUP, nil, &old)
        let isIgnored =
            unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        hangUpIsIgnored.store(isIgnored, ordering: .relaxed)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for number in ending + [SIGQUIT, SIGXCPU] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Signals.end(by: $0) }
            sigfillset(&action.sa_mask)
            sigaction(number, &action, nil)
        }
    }

    /// Ends the process by a signal; safe in a handler.
    public static func end(by number: Int32) {
        UnfinishedFile.removeAll()
        say(program)
        say(": stopped by ")
        switch number {
        case SIGINT: say("SIGINT")
        case SIGTERM: say("SIGTERM")
        case SIGHUP: say("SIGHUP")
        case SIGQUIT: say("SIGQUIT")
        default: say("a signal")
        }
        say("\n")
        // One that another thread has just made.
        UnfinishedFile.removeAll()
        signal(number, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        raise(number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        _exit(128 + number)
    }

    /// Ends the process at once, wherever its threads are, without unfinished files.
    public static func exit(_ status: Int32) -> Never {
        UnfinishedFile.removeAll()
        _exit(status)
    }

    private static func say(_ text: StaticString) {
        text.withUTF8Buffer { _ = write(2, $0.baseAddress, $0.count) }
    }
}
