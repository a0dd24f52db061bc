import Foundation
import HTTP
import HTTPTestClient
import Platform
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2)))
struct MartletServerTests {
    private func server() throws -> (MartletServer, MartletService) {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.grace = .zero
        var options = MartletService.Options()
        options.threads = 1
        options.spoolFolder = FileManager.default.temporaryDirectory.path + "/martlet-test-\(UUID().uuidString)"
        let service = MartletService(stores: .inMemory(), options: options)
        return (try MartletServer(configuration, service: service), service)
    }

    @Test func runServesUntilItsTaskIsCancelled() async throws {
        let (server, service) = try server()
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let running = Task { try await server.run { continuation.yield($0) } }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        #expect(try await TestConnection(port: port).request("GET", "/readyz").status == 200)
        running.cancel()
        try await running.value
        #expect(!service.isReady)
        #expect(throws: TestConnection.Failure.self) { try TestConnection(port: port) }
        try? FileManager.default.removeItem(atPath: service.spoolFolder)
    }

    @Test func aServerThatIsNotReadySaysSo() async throws {
        let service = MartletService(stores: .inMemory())
        let router = API(service: service, configuration: ServerConfiguration()).router
        #expect(try await router.respond(to: Request(method: .get, target: "/healthz")).status == .ok)
        await #expect {
            _ = try await router.respond(to: Request(method: .get, target: "/readyz"))
        } throws: {
            ($0 as? Problem)?.status == .serviceUnavailable
        }
    }

    @Test func errorsOfEveryKindBecomeProblems() throws {
        struct Odd: Error {}
        struct Thing: Decodable { let a: [Int] }
        #expect(Problem(Odd()).status == .internalServerError)
        #expect(!Problem(Odd()).detail.contains("Odd"))
        #expect(Problem(CancellationError()).status == .serviceUnavailable)
        for (json, field) in [(#"{"a": [1, "x"]}"#, "a.Index 1"), (#"{}"#, "a"), (#"[]"#, "body")] {
            do {
                _ = try JSONDecoder().decode(Thing.self, from: Data(json.utf8))
            } catch {
                #expect(Problem(error).status == .unprocessableContent)
                #expect(Problem(error).errors.map(\.field) == [field])
            }
        }
        for (code, status) in [
            (PlatformError.Code.notFound, 404), (.invalid, 422), (.conflict, 409), (.unavailable, 503), (.damaged, 500),
        ] {
            #expect(Problem(PlatformError(code, "so")).status.rawValue == status)
        }
        #expect(Problem(PlatformError(.invalid, "so", field: "cursor")).status == .badRequest)
    }
}
