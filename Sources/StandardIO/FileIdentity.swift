internal import Glibc

/// Which file a path or a descriptor leads to, whatever its names are.
public struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let node: UInt64

    /// The plain file that `path` leads to, through links too; nil for anything else.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The plain file that is open as `descriptor`; nil for anything else.
    public init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        (device, node) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}
