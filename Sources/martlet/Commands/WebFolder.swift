import Foundation

/// Where the built web UI lies when nobody says it.
enum WebFolder {
    /// That of the installation which the running binary belongs to, or of the checkout that it was built in; nil where there
    /// is none.
    static func found() -> String? {
        guard let binary = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        return candidates(binary: binary).first { FileManager.default.fileExists(atPath: $0 + "/index.html") }
    }

    /// The folders to look at for a binary at that path, the first one that is there wins.
    static func candidates(binary: String) -> [String] {
        let folder = URL(fileURLWithPath: binary).deletingLastPathComponent()
        var found = [folder.deletingLastPathComponent().appendingPathComponent("share/martlet/web").path]
        let parts = folder.pathComponents
        if let build = parts.lastIndex(of: ".build") {
            found.append(NSString.path(withComponents: Array(parts[...build])) + "/web/dist")
        }
        return found
    }
}
