import AutoML
import CommandLine
import Drivers
import Foundation
import Platform
import Server
import Telemetry

/// `martlet master`: the HTTP API and the coordination of experiments, on a cluster's servers.
enum MasterCommand {
    static let spoolFolder = Option<String?>.text(
        "spool-dir", value: "DIR", help: "Where uploads are kept while they are read (a temporary folder)",
        environment: "MARTLET_SPOOL_DIR"
    ).configured(key: "master.spool_dir")
    static let experiments = Option<Int?>.integer(
        "experiments", help: "Experiments this master runs at a time (4)", range: 1...1000,
        environment: "MARTLET_EXPERIMENTS"
    ).configured(key: "master.experiments")
    static let threads = Option<Int?>.integer(
        "threads", help: "Threads that select ensembles (all processors)", range: 1...1024
    ).configured(key: "master.threads")

    static let own = [spoolFolder.declaration, experiments.declaration, threads.declaration]

    static let command = Command(
        "master", summary: "Serves the HTTP API and coordinates experiments on a cluster",
        discussion: """
            Workers train what it coordinates; any number of masters share the experiments, and go on with those of one
            that ends. “martlet migrate” makes the tables first.

            \(ServerOptions.accessHelp)
            """,
        options: ServerOptions.declarations + own + Watching.declarations + ClusterOptions.declarations,
        readsConfiguration: true,
        sharing: RoleOptions.all, run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let configuration = try ServerOptions.configuration(invocation)
        var options = MartletService.Options()
        options.slots = 0
        options.memoryLimit = Machine.trainingMemory
        options.runningExperiments = invocation[experiments] ?? 4
        options.threads = invocation[threads] ?? ProcessLimits.current.processors
        let temporary =
            FileManager.default.temporaryDirectory.path
            + "/martlet-spool-\(ProcessInfo.processInfo.processIdentifier)"
        options.spoolFolder = invocation[spoolFolder] ?? temporary
        defer { rmdir(temporary) }
        if let bytes = invocation[ServerOptions.modelCache] { options.modelCache = bytes }
        options.longWork = WorkOptions.limits(invocation)
        let watching = try Watching(invocation, role: "master")
        defer { withExtendedLifetime(watching) {} }
        let instruments = watching.instruments
        let stores = try await ClusterOptions.cluster(invocation).stores(instruments: instruments)
        let service = MartletService(stores: stores, options: options, instruments: instruments)
        let watch = MemoryWatch(onLow: { service.relieve() }, onOut: { _ in })
        defer { watch?.stop() }
        let server = try MartletServer(configuration, service: service, instruments: instruments)
        try await server.run { port in
            Console.notice(
                "Martlet \(martletVersion) master is ready at \(ServerOptions.address(configuration, port: port))")
        }
        await instruments.tracer.shutdown()
        return 0
    }
}
