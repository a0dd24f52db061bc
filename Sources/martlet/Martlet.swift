import AutoML
import CommandLine
import Foundation
import HTTP
import Platform
import Server
import StandardIO
import Tabular
import Telemetry

/// The executable: reads the command line, runs a command, and turns errors into one line and an exit code
/// (0 done, 1 the run failed, 2 bad arguments or bad input).
@main
struct Martlet {
    static let program = Program(
        name: "martlet",
        summary: "Martlet: automated machine learning for tables.",
        version: martletVersion,
        commands: [
            CheckCommand.command, TrainCommand.command, PredictCommand.command, ExplainCommand.command,
            InspectCommand.command,
            ExportCommand.command, ServeCommand.command, MigrateCommand.command, MasterCommand.command,
            WorkerCommand.command, DeadLettersCommand.command, HealthCommand.command,
        ], references: ["metrics": { MetricsReference.text }])

    static func main() async {
        StandardStreams.open()
        Signals.handle(program: "martlet")
        Allocator.configure(.current)
        raiseFileLimit()
        exit(await run(Array(Swift.CommandLine.arguments.dropFirst())))
    }

    /// Connections, databases and spooled files take descriptors: as many as the system lets a process have.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static func run(_ arguments: [String]) async -> Int32 {
        do {
            switch try program.parse(arguments, environment: ProcessInfo.processInfo.environment) {
            case .print(let text):
                StandardStreams.print(text + "\n")
                try StandardStreams.checkOutput()
                return 0
            case .run(let command, let invocation):
                let status = try await command.run(invocation)
                try StandardStreams.checkOutput()
                return status
            }
        } catch {
            let isPortTaken = (error as? HTTPError)?.code == .addressInUse
            Console.printError("martlet: \(error)" + (isPortTaken ? "; --port sets another port, 0 a free one" : ""))
            return isMistake(error) ? 2 : 1
        }
    }

    /// Whether an error is about what the user gave rather than about the run.
    private static func isMistake(_ error: any Error) -> Bool {
        switch error {
        case is UsageError, is ServerConfigurationError, is InputError: true
        case is TableError: true
        case let error as PlatformError: error.code == .invalid
        case let error as AutoMLError: ![.noModel, .cancelled, .noMemory].contains(error.code)
        default: false
        }
    }
}
