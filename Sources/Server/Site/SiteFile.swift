internal import Foundation
internal import HTTP
internal import Synchronization
internal import Tabular

/// One file of the site. What it is sent as besides is made when it is first asked for: a server starts in no time.
final class SiteFile: Sendable {
    /// What is made of the bytes once.
    private struct Made {
        /// The same in gzip; nil where that is hardly shorter.
        let gzipped: [UInt8]?
        let tag: String
    }

    let bytes: [UInt8]
    let mediaType: String
    /// Whether the name changes with the content, so that browsers need never ask again.
    let isImmutable: Bool
    private let isText: Bool
    private let made = Mutex<Made?>(nil)

    /// The file at `path`, which is relative to the site's folder.
    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let fileExtension = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        let known = SiteFile.types[fileExtension]
        mediaType = known?.type ?? "application/octet-stream"
        isText = known?.isText == true
        isImmutable = SiteFile.carriesHash(name) || SiteFile.liesInHash(path)
    }

    var gzipped: [UInt8]? { parts.gzipped }
    var tag: String { parts.tag }

    private var parts: Made {
        made.withLock { made in
            if let made { return made }
            let packed = isText && bytes.count > 512 ? Gzip.compress(bytes) : nil
            let hex = SHA256.digest(bytes).prefix(16).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }
            let parts = Made(
                gzipped: packed.flatMap { $0.count * 10 < bytes.count * 9 ? $0 : nil }, tag: "\"\(hex.joined())\"")
            made = parts
            return parts
        }
    }

    /// Whether a path that is no file was meant to be one, rather than a page of the site.
    static func looksLikeFile(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: ".") else { return false }
        return types[name[name.index(after: dot)...].lowercased()] != nil
    }

    /// The answer to `request`; `headers` are added.
    func response(to request: Request, headers: Headers) -> Response {
        var response = Response(headers: headers)
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = isImmutable ? "public, max-age=31536000, immutable" : "no-cache"
        if gzipped != nil { response.headers["Vary"] = "Accept-Encoding" }
        let held = request.headers["If-None-Match"]?.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        if held?.contains(where: { $0 == tag || $0 == "W/\(tag)" || $0 == "*" }) == true {
            response.status = .notModified
            return response
        }
        response.headers["Content-Type"] = mediaType
        if let gzipped, SiteFile.acceptsGzip(request.headers["Accept-Encoding"] ?? "") {
            response.headers["Content-Encoding"] = "gzip"
            response.body = .bytes(gzipped)
        } else {
            response.body = .bytes(bytes)
        }
        return response
    }

    private static func acceptsGzip(_ field: String) -> Bool {
        field.lowercased().split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.first == "gzip" else { return false }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return quality != 0
        }
    }

    /// As in `/vendor/0123456789/react/index.js`.
    private static func liesInHash(_ path: String) -> Bool {
        path.split(separator: "/").dropLast().contains { part in
            part.utf8.count == 10
                && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
    }

    /// As in `main-1B2C3D4E.js`.
    private static func carriesHash(_ name: String) -> Bool {
        let parts = name.split(separator: ".")
        guard parts.count >= 2, let stem = parts.first else { return false }
        return ([stem.split(separator: "-").dropFirst().last].compactMap { $0 } + parts.dropFirst().dropLast())
            .contains { part in
                part.utf8.count >= 8
                    && part.utf8.allSatisfy {
                        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
                    } && part.utf8.contains { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) }
            }
    }

    private static let types: [String: (type: String, isText: Bool)] = [
        "html": ("text/html; charset=utf-8", true), "js": ("text/javascript; charset=utf-8", true),
        "mjs": ("text/javascript; charset=utf-8", true), "css": ("text/css; charset=utf-8", true),
        "json": ("application/json", true), "map": ("application/json", true), "svg": ("image/svg+xml", true),
        "txt": ("text/plain; charset=utf-8", true), "webmanifest": ("application/manifest+json", true),
        "woff2": ("font/woff2", false), "woff": ("font/woff", false), "png": ("image/png", false),
        "jpg": ("image/jpeg", false), "webp": ("image/webp", false), "ico": ("image/x-icon", false),
        "wasm": ("application/wasm", true),
    ]
}
