internal import Foundation

/// What a page of the site may load and run: its own files, and the scripts that stand in it when the server starts.
struct ContentPolicy: Sendable {
    /// The value of `Content-Security-Policy`.
    let text: String

    /// The policy of a page with this content.
    init(page: [UInt8]) {
        let hashes = ContentPolicy.inlineScripts(page).map { script in
            " 'sha256-\(Data(SHA256.digest(script)).base64EncodedString())'"
        }
        // Styles are made while the page runs, so these need `unsafe-inline`; scripts never do.
        text =
            "default-src 'none'; script-src 'self'\(hashes.joined()); style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'"
    }

    /// The contents of the script elements without a source.
    static func inlineScripts(_ page: [UInt8]) -> [[UInt8]] {
        var scripts: [[UInt8]] = []
        var rest = page[...]
        while let open = rest.firstRange(of: Array("<script".utf8)) {
            rest = rest[open.upperBound...]
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { break }
            let attributes = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            guard let close = rest.firstRange(of: Array("</script".utf8)) else { break }
            let isInline = !attributes.split(whereSeparator: \.isWhitespace).contains { $0.hasPrefix("src=") }
            if isInline { scripts.append(Array(rest[..<close.lowerBound])) }
            rest = rest[close.upperBound...]
        }
        return scripts
    }
}
