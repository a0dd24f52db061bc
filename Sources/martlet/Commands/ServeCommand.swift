import AutoML
import CommandLine
import Drivers
import Foundation
import Platform
import Server

/// `martlet serve`: the HTTP API with everything in one process, on embedded storage.
enum ServeCommand {
    static let host = Option<String?>.text(
        "host", value: "HOST", help: "Where to listen (127.0.0.1)", environment: "MARTLET_HTTP_HOST")
    static let port = Option<Int?>.integer(
        "port", value: "PORT", help: "Port to listen on, 0 for a free one (8080)", range: 0...65535,
        environment: "MARTLET_HTTP_PORT")
    static let dataFolder = Option<String?>.text(
        "data-dir", value: "DIR", help: "Where datasets, experiments and models are kept (martlet-data)",
        environment: "MARTLET_DATA_DIR")
    static let threads = Option<Int?>.integer("threads", help: "Threads that train (all processors)", range: 1...1024)
    static let allowedHosts = Option<[String]>.list(
        "allowed-hosts", value: "A,B", help: "Host names that clients may use besides HOST")
    static let insecure = Option<Bool>.flag("insecure", help: "Listen beyond this machine without a token")

    static let command = Command(
        "serve", summary: "Serves the HTTP API, all in one process",
        discussion: """
            Anyone on this machine may use it; on any other HOST it asks for a token, which clients send as
            “Authorization: Bearer TOKEN”: set it as MARTLET_API_TOKEN, or MARTLET_API_TOKEN_FILE names a file with it.
            """,
        options: [
            host.declaration, port.declaration, dataFolder.declaration, threads.declaration, allowedHosts.declaration,
            insecure.declaration,
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        var configuration = ServerConfiguration()
        if let host = invocation[host] { configuration.host = host }
        if let port = invocation[port] { configuration.port = port }
        configuration.token = try ServerConfiguration.token(environment: ProcessInfo.processInfo.environment)
        configuration.isInsecure = invocation[insecure]
        configuration.allowedHosts = Set(invocation[allowedHosts].map { $0.lowercased() })
        configuration.version = martletVersion
        configuration.log = { Console.printError("martlet: \($0)") }
        try configuration.validate()

        let folder = try DataDirectory(path: invocation[dataFolder] ?? "martlet-data")
        var options = MartletService.Options()
        options.spoolFolder = folder.spoolFolder
        options.memoryLimit = Machine.trainingMemory
        if let count = invocation[threads] { options.threads = count }
        let service = MartletService(stores: try await folder.stores(), options: options)
        let server = try MartletServer(configuration, service: service)
        let console = Console()
        let shown = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        try await server.run { port in
            console.print("Martlet \(martletVersion) is ready at http://\(shown):\(port)")
            console.print("Data is kept in \(folder.path); Ctrl-C stops it, and experiments go on at the next start.")
        }
        return 0
    }
}
