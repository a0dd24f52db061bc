internal import Foundation
internal import HTTP

/// The web UI: the files of a folder, read once and served from memory, and its first page for every address that the page
/// itself makes sense of.
public struct Site: Sendable {
    static let pattern = "/*"
    private static let first = "index.html"
    /// Files together, in bytes; what is larger was not built by us.
    private static let limit = 256 << 20

    private let files: [String: SiteFile]
    private let index: SiteFile
    private let policy: String

    /// Reads all files below `folder`; what begins with a dot is passed over. Throws `ServerConfigurationError` for a folder
    /// that cannot be read or has no `index.html`.
    public init(folder: String) throws {
        func fail(_ reason: String) -> ServerConfigurationError {
            ServerConfigurationError(message: "the folder of the web UI \(folder) \(reason)")
        }
        guard let names = FileManager.default.enumerator(atPath: folder) else { throw fail("cannot be read") }
        var contents: [String: [UInt8]] = [:]
        var total = 0
        for case let name as String in names where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            var isFolder: ObjCBool = false
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            guard let data = FileManager.default.contents(atPath: path) else { throw fail("has unreadable files") }
            total += data.count
            guard total <= Site.limit else { throw fail("holds more than \(Site.limit >> 20) MiB") }
            contents["/" + name] = [UInt8](data)
        }
        guard contents["/" + Site.first] != nil else { throw fail("has no \(Site.first)") }
        self.init(contents)
    }

    /// A site of these files by path; one of them is `/index.html`.
    init(_ contents: [String: [UInt8]]) {
        var files: [String: SiteFile] = [:]
        for (path, bytes) in contents { files[path] = SiteFile(bytes, path: path) }
        let page = contents["/" + Site.first] ?? []
        index = files["/" + Site.first] ?? SiteFile(page, path: Site.first)
        self.files = files
        policy = ContentPolicy(page: page).text
    }

    /// Who answers a request that no route of the API takes; nil for what is the API's, and for files that are not there.
    func route(for request: Request) -> Route? {
        let path = request.path
        guard path != "/api", !path.hasPrefix("/api/"), !["/healthz", "/readyz", "/metrics"].contains(path) else {
            return nil
        }
        let file = files[path] ?? (SiteFile.looksLikeFile(path) ? nil : index)
        guard let file else { return nil }
        let policy = policy
        return Route(
            method: .get, pattern: Site.pattern,
            handler: .immediate { file.response(to: $0, headers: ["Content-Security-Policy": policy]) })
    }
}
