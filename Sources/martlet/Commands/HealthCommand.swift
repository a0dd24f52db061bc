import CommandLine
import Foundation

/// `martlet health`: whether a running Martlet answers, for health checks of containers that have no other program.
enum HealthCommand {
    static let url = Option<String?>.text(
        "url", value: "URL", help: "What to ask for (http://127.0.0.1:PORT/healthz)", environment: "MARTLET_HEALTH_URL")
    static let port = Option<Int?>.integer(
        "port", value: "PORT", help: "The port, where no URL is given (8080)", range: 1...65535,
        environment: "MARTLET_HTTP_PORT")
    static let timeout = Option<Double?>.duration("timeout", help: "How long the answer may take (5s)")

    static let command = Command(
        "health", summary: "Asks a running Martlet whether it is well",
        discussion: """
            Ends with 0 when the answer is a success (200 to 299), and with 1 otherwise. /readyz tells whether a process is
            ready for work, /healthz whether it is alive; both need no token. A server with a certificate (MARTLET_HTTP_TLS_CERTIFICATE)
            is asked by HTTPS; any certificate will do.
            """,
        options: [url.declaration, port.declaration, timeout.declaration, HTTPOptions.certificate.declaration], run: run
    )

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let scheme = invocation[HTTPOptions.certificate] == nil ? "http" : "https"
        let address = invocation[url] ?? "\(scheme)://127.0.0.1:\(invocation[port] ?? 8080)/healthz"
        let probe = try Probe(address, timeout: invocation[timeout] ?? 5)
        let status = try await probe.status()
        Console().print("\(address) answers \(status)")
        return (200..<300).contains(status) ? 0 : 1
    }
}
