import Foundation
import Glibc
import Network
import Redis
import Synchronization

/// A `redis-server` of the test's own on a free port of loopback, without anything on the disk.
final class RedisServer: Sendable {
    let port: Int
    private let options: [String]
    private let process: Mutex<Process?>

    /// Whether there is one on this machine (Debian's package `redis-server`).
    static let isInstalled = ["/usr/bin", "/usr/local/bin", "/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/redis-server")
    }

    var endpoint: Endpoint { Endpoint(host: "127.0.0.1", port: port) }
    var configuration: RedisConfiguration { RedisConfiguration(endpoint: endpoint) }

    /// Starts a server and waits until it is ready.
    init(_ options: [String] = [], tls: (certificate: String, key: String)? = nil) throws {
        port = try RedisServer.freePort()
        var all = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", ""]
        if let tls {
            all += ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no"]
            // Clients here need no certificate, so any will do for the authority of clients.
            all += [
                "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key, "--tls-ca-cert-file", tls.certificate,
            ]
        } else {
            all += ["--port", "\(port)"]
        }
        self.options = all + options
        process = Mutex(nil)
        try start()
    }

    deinit { kill() }

    func start() throws {
        let server = Process()
        let output = Pipe()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = ["redis-server"] + options
        server.currentDirectoryURL = FileManager.default.temporaryDirectory
        server.standardOutput = output
        server.standardError = FileHandle.nullDevice
        try server.run()
        var log = ""
        while !log.contains("Ready to accept connections") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else {
                server.waitUntilExit()
                throw ServerFailure(description: "redis-server did not start: \(log.suffix(400))")
            }
            log += String(decoding: data, as: UTF8.self)
        }
        process.withLock { $0 = server }
    }

    /// Ends the server as a crash would, and waits until it is gone.
    func kill() { signal(SIGKILL, wait: true) }

    /// Stops the server's work, its sockets open, until `resume()`.
    func freeze() { signal(SIGSTOP, wait: false) }

    func resume() { signal(SIGCONT, wait: false) }

    private func signal(_ number: Int32, wait: Bool) {
        process.withLock { process in
            guard let server = process else { return }
            Glibc.kill(server.processIdentifier, number)
            guard wait else { return }
            server.waitUntilExit()
            process = nil
        }
    }

    static func freePort() throws -> Int {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
                bind(probe, generic, length) == 0 ? getsockname(probe, generic, &length) : -1
            }
        }
        guard status == 0 else { throw ServerFailure(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

struct ServerFailure: Error, CustomStringConvertible {
    let description: String
}

/// The code of the error that `body` throws, or nil.
func code(_ body: () async throws -> Void) async -> RedisError.Code? {
    do {
        try await body()
        return nil
    } catch { return (error as? RedisError)?.code }
}
