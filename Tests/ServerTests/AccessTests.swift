import HTTPTestClient
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct AccessTests {
    @Test func aTokenIsWantedOnAllButProbesAndTheLandingPage() async throws {
        try await withMartlet {
            $0.token = "secret"
        } body: { martlet in
            for target in ["/healthz", "/readyz", "/", "/assets/landing.css"] {
                #expect(try await martlet.request("GET", target).status == 200)
            }
            for target in ["/api/v1/datasets", "/api/v1/openapi.json", "/api/v1/cluster", "/nothing"] {
                let refused = try await martlet.request("GET", target)
                #expect(try problemFields(refused, status: 401).isEmpty)
                #expect(refused.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            for wrong in ["secret", "Bearer", "Bearer secre", "Bearer secrett", "Basic c2VjcmV0", "Bearer  "] {
                let refused = try await martlet.request("GET", "/api/v1/examples", headers: ["Authorization": wrong])
                #expect(refused.status == 401)
            }
            for right in ["Bearer secret", "bearer  secret"] {
                let answer = try await martlet.request("GET", "/api/v1/examples", headers: ["Authorization": right])
                #expect(answer.status == 200)
            }
            // A large upload without a token is refused before it is sent.
            let client = try TestConnection(port: martlet.port)
            try await client.send(
                "POST /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 1000000000\r\n\r\n")
            #expect(try await client.response().status == 401)
        }
    }

    @Test func unknownHostsAreNotServed() async throws {
        try await withMartlet {
            $0.allowedHosts = ["martlet.example"]
        } body: { martlet in
            func status(_ target: String, _ host: String) async throws -> Int {
                let client = try TestConnection(port: martlet.port)
                try await client.send("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                return try await client.response().status
            }
            for host in ["localhost", "127.0.0.1:\(martlet.port)", "[::1]:1", "Martlet.Example", "a.localhost"] {
                let known = try await status("/api/v1/examples", host)
                #expect(known == 200)
            }
            for host in ["evil.example", "127.0.0.1.evil.example", "192.168.1.2", ""] {
                let unknown = try await status("/api/v1/examples", host)
                #expect(unknown == 421)
                let probe = try await status("/healthz", host)
                #expect(probe == 200)
            }
            // This is no host at all (RFC 9112, section 3.2), whoever asks.
            #expect(try await status("/healthz", "localhost@evil.example") == 400)
        }
    }

    @Test func pagesOfOtherSitesAreNotAnswered() async throws {
        try await withMartlet { martlet in
            let own = "http://localhost"
            for headers in [[:], ["Origin": own], ["Sec-Fetch-Site": "same-origin", "Origin": own]] {
                let answer = try await martlet.request("POST", "/api/v1/examples/iris", headers: headers)
                #expect(answer.status == 201)
            }
            for headers in [
                ["Origin": "http://evil.example"], ["Origin": "null"], ["Origin": "http://localhost:1"],
                ["Sec-Fetch-Site": "cross-site"],
            ] {
                let refused = try await martlet.request("POST", "/api/v1/examples/iris", headers: headers)
                #expect(try problemFields(refused, status: 403) == ["Origin"])
                #expect(refused.headers["access-control-allow-origin"] == nil)
            }
        }
    }

    @Test func everyAnswerCarriesTheSafeHeaders() async throws {
        try await withMartlet { martlet in
            for target in [
                "/", "/assets/landing.css", "/healthz", "/api/v1/examples", "/nothing", "/api/v1/datasets?x=1",
            ] {
                let answer = try await martlet.request("GET", target)
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "no-referrer")
                let policy = try #require(answer.headers["content-security-policy"])
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
            let page = try await martlet.request("GET", "/")
            #expect(page.text.contains("Martlet") && page.text.contains("/api/v1/openapi.json"))
        }
    }
}
