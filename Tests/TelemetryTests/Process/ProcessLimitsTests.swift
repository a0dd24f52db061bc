import Foundation
import Testing

@testable import Telemetry

/// Limits are read from made-up files, and from a real group of version 1 where one may be made.
@Suite struct ProcessLimitsTests {
    @Test func theMachineAloneGivesItsMemoryAndItsProcessors() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        let limits = machine.limits()
        #expect(limits.memory.bytes == 8 << 30 && limits.memory.counting == .resident)
        #expect(!limits.isConfined)
        #expect(limits.processors == 4)
    }

    @Test func aProcessorMaskCountsTheProcessorsThatAreThere() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write("proc/self/status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0,2-127\n")
        #expect(machine.limits().processors == 3)
    }

    @Test func versionTwoTakesTheTightestOfAllParents() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write("proc/self/cgroup", "0::/a.slice/b:c/leaf\n")
        try machine.write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n")
        try machine.write("sys/fs/cgroup/a.slice/b:c/leaf/memory.max", "max\n")
        try machine.write("sys/fs/cgroup/a.slice/b:c/leaf/memory.high", "2000000000\n")
        try machine.write("sys/fs/cgroup/a.slice/b:c/memory.max", "1000000000\n")
        try machine.write("sys/fs/cgroup/a.slice/memory.max", "3000000000\n")
        try machine.write("sys/fs/cgroup/a.slice/b:c/leaf/cpu.max", "max 100000\n")
        try machine.write("sys/fs/cgroup/a.slice/cpu.max", "110000 100000\n")
        let limits = machine.limits()
        #expect(limits.memory.bytes == 1_000_000_000)
        #expect(limits.memory.origin.hasSuffix("/sys/fs/cgroup/a.slice/b:c"))
        #expect(limits.memoryLimits.map(\.bytes) == [1_000_000_000, 2_000_000_000, 3_000_000_000, 8 << 30])
        #expect(limits.isConfined)
        #expect(limits.processors == 2)
        try machine.write("sys/fs/cgroup/a.slice/b:c/leaf/memory.high", "500000000\n")
        #expect(machine.limits().memory.bytes == 500_000_000)
    }

    @Test func aHybridHasMemoryInVersionOne() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write(
            "proc/self/cgroup",
            "9:name=systemd:/\n4:memory:/jobs/one\n1:cpu,cpuacct:/jobs\n0::/system.slice\n")
        try machine.write(
            "proc/self/mountinfo",
            """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
            35 31 0:32 / /sys/fs/cgroup/my\\040memory rw,relatime - cgroup cgroup rw,memory
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

            """)
        try machine.write("sys/fs/cgroup/my memory/jobs/one/memory.limit_in_bytes", "9223372036854771712\n")
        try machine.write("sys/fs/cgroup/my memory/jobs/memory.limit_in_bytes", "400000000\n")
        try machine.write("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "50000\n")
        try machine.write("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n")
        try machine.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
        try machine.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
        let limits = machine.limits()
        #expect(limits.memory.bytes == 400_000_000)
        #expect(limits.processors == 1)
    }

    /// A container without a namespace of its own sees its group at the mount point and the whole path in `cgroup`.
    @Test func aBoundPartOfAHierarchyIsFound() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write("proc/self/cgroup", "4:memory:/docker/0123/inner\n")
        try machine.write(
            "proc/self/mountinfo",
            "35 31 0:32 /docker/0123 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n")
        try machine.write("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "700000000\n")
        try machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "900000000\n")
        // What a parent beyond the mount allows is in the statistics.
        try machine.write("sys/fs/cgroup/memory/inner/memory.stat", "cache 1\nhierarchical_memory_limit 600000000\n")
        #expect(machine.limits().memory.bytes == 600_000_000)
        // Where the path leads out of the part that is mounted, the mount point is the process's own.
        try machine.write("proc/self/cgroup", "4:memory:/../other\n")
        #expect(machine.limits().memory.bytes == 900_000_000)
    }

    @Test func resourceLimitsCountAndHeadroomIsTheLeastThatIsLeft() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write(
            "proc/self/status",
            """
            VmSize:\t  500000 kB
            RssAnon:\t   100000 kB
            RssShmem:\t   1000 kB
            VmData:\t  300000 kB
            Cpus_allowed_list:\t0

            """)
        let limits = machine.limits(addressSpace: 1_024_000_000, data: 512_000_000)
        #expect(limits.memory.origin == "RLIMIT_DATA" && limits.memoryLimits[1].origin == "RLIMIT_AS")
        #expect(limits.headroom == 512_000_000 - 300_000 * 1024)
        #expect(machine.limits(addressSpace: 1000).headroom == 0)
        #expect(machine.limits().headroom == (8 << 30) - 101_000 * 1024)
    }

    /// What others in the group use is not there any more; pages of files are.
    @Test func headroomOfAGroupLeavesOutWhatOthersUse() throws {
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write("proc/self/status", "RssAnon:\t  1000 kB\nCpus_allowed_list:\t0\n")
        try machine.write("proc/self/cgroup", "0::/a\n")
        try machine.write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        try machine.write("sys/fs/cgroup/a/memory.max", "300000000\n")
        try machine.write("sys/fs/cgroup/a/memory.stat", "anon 120000000\nfile 90000000\nshmem 10000000\n")
        #expect(machine.limits().headroom == 170_000_000)
    }

    @Test(arguments: [("", 0), ("0", 1), ("0-3,8", 5), ("3-1", 0), ("x,-1,2-", 2), ("0-99999999", 0)])
    func processorListsAreRead(_ text: String, _ count: Int) {
        #expect(ProcessLimits.processorList(text).count == count)
    }

    @Test func filesThatAreMissingOrWrongLimitNothing() throws {
        let empty = ProcessLimits(root: "/nowhere", addressSpace: nil, data: nil)
        #expect(empty.memory.bytes == .max && empty.processors == 1)
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        try machine.write("proc/self/cgroup", "0::\n::\nx\n4:memory:/a\n0::/a\n")
        try machine.write(
            "proc/self/mountinfo", "- - -\n30 23 0:26 / /c rw - cgroup2\n30 23 0:26 / /c rw - cgroup2 x rw\n")
        try machine.write("c/a/memory.max", "99999999999999999999999999\n")
        try machine.write("c/a/cpu.max", "-5 0\n")
        #expect(machine.limits().memory.bytes == 8 << 30 && machine.limits().processors == 4)
    }

    /// A real group of version 1, with this machine's own mounts.
    @Test func aRealGroupOfVersionOneIsRead() throws {
        guard let group = RealGroup() else {
            print("skipped: a control group of version 1 may not be made here")
            return
        }
        defer { group.remove() }
        try group.set("memory.limit_in_bytes", "268435456")
        let machine = try MadeUpMachine()
        defer { machine.remove() }
        let root = machine.root
        try FileManager.default.removeItem(atPath: root + "/sys")
        try FileManager.default.createSymbolicLink(atPath: root + "/sys", withDestinationPath: "/sys")
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        try machine.write("proc/self/mountinfo", mounts)
        try machine.write("proc/self/cgroup", "4:memory:/\(group.name)/child\n")
        try FileManager.default.createDirectory(atPath: group.folder + "/child", withIntermediateDirectories: false)
        defer { rmdir(group.folder + "/child") }
        let limits = machine.limits()
        #expect(limits.memory.bytes == 256 << 20 && limits.isConfined)
        #expect(limits.headroom <= 256 << 20 && limits.headroom > 0)
    }
}

/// A folder with the files of `/proc` and `/sys` that limits are read from: 8 GiB and 4 processors.
private struct MadeUpMachine {
    let root = FileManager.default.temporaryDirectory.path + "/limits-\(UUID().uuidString)"

    init() throws {
        try write("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:         1 kB\n")
        try write("proc/self/status", "Cpus_allowed_list:\t0-3\n")
        try write("sys/devices/system/cpu/online", "0-3\n")
    }

    func write(_ path: String, _ text: String) throws {
        let file = root + "/" + path
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    func limits(addressSpace: Int? = nil, data: Int? = nil) -> ProcessLimits {
        ProcessLimits(root: root, addressSpace: addressSpace, data: data)
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }
}

/// A group of the memory hierarchy of version 1; nil where none may be made.
private struct RealGroup {
    let name = "martlet-test-\(UUID().uuidString)"
    var folder: String { "/sys/fs/cgroup/memory/\(name)" }

    init?() {
        guard mkdir(folder, 0o755) == 0 else { return nil }
        guard access(folder + "/memory.limit_in_bytes", W_OK) == 0 else {
            remove()
            return nil
        }
    }

    func set(_ file: String, _ text: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/" + file))
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    func remove() { rmdir(folder) }
}
