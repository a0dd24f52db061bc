import Foundation
import Glibc
import Network
import Testing

@testable import CQL

/// A port that takes connections and says nothing.
private final class SilentServer: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | listen(descriptor, 8) | getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { throw CQLError(.connection, "no port can be had") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

struct UnreachableTests {
    private func failure(_ configuration: SessionConfiguration) async -> CQLError? {
        do {
            let session = try await Session(configuration: configuration)
            await session.close()
            return nil
        } catch { return error as? CQLError }
    }

    @Test func serversThatSayNothing() async throws {
        let server = try SilentServer()
        var configuration = SessionConfiguration(contactPoints: [Endpoint(host: "127.0.0.1", port: server.port)])
        configuration.connectTimeout = .milliseconds(100)
        let error = await failure(configuration)
        #expect(error?.code == .noHostAvailable)
        #expect(error?.message.contains("127.0.0.1:\(server.port): no answer") == true)
    }

    @Test func noContactPoints() async {
        #expect(await failure(SessionConfiguration(contactPoints: [Endpoint]()))?.code == .configuration)
    }

    @Test func cancelledStarts() async throws {
        let server = try SilentServer()
        var configuration = SessionConfiguration(contactPoints: [Endpoint(host: "127.0.0.1", port: server.port)])
        configuration.connectTimeout = .seconds(600)
        let task = Task { [configuration] in
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await Session(configuration: configuration)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
