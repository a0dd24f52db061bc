import AutoML
import CommandLine
import Drivers
import Foundation
import HTTP
import Platform
import Server
import Telemetry

/// `martlet worker`: trains the trials of a cluster's experiments.
enum WorkerCommand {
    static let slots = Option<Int?>.integer(
        "slots", help: "Trials trained at a time (1)", range: 1...1024, environment: "MARTLET_WORKER_SLOTS"
    ).configured(key: "worker.slots")
    static let threads = Option<Int?>.integer(
        "threads", help: "Threads of each trial (all processors, shared by the slots)", range: 1...1024,
        environment: "MARTLET_WORKER_THREADS"
    ).configured(key: "worker.threads")
    static let memory = Option<Int?>.bytes(
        "memory", help: "Memory that trials under way may be expected to need, such as 8GiB (half of the limit)",
        environment: "MARTLET_WORKER_MEMORY"
    ).configured(key: "worker.memory")
    static let grace = Option<Double?>.duration(
        "grace", help: "How long running trials may still take when the worker is stopped (20s)",
        environment: "MARTLET_WORKER_GRACE"
    ).configured(key: "worker.grace")

    static let monitoringHost = Option<String?>.text(
        "monitoring-host", value: "HOST", help: "Where /healthz, /readyz and /metrics are served (127.0.0.1)",
        environment: "MARTLET_WORKER_MONITORING_HOST"
    ).configured(key: "worker.monitoring_host")
    static let monitoringPort = Option<Int?>.integer(
        "monitoring-port", value: "PORT",
        help: "Their port, 0 for a free one (8081, or a free one where that is taken)", range: 0...65535,
        environment: "MARTLET_WORKER_MONITORING_PORT"
    ).configured(key: "worker.monitoring_port")

    static let own = [
        slots.declaration, threads.declaration, memory.declaration, grace.declaration, monitoringHost.declaration,
        monitoringPort.declaration,
    ]

    static let command = Command(
        "worker", summary: "Trains the trials of a cluster's experiments",
        discussion: """
            Takes trials from Kafka, reads data from the cache and else from Cassandra, trains, and reports. SIGTERM lets
            running trials end within the grace and hands back the others; a trial whose expected memory is more than a
            slot's share goes to a worker that has it.

            Beyond this machine /metrics asks for the token of MARTLET_METRICS_TOKEN or MARTLET_API_TOKEN (or …_FILE).
            """,
        options: own + [ServerOptions.allowedHosts.declaration, ServerOptions.insecure.declaration]
            + HTTPOptions.declarations + Watching.declarations + ClusterOptions.declarations, readsConfiguration: true,
        sharing: RoleOptions.all,
        run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        var options = MartletWorker.Options()
        options.slots = invocation[slots] ?? 1
        options.threads =
            invocation[threads] ?? max(1, ProcessLimits.current.processors / options.slots)
        options.memoryLimit = invocation[memory] ?? Machine.trainingMemory
        if let grace = invocation[grace] { options.grace = grace }
        let configuration = try monitoring(invocation)
        let watching = try Watching(invocation, role: "worker")
        defer { withExtendedLifetime(watching) {} }
        let instruments = watching.instruments
        let stores = try await ClusterOptions.cluster(invocation).stores(instruments: instruments)
        let worker = MartletWorker(stores: stores, options: options, instruments: instruments)
        let watch = MemoryWatch(onLow: { worker.relieve() }, onOut: { _ in })
        defer { watch?.stop() }
        let (monitoring, port) = try listen(configuration, invocation, instruments) { worker.isReady }
        try await Termination.run {
            try await worker.start()
            Console.notice(
                """
                Martlet \(martletVersion) worker \(worker.name) is ready, monitored at \
                \(ServerOptions.address(configuration, port: port))
                """)
        } stop: {
            await worker.shutdown()
            await monitoring.shutdown()
        } hangUp: {
            monitoring.reloadCertificates()
        }
        await instruments.tracer.shutdown()
        return 0
    }

    /// Serves the monitoring pages; where the usual port is taken, and none was asked for, another worker of this machine has
    /// it and a free one is used.
    private static func listen(
        _ configuration: ServerConfiguration, _ invocation: Invocation, _ instruments: Instruments,
        isReady: @escaping @Sendable () -> Bool
    ) throws -> (MonitoringServer, port: Int) {
        let monitoring = try MonitoringServer(configuration, instruments: instruments, isReady: isReady)
        do {
            return (monitoring, try monitoring.start())
        } catch let error as HTTPError where error.code == .addressInUse {
            guard invocation[monitoringPort] == nil else {
                throw CommandFailure("\(error); --monitoring-port sets another port, 0 a free one")
            }
            var configuration = configuration
            configuration.port = 0
            let monitoring = try MonitoringServer(configuration, instruments: instruments, isReady: isReady)
            let port = try monitoring.start()
            instruments.log.info(
                "the usual port is taken: another is used", LogField("error", "\(error)"), LogField("port", port))
            return (monitoring, port)
        }
    }

    private static func monitoring(_ invocation: Invocation) throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = invocation[monitoringHost] ?? configuration.host
        configuration.port = invocation[monitoringPort] ?? 8081
        HTTPOptions.apply(invocation, to: &configuration)
        try ServerOptions.setTokens(&configuration)
        configuration.isInsecure = invocation[ServerOptions.insecure]
        configuration.allowedHosts = Set(invocation[ServerOptions.allowedHosts].map { $0.lowercased() })
        try configuration.validateMonitoring()
        return configuration
    }
}
