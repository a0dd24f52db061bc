internal import CNetwork
internal import Glibc

/// What waits for a descriptor; called on the loop's thread.
protocol PollTarget: AnyObject {
    /// The descriptor is ready for what it was watched for, or has failed.
    func ready(_ events: PollEvents)
    /// The loop ends: everything is to be closed now.
    func loopStopped()
}

/// What a descriptor is watched for and ready for.
struct PollEvents: OptionSet {
    let rawValue: UInt32

    static let read = PollEvents(rawValue: network_epoll_in)
    static let write = PollEvents(rawValue: network_epoll_out)
    /// Nothing but failures, which are told of with the others too.
    static let failure = PollEvents(rawValue: network_epoll_error)
}

/// The descriptors a loop watches, level-triggered, and the event that wakes it.
final class Poller {
    private struct Slot {
        var target: (any PollTarget)?
        var events: PollEvents = []
        var generation: UInt32 = 0
    }

    private static let wakeMark = UInt64.max
    private let epoll: Int32
    private let wakeEvent: Int32
    private var slots: [Slot] = []
    private var events = [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(NetworkError) {
        epoll = network_epoll_create()
        guard epoll >= 0 else { throw .system("epoll_create1") }
        wakeEvent = network_eventfd()
        // Edge-triggered, so that the event need never be read.
        guard wakeEvent >= 0,
            network_epoll_ctl(
                epoll, EPOLL_CTL_ADD, wakeEvent, network_epoll_in | network_epoll_edge, Poller.wakeMark) == 0
        else {
            let error = NetworkError.system("eventfd")
            if wakeEvent >= 0 { close(wakeEvent) }
            close(epoll)
            throw error
        }
    }

    deinit {
        close(wakeEvent)
        close(epoll)
    }

    /// Ends the present or next `wait`; from any thread.
    func wake() { _ = eventfd_write(wakeEvent, 1) }

    /// Watches a descriptor for `events`, or for others than before; nothing to watch for takes it out of the watched, so
    /// that a peer's end does not keep the loop busy.
    func watch(_ descriptor: Int32, for events: PollEvents, target: any PollTarget) throws(NetworkError) {
        let index = Int(descriptor)
        while slots.count <= index { slots.append(Slot()) }
        let isKnown = slots[index].target != nil
        if isKnown, slots[index].events == events { return }
        let operation: Int32
        if events.isEmpty {
            operation = EPOLL_CTL_DEL
        } else {
            operation = isKnown && !slots[index].events.isEmpty ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
        }
        slots[index].target = target
        slots[index].events = events
        if operation == EPOLL_CTL_DEL && !isKnown { return }
        let mark = UInt64(slots[index].generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        guard network_epoll_ctl(epoll, operation, descriptor, events.rawValue, mark) == 0 else {
            throw .system("epoll_ctl")
        }
    }

    /// Watches the descriptor no longer and closes it; events already on their way to its target are dropped.
    func release(_ descriptor: Int32) {
        let index = Int(descriptor)
        if slots.indices.contains(index) {
            slots[index] = Slot(target: nil, events: [], generation: slots[index].generation &+ 1)
        }
        close(descriptor)
    }

    /// Waits at most so long (-1: for ever) and calls the targets that are ready.
    func wait(milliseconds: Int32, afterwards: () -> Void) {
        let count = epoll_wait(epoll, &events, Int32(events.count), milliseconds)
        afterwards()
        guard count > 0 else { return }
        for place in 0..<Int(count) {
            let mark = withUnsafePointer(to: events[place]) { network_event_mark($0) }
            if mark == Poller.wakeMark { continue }
            let index = Int(UInt32(truncatingIfNeeded: mark))
            guard slots.indices.contains(index), slots[index].generation == UInt32(mark >> 32) else { continue }
            slots[index].target?.ready(PollEvents(rawValue: events[place].events))
        }
    }

    /// Every target watched or known.
    var targets: [any PollTarget] { slots.compactMap(\.target) }
}
