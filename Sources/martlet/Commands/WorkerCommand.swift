import AutoML
import CommandLine
import Drivers
import Foundation
import Platform
import Server

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
        "memory", help: "Memory that trials under way may be expected to need, such as 8GiB (half of the machine's)",
        environment: "MARTLET_WORKER_MEMORY"
    ).configured(key: "worker.memory")
    static let grace = Option<Double?>.duration(
        "grace", help: "How long running trials may still take when the worker is stopped (20s)",
        environment: "MARTLET_WORKER_GRACE"
    ).configured(key: "worker.grace")

    static let own = [slots.declaration, threads.declaration, memory.declaration, grace.declaration]

    static let command = Command(
        "worker", summary: "Trains the trials of a cluster's experiments",
        discussion: """
            Takes trials from Kafka, reads data from the cache and else from Cassandra, trains, and reports. SIGTERM lets
            running trials end within the grace and hands back the others; a trial whose expected memory is more than a
            slot's share goes to a worker that has it.
            """,
        options: own + ClusterOptions.declarations, readsConfiguration: true, sharing: RoleOptions.all, run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        var options = MartletWorker.Options()
        options.slots = invocation[slots] ?? 1
        options.threads =
            invocation[threads] ?? max(1, ProcessInfo.processInfo.activeProcessorCount / options.slots)
        options.memoryLimit = invocation[memory] ?? Machine.trainingMemory
        if let grace = invocation[grace] { options.grace = grace }
        let stores = try await ClusterOptions.cluster(invocation).stores { Console.printError("martlet: \($0)") }
        let worker = MartletWorker(stores: stores, options: options)
        let console = Console()
        try await Termination.run {
            try await worker.start()
            console.print("Martlet \(martletVersion) worker \(worker.name) is ready.")
        } stop: {
            await worker.shutdown()
        }
        return 0
    }
}
