import HTTP
import Testing

struct RouterTests {
    private func router(_ routes: [(Method, String)]) -> Router {
        var router = Router()
        for (method, pattern) in routes {
            router.on(method, pattern) { request in
                let values = request.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                return .text("\(request.route ?? "") \(values.joined(separator: ","))")
            }
        }
        return router
    }

    private func answer(_ router: Router, _ method: Method, _ target: String) async throws -> String {
        let response = try await router.respond(to: Request(method: method, target: target))
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func whatNoRouteHasMayHaveAFallback() async throws {
        var router = router([(.get, "/a"), (.post, "/b")])
        router.onUnrouted { request in
            request.path == "/none"
                ? nil : Route(method: .get, pattern: "/*", handler: .immediate { _ in .text("else") })
        }
        #expect(try await answer(router, .get, "/a") == "/a ")
        #expect(try await answer(router, .get, "/x/y") == "else")
        #expect(try await answer(router, .head, "/x") == "else")
        for (method, target) in [(Method.get, "/none"), (.post, "/x"), (.get, "/b")] {
            #expect(throws: HTTPError.self) { try router.match(Request(method: method, target: target)) }
        }
    }

    @Test func literalsWinOverParametersAndAreGivenUpAgain() async throws {
        let router = router([(.get, "/a/{x}"), (.get, "/a/b"), (.get, "/a/b/c"), (.get, "/a/{x}/d"), (.get, "/")])
        #expect(try await answer(router, .get, "/a/b") == "/a/b ")
        #expect(try await answer(router, .get, "/a/other?q=1") == "/a/{x} x=other")
        #expect(try await answer(router, .get, "/a/b/d") == "/a/{x}/d x=b")
        #expect(try await answer(router, .get, "/") == "/ ")
        #expect(try await answer(router, .get, "/a/%2e%2e") == "/a/{x} x=..")
        for target in ["/a", "/a/", "/a//d", "/a/b/", "//", "/b"] {
            #expect(throws: HTTPError.self) { try router.match(Request(method: .get, target: target)) }
        }
    }

    @Test func methodsShareAPattern() async throws {
        let router = router([(.get, "/a/{x}"), (.delete, "/a/{y}"), (.post, "/b")])
        #expect(try await answer(router, .delete, "/a/1") == "/a/{y} y=1")
        #expect(try await answer(router, .head, "/a/1") == "/a/{x} x=1")
        #expect {
            try router.match(Request(method: .put, target: "/a/1"))
        } throws: {
            ($0 as? HTTPError)?.headers["Allow"] == "DELETE, GET, HEAD"
        }
        #expect {
            try router.match(Request(method: .head, target: "/b"))
        } throws: {
            ($0 as? HTTPError)?.headers["Allow"] == "POST"
        }
    }

    @Test func targetsAreDecoded() throws {
        let request = try Request(method: .get, target: "/a%20b/ü?x=1+2&y=%C3%BC&x=3&flag&=z&&e=")
        #expect(request.path == "/a b/ü")
        #expect(request.query["x"] == "1 2" && request.query.values("x") == ["1 2", "3"])
        #expect(request.query["y"] == "ü" && request.query["flag"] == "" && request.query["e"] == "")
        #expect(request.query["none"] == nil)
        for target in ["", "a", "*", "/%", "/%4", "/%GG", "/%FF", "/%00", "/?a=%", "/?%E4=1"] {
            #expect(throws: HTTPError.self) { try Request(method: .get, target: target) }
        }
    }

    @Test func headersCompareWithoutCase() {
        var headers: Headers = ["Content-Type": "a", "X": "1", "x": "2", "Y": "3"]
        #expect(headers["content-TYPE"] == "a" && headers.values("X") == ["1", "2"])
        headers["x"] = "4"
        #expect(headers.map { "\($0.name)=\($0.value)" } == ["Content-Type=a", "X=4", "Y=3"])
        headers["X"] = nil
        #expect(headers.count == 2)
    }

    @Test func mediaTypesAreRead() {
        let type = MediaType("Multipart/Form-Data; Boundary=\"a;b\\\"c\" ; charset=UTF-8")
        #expect(type.essence == "multipart/form-data")
        #expect(type.parameters == ["boundary": "a;b\"c", "charset": "UTF-8"])
        #expect(MediaType("form-data; name=f; filename=\"C:\\dir\\x.csv\"").parameters["filename"] == "C:\\dir\\x.csv")
        #expect(MediaType("").essence == "")
    }
}
