import AutoML
import CommandLine
import Drivers
import Foundation
import Platform
import Server
import Telemetry

/// `martlet serve`: the HTTP API with everything in one process, on embedded storage.
enum ServeCommand {
    static let dataFolder = Option<String?>.text(
        "data-dir", value: "DIR", help: "Where datasets, experiments and models are kept (martlet-data)",
        environment: "MARTLET_DATA_DIR")
    static let threads = Option<Int?>.integer("threads", help: "Threads that train (all processors)", range: 1...1024)

    static let command = Command(
        "serve", summary: "Serves the HTTP API, all in one process", discussion: ServerOptions.accessHelp,
        options: ServerOptions.declarations + [dataFolder.declaration, threads.declaration] + Watching.declarations,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let configuration = try ServerOptions.configuration(invocation)
        let folder = try DataDirectory(path: invocation[dataFolder] ?? "martlet-data")
        var options = MartletService.Options()
        options.spoolFolder = folder.spoolFolder
        options.dataFolder = folder.path
        options.memoryLimit = Machine.trainingMemory
        if let count = invocation[threads] { options.threads = count }
        if let bytes = invocation[ServerOptions.modelCache] { options.modelCache = bytes }
        options.longWork = WorkOptions.limits(invocation)
        let watching = try Watching(invocation, role: "serve")
        defer { withExtendedLifetime(watching) {} }
        let instruments = watching.instruments
        let service = MartletService(
            stores: try await folder.stores(), options: options, crashes: try folder.crashRecord(slots: options.slots),
            instruments: instruments)
        let watch = MemoryWatch(onLow: { service.relieve() }, onOut: { _ in })
        defer { watch?.stop() }
        let server = try MartletServer(configuration, service: service, instruments: instruments)
        try await server.run { port in
            Console.notice("Martlet \(martletVersion) is ready at \(ServerOptions.address(configuration, port: port))")
            Console.notice("Data is kept in \(folder.path); Ctrl-C stops it, and experiments go on at the next start.")
        }
        await instruments.tracer.shutdown()
        return 0
    }
}
