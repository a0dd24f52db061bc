/// The control groups (cgroups(7)) that a process is in: where each hierarchy of version 1 and the one of version 2 are
/// mounted, and which folders there are the process's own and its parents'.
struct ControlGroups {
    /// One group's folder.
    struct Group: Hashable {
        /// Its path on this machine, below the root that was asked for.
        var folder: String
        var isVersion2: Bool
    }

    fileprivate struct Mount {
        let root: String
        let point: String
        let isVersion2: Bool
        let controllers: Set<String>
    }

    private let root: String
    private let mounts: [Mount]
    /// The process's path in the hierarchies of version 1, by controller.
    private var paths: [String: String] = [:]
    /// The process's path in the hierarchy of version 2.
    private var unifiedPath: String?

    /// Reads `/proc/self/cgroup` and `/proc/self/mountinfo` below `root`; what is not there counts as no group.
    init(root: String) {
        self.root = root
        mounts = (SmallFile.text(root + "/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap(Mount.init)
        for line in (SmallFile.text(root + "/proc/self/cgroup") ?? "").split(separator: "\n") {
            // A path may hold colons, so only two are looked for.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            if parts[0] == "0", parts[1].isEmpty { unifiedPath = parts[2] }
            for controller in parts[1].split(separator: ",") { paths[String(controller)] = parts[2] }
        }
    }

    /// The groups that limit what `controller` shares out, the process's own first in each hierarchy, its parents behind it
    /// up to where the hierarchy is mounted. In a hybrid both versions may be mounted; only one has the controller's files.
    func groups(of controller: String) -> [Group] {
        var groups: [Group] = []
        for mount in mounts where mount.isVersion2 || mount.controllers.contains(controller) {
            guard let path = mount.isVersion2 ? unifiedPath : paths[controller] else { continue }
            var parts = mount.below(path)
            while true {
                let folder = ([root + mount.point] + parts).joined(separator: "/")
                let group = Group(folder: folder, isVersion2: mount.isVersion2)
                if !groups.contains(group) { groups.append(group) }
                if parts.isEmpty { break }
                parts.removeLast()
            }
        }
        return groups
    }
}

extension ControlGroups.Mount {
    /// A line of `/proc/self/mountinfo` (proc(5)); nil for one of another file system.
    init?(_ line: Substring) {
        let fields = line.split(separator: " ").map(String.init)
        // Optional fields stand between the sixth and a dash.
        guard let dash = fields.dropFirst(6).firstIndex(of: "-"), fields.count > dash + 3 else { return nil }
        switch fields[dash + 1] {
        case "cgroup": isVersion2 = false
        case "cgroup2": isVersion2 = true
        default: return nil
        }
        root = Self.unescaped(fields[3])
        point = Self.unescaped(fields[4])
        controllers = Set(fields[dash + 3].split(separator: ",").map(String.init))
    }

    /// The names from where this is mounted down to the group `path`. A mount of a part of the hierarchy (a bind mount, a
    /// container's without a namespace) whose part the path is not in is taken for the process's own group.
    func below(_ path: String) -> [String] {
        let (own, part) = (path.split(separator: "/"), root.split(separator: "/"))
        guard own.starts(with: part), !own.contains("..") else { return [] }
        return own.dropFirst(part.count).map(String.init)
    }

    /// Blanks, tabs, line ends and backslashes are written as three octal digits.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        var bytes: [UInt8] = []
        let all = Array(text.utf8)
        var index = 0
        while index < all.count {
            if all[index] == UInt8(ascii: "\\"), index + 3 < all.count,
                let byte = UInt8(String(decoding: all[index + 1...index + 3], as: UTF8.self), radix: 8)
            {
                bytes.append(byte)
                index += 4
            } else {
                bytes.append(all[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
