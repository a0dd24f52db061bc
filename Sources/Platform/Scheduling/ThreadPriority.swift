internal import Glibc

/// Which threads the system runs first.
enum ThreadPriority {
    /// How much nicer threads are that give way.
    private static let steps: Int32 = 10

    /// Has the calling thread, and those that it begins, run after the process's other threads where processors are scarce.
    /// It must leave it to `Herald` to wake tasks.
    static func giveWay() {
        // Begun here at the latest, by a thread that does not give way yet.
        _ = Herald.shared
        // On Linux these are properties of a thread, and 0 is the calling one.
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
        _ = setpriority(which, 0, min(19, getpriority(which, 0) + steps))
    }
}
