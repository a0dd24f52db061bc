internal import Glibc

/// What the system says of this process, read from `/proc` at every collection.
public enum ProcessMetrics {
    static let cpu = Measure.counter("process_cpu_seconds_total", "Processor time used, in user and system mode")
    static let resident = Measure.gauge(
        "process_resident_memory_bytes", "Memory of the process that is in the machine’s")
    static let virtual = Measure.gauge("process_virtual_memory_bytes", "Addresses that are mapped")
    static let openFiles = Measure.gauge("process_open_fds", "File descriptors in use")
    static let mostFiles = Measure.gauge("process_max_fds", "File descriptors that may be in use")
    static let threads = Measure.gauge("process_threads", "Threads of the system")
    static let memoryLimit = Measure.gauge(
        "process_memory_limit_bytes",
        "The tightest limit of memory: the machine’s, of control groups and their parents, and of the process")
    static let headroom = Measure.gauge(
        "process_memory_headroom_bytes", "Memory that the process may still take before it meets a limit")
    static let processors = Measure.gauge(
        "process_processors", "Processors that may be used at a time, by mask and quota")
    static let start = Measure.gauge("process_start_time_seconds", "When the process began, in seconds since 1970")

    /// All of them.
    public static let all = [
        cpu, resident, virtual, openFiles, mostFiles, threads, memoryLimit, headroom, processors, start,
    ]

    /// Adds them to a registry.
    public static func register(in registry: MetricRegistry) {
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
        let boot = bootTime()
        registry.collect(all) { collection in
            if let status = ProcessStatus.read() {
                collection.add(cpu, Double(status.userTicks + status.systemTicks) / ticks)
                collection.add(resident, status.residentPages * page)
                collection.add(virtual, status.virtualBytes)
                collection.add(threads, status.threads)
                if let boot { collection.add(start, boot + Double(status.startTicks) / ticks) }
            }
            let limits = ProcessLimits.current
            collection.add(memoryLimit, limits.memory.bytes)
            collection.add(headroom, limits.headroom)
            collection.add(processors, limits.processors)
            if let count = openFileCount() { collection.add(openFiles, count) }
            var limit = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
                collection.add(mostFiles, limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur))
            }
        }
    }

    private static func bootTime() -> Double? {
        let line = SmallFile.text("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static func openFileCount() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        // Not counted: the entries for the folder itself and the one above it, and what reads it.
        var count = -3
        while readdir(folder) != nil { count += 1 }
        return count
    }
}

/// The fields of `/proc/self/stat` (proc(5)) that are of interest.
struct ProcessStatus {
    let userTicks: Int
    let systemTicks: Int
    let threads: Int
    let startTicks: Int
    let virtualBytes: Int
    let residentPages: Int

    /// Reads the text of the file; nil for anything else. The name in it may hold blanks and brackets.
    init?(_ text: String) {
        guard let name = text.lastIndex(of: ")") else { return nil }
        // The first one here is field 3, the state.
        let fields = text[text.index(after: name)...].split(separator: " ")
        func field(_ number: Int) -> Int? { fields.count > number - 3 ? Int(fields[number - 3]) : nil }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let virtual = field(23), let resident = field(24)
        else { return nil }
        userTicks = user
        systemTicks = system
        self.threads = threads
        startTicks = start
        virtualBytes = virtual
        residentPages = resident
    }

    static func read() -> ProcessStatus? { SmallFile.text("/proc/self/stat").flatMap(ProcessStatus.init) }
}

/// The memory of this process.
public enum ResidentMemory {
    /// Bytes that are in the machine's memory now; nil where the system does not say.
    public static var bytes: Int? {
        guard let text = SmallFile.text("/proc/self/statm") else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * max(1, sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Files of the system that are made when they are read.
enum SmallFile {
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 {
            let part = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
            }
            if part.isEmpty { break }
            bytes += part
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
