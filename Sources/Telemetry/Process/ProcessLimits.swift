internal import Glibc

/// What this process may use of its machine: the tightest of what the machine has and of what control groups (versions 1
/// and 2, the process's own and all its parents), resource limits and the processor mask leave it.
public struct ProcessLimits: Sendable, Hashable {
    /// What a limit of memory counts.
    public enum Counting: Sendable, Hashable {
        /// Memory that is in the machine's: physical memory and control groups.
        case resident
        /// Addresses that are mapped: `RLIMIT_AS`.
        case mapped
        /// Private memory that may be written: `RLIMIT_DATA`.
        case data
    }

    /// A limit of memory.
    public struct Memory: Sendable, Hashable {
        /// Bytes, at least 0.
        public var bytes: Int
        /// What is counted.
        public var counting: Counting
        /// Where it is from, for people: `the machine's memory`, `the control group /sys/fs/cgroup/a`, `RLIMIT_AS`.
        public var origin: String
        /// The folder of the control group it is from.
        var group: ControlGroups.Group?
    }

    /// All limits of memory, the tightest first; the machine's is among them.
    public let memoryLimits: [Memory]
    /// Processors that may be used at a time, at least 1; a quota of one and a half counts as 2.
    public let processors: Int
    private let root: String

    /// The limits of this process as they were when they were first asked for.
    public static let current = ProcessLimits()

    /// Reads the limits now.
    ///
    /// - Parameters:
    ///   - root: The folder that has `proc` and `sys`, other than "" in tests alone.
    ///   - addressSpace: `RLIMIT_AS` in bytes, nil for none; that of the process unless given.
    ///   - data: `RLIMIT_DATA` alike.
    public init(
        root: String = "", addressSpace: Int? = ResourceLimit.addressSpace, data: Int? = ResourceLimit.data
    ) {
        self.root = root
        let groups = ControlGroups(root: root)
        var limits: [Memory] = []
        if let total = Self.field("MemTotal", of: root + "/proc/meminfo") {
            limits.append(Memory(bytes: total, counting: .resident, origin: "the machine's memory"))
        }
        for group in groups.groups(of: "memory") {
            guard let bytes = group.memoryLimit else { continue }
            limits.append(
                Memory(bytes: bytes, counting: .resident, origin: "the control group \(group.folder)", group: group))
        }
        if let addressSpace { limits.append(Memory(bytes: addressSpace, counting: .mapped, origin: "RLIMIT_AS")) }
        if let data { limits.append(Memory(bytes: data, counting: .data, origin: "RLIMIT_DATA")) }
        if limits.isEmpty { limits = [Memory(bytes: .max, counting: .resident, origin: "the machine's memory")] }
        memoryLimits = limits.sorted { $0.bytes < $1.bytes }
        let quotas = groups.groups(of: "cpu").compactMap(\.processorQuota)
        processors = max(1, min(Self.allowedProcessors(root), quotas.min() ?? .max))
    }

    /// The tightest limit of memory.
    public var memory: Memory { memoryLimits[0] }

    /// Whether something other than the machine's size limits the memory.
    public var isConfined: Bool { memory.counting != .resident || memory.group != nil }

    /// Bytes that the process may still take before it meets the first of its limits; 0 where it is beyond one.
    ///
    /// What the system can take back, as pages of files, does not count as used; what other processes of the same control
    /// group use does. For the machine's memory only this process counts.
    public var headroom: Int {
        let status = SmallFile.text(root + "/proc/self/status") ?? ""
        func used(_ names: String...) -> Int { names.reduce(0) { $0 + (Self.field($1, in: status) ?? 0) } }
        let resident = used("RssAnon", "RssShmem")
        return memoryLimits.reduce(.max) { least, limit in
            let taken =
                switch limit.counting {
                case .mapped: used("VmSize")
                case .data: used("VmData")
                case .resident: max(resident, limit.group?.memoryInUse ?? 0)
                }
            return min(least, max(0, limit.bytes - taken))
        }
    }

    /// Processors of the mask that are there.
    private static func allowedProcessors(_ root: String) -> Int {
        let status = SmallFile.text(root + "/proc/self/status") ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        let online = processorList(SmallFile.text(root + "/sys/devices/system/cpu/online") ?? "")
        let allowed = processorList(line.map { String($0.dropFirst("Cpus_allowed_list:".count)) } ?? "")
        // A mask may name processors that the machine could have but has not.
        if online.isEmpty { return max(1, allowed.count) }
        let both = online.intersection(allowed)
        return max(1, both.isEmpty ? online.count : both.count)
    }

    /// Reads a list like `0-3,8`.
    static func processorList(_ text: String) -> Set<Int> {
        var all: Set<Int> = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, ends.count <= 2, 0 <= first, first <= last,
                last < 1 << 16
            else { continue }
            all.formUnion(first...last)
        }
        return all
    }

    /// The bytes of a line `name: N kB`.
    private static func field(_ name: String, of path: String) -> Int? {
        SmallFile.text(path).flatMap { field(name, in: $0) }
    }

    private static func field(_ name: String, in text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") }) else { return nil }
        let words = line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace)
        return words.first.flatMap { Int($0) }.map { $0.multipliedReportingOverflow(by: 1024) }.map {
            $0.overflow ? .max : $0.partialValue
        }
    }
}

/// Soft limits of this process (getrlimit(2)), nil where there are none.
public enum ResourceLimit {
    /// Bytes of addresses that may be mapped.
    public static var addressSpace: Int? { soft(RLIMIT_AS) }
    /// Bytes of private memory that may be written.
    public static var data: Int? { soft(RLIMIT_DATA) }

    private static func soft(_ resource: __rlimit_resource) -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max
        else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}

extension ControlGroups.Group {
    /// Bytes that the group and those below it may have; nil for no limit.
    var memoryLimit: Int? {
        let names = isVersion2 ? ["memory.max", "memory.high"] : ["memory.limit_in_bytes"]
        // Version 1 says also what parents allow that are not mounted here.
        let inherited = isVersion2 ? nil : statistic("hierarchical_memory_limit")
        return (names.map(number) + [inherited]).compactMap { $0 }.min()
    }

    /// Bytes of the group and those below it that the system cannot take back; nil where it does not say.
    var memoryInUse: Int? {
        let names = isVersion2 ? ["anon", "shmem"] : ["total_rss", "total_shmem"]
        let values = names.compactMap(statistic)
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    /// Processors at a time that the group's quota amounts to, rounded up; nil for no quota.
    var processorQuota: Int? {
        let (quota, period): (Int?, Int?)
        if isVersion2 {
            let words = (SmallFile.text(folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
            quota = words.first.flatMap { Int($0) }
            period = words.count > 1 ? Int(words[1]) : 100_000
        } else {
            quota = number("cpu.cfs_quota_us")
            period = number("cpu.cfs_period_us")
        }
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return quota / period + (quota % period == 0 ? 0 : 1)
    }

    /// The number in a file; nil where there is none, as in `max`.
    private func number(_ name: String) -> Int? {
        SmallFile.text(folder + "/" + name).flatMap { text in
            text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
        }
    }

    /// The value of a line `name N` of `memory.stat`.
    private func statistic(_ name: String) -> Int? {
        let line = SmallFile.text(folder + "/memory.stat")?.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
}
