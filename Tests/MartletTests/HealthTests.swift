import Foundation
import Testing

@Suite struct HealthTests {
    @Test func aRunningServerIsWellAndAStoppedOneIsNot() throws {
        let folder = try TemporaryFolder()
        let server = try Server(dataFolder: folder.path("data"), environment: ["MARTLET_API_TOKEN": "secret"])
        let byPort = try Martlet.run("health", environment: ["MARTLET_HTTP_PORT": "\(server.port)"])
        #expect(byPort.status == 0 && byPort.output.contains("/healthz answers 200"), "\(byPort.errors)")
        let ready = try Martlet.run("health", "--url", "http://localhost:\(server.port)/readyz")
        #expect(ready.status == 0, "\(ready.errors)")
        let closed = try Martlet.run("health", "--url", "http://127.0.0.1:\(server.port)/api/v1/datasets")
        #expect(closed.status == 1 && closed.output.contains("401"))

        server.kill()
        let gone = try Martlet.run("health", "--port", "\(server.port)")
        #expect(gone.status == 1 && gone.errors.contains("refused"), "\(gone.errors)")
    }

    @Test func silenceIsAnErrorInTime() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) + listen(listener, 1) + getsockname(listener, pointer, &size)
            }
        }
        #expect(result == 0)
        let url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/healthz"
        let run = try Martlet.run("health", "--url", url, "--timeout", "200ms")
        #expect(run.status == 1 && run.errors.contains("in time"), "\(run.errors)")
    }

    @Test(arguments: ["ftp://127.0.0.1/", "127.0.0.1:8080", "http://"])
    func whatIsNotAnAddressIsRefused(url: String) throws {
        let run = try Martlet.run("health", "--url", url)
        #expect(run.status == 2 && run.errors.contains("--url"), "\(run.errors)")
    }
}
