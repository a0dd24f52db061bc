import CommandLine
import Platform
import Telemetry

/// What a long-running command is watched by.
enum Watching {
    static func instruments(_ invocation: Invocation, role: String) -> Instruments {
        let log = Logger { Console.printError($0) }
        let instruments = Instruments(log: log)
        PlatformMetrics.register(role: role, in: instruments)
        return instruments
    }
}
