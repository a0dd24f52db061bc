internal import Glibc

/// What lies at the path of an output.
enum OutputPlace {
    /// A plain file or none yet: where it is when all links are followed, and what is there now.
    case plain(target: String, status: stat?)
    /// A device or a pipe.
    case special
    /// An open descriptor of this process.
    case descriptor(Int32)

    init(_ path: String) {
        if let number = OutputPlace.descriptor(path) {
            self = .descriptor(number)
            return
        }
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                self = .special
                return
            }
            let real = realpath(path, nil)
            defer { free(real) }
            self = .plain(target: real.map { String(cString: $0) } ?? path, status: status)
        } else {
            self = .plain(target: OutputPlace.followed(path), status: nil)
        }
    }

    /// The folder that `path` is in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The number behind the names that the system has for open descriptors.
    private static func descriptor(_ path: String) -> Int32? {
        switch path {
        case StandardStreams.outputPath: return 1
        case "/dev/stderr": return 2
        default:
            for prefix in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(prefix) {
                return Int32(path.dropFirst(prefix.count))
            }
            return nil
        }
    }

    /// Where a link leads whose end is not there yet.
    private static func followed(_ path: String) -> String {
        var path = path
        // As many links as the kernel follows.
        for _ in 0..<40 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(path, &buffer, buffer.count)
            guard count > 0 else { return path }
            let next = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            path = next.hasPrefix("/") ? next : folder(of: path) + "/" + next
        }
        return path
    }
}
