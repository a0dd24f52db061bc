import Foundation
import HTTPTestClient
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct SiteTests {
    private static let page = """
        <!doctype html><script type="importmap">{"imports":{}}</script><script type="module" src="/app/main.js"></script>
        """
    private static let script = String(repeating: "export const x = 1;\n", count: 200)

    /// A built site in a folder of its own, removed after `body`.
    private func withSite(
        token: String? = nil, _ body: (TestService) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-site-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [
            ("index.html", SiteTests.page), ("app/main-1B2C3D4E.js", SiteTests.script), ("app/plain.css", "a{}"),
            ("vendor/0123abcdef/x.js", "1"), (".hidden/secret.txt", "no"),
        ] {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let site = try Site(folder: folder.path)
        try await withMartlet {
            $0.site = site
            $0.token = token
        } body: {
            try await body($0)
        }
    }

    @Test func filesComeWithTypeTagAndCachingByName() async throws {
        try await withSite { martlet async throws in
            let script = try await martlet.request("GET", "/app/main-1B2C3D4E.js")
            #expect(script.status == 200 && script.text == SiteTests.script)
            #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
            #expect(script.headers["cache-control"] == "public, max-age=31536000, immutable")
            #expect(script.headers["vary"] == "Accept-Encoding" && script.headers["content-encoding"] == nil)
            let vendor = try await martlet.request("GET", "/vendor/0123abcdef/x.js")
            #expect(vendor.headers["cache-control"]?.contains("immutable") == true)
            let style = try await martlet.request("GET", "/app/plain.css")
            #expect(style.headers["cache-control"] == "no-cache")
            #expect(style.headers["content-type"] == "text/css; charset=utf-8")

            let tag = try #require(style.headers["etag"])
            let held = try await martlet.request("GET", "/app/plain.css", headers: ["If-None-Match": "\"x\", \(tag)"])
            #expect(held.status == 304 && held.body.isEmpty && held.headers["etag"] == tag)
            let other = try await martlet.request("GET", "/app/plain.css", headers: ["If-None-Match": "\"x\""])
            #expect(other.status == 200)
        }
    }

    @Test func gzipIsSentToThoseWhoTakeIt() async throws {
        try await withSite { martlet async throws in
            for (accepted, encoding) in [
                ("br, gzip", "gzip"), ("gzip;q=0.5", "gzip"), ("gzip;q=0", nil), ("identity", nil),
            ] as [(String, String?)] {
                let answer = try await martlet.request(
                    "GET", "/app/main-1B2C3D4E.js", headers: ["Accept-Encoding": accepted])
                #expect(answer.headers["content-encoding"] == encoding)
                #expect(encoding == nil ? answer.text == SiteTests.script : answer.body.starts(with: [0x1f, 0x8b]))
                #expect(encoding == nil || answer.body.count < SiteTests.script.utf8.count / 4)
            }
        }
    }

    @Test func pagesOfTheSiteAreItsFirstPageAndTheRestIsNotFound() async throws {
        try await withSite { martlet async throws in
            for path in ["/", "/datasets", "/models/abc-00001/predict", "/index.html"] {
                let page = try await martlet.request("GET", path)
                #expect(page.status == 200 && page.text == SiteTests.page, "\(path)")
                #expect(page.headers["cache-control"] == "no-cache")
            }
            for path in [
                "/app/gone.js", "/api/v1/nothing", "/api", "/.hidden/secret.txt", "/../etc/passwd.txt",
            ] {
                #expect(try await martlet.request("GET", path).status == 404, "\(path)")
            }
            #expect(try await martlet.request("GET", "/metrics").text.contains("martlet_http_requests_total"))
            #expect(try await martlet.request("POST", "/datasets").status == 404)
            #expect(try await martlet.request("HEAD", "/datasets").status == 200)
            #expect(try await martlet.request("GET", "/healthz").text.contains("ok"))
        }
    }

    @Test func theSiteIsOpenAndTheInterfaceIsNot() async throws {
        try await withSite(token: "secret") { martlet async throws in
            for path in ["/", "/datasets", "/app/main-1B2C3D4E.js", "/api/v1/server"] {
                #expect(try await martlet.request("GET", path).status == 200, "\(path)")
            }
            #expect(try await martlet.request("GET", "/api/v1/server").json["token_required"] == true)
            for path in ["/api/v1/datasets", "/api/v1/nothing"] {
                #expect(try await martlet.request("GET", path).status == 401, "\(path)")
            }
        }
    }

    @Test func thePolicyAllowsItsOwnScriptsAlone() async throws {
        try await withSite { martlet async throws in
            let page = try await martlet.request("GET", "/")
            let policy = try #require(page.headers["content-security-policy"])
            let hash = Data(SHA256.digest(Array(#"{"imports":{}}"#.utf8))).base64EncodedString()
            #expect(policy.contains("script-src 'self' 'sha256-\(hash)';"))
            #expect(policy.contains("frame-ancestors 'none'") && policy.contains("connect-src 'self'"))
            #expect(!policy.contains("unsafe-eval") && policy.components(separatedBy: "unsafe-inline").count == 2)
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(page.headers["referrer-policy"] == "no-referrer")
        }
    }

    @Test func linksOfOtherSitesLeadHereAndTheirScriptsDoNot() async throws {
        try await withSite { martlet async throws in
            func status(_ path: String, _ destination: String) async throws -> Int {
                try await martlet.request(
                    "GET", path, headers: ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": destination]
                ).status
            }
            #expect(try await status("/datasets", "document") == 200)
            #expect(try await status("/app/main-1B2C3D4E.js", "script") == 403)
            #expect(try await status("/api/v1/datasets", "document") == 403)
        }
    }

    @Test func aFolderWithoutAPageIsAnError() {
        #expect(throws: ServerConfigurationError.self) { try Site(folder: "/nowhere/at/all") }
        #expect(throws: ServerConfigurationError.self) { try Site(folder: "/usr/share/doc/zlib1g") }
    }

    /// Examples of FIPS 180-4, and one of a length that fills a block.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
        ),
    ])
    func digestsAreThoseOfTheStandard(_ text: String, _ hex: String) {
        let digest = SHA256.digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        #expect(digest.joined() == hex)
    }
}
