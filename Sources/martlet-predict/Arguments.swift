import AutoML
import CStandalone
import Foundation

/// What the command line says.
struct Arguments {
    static let usage = """
        usage: martlet-predict [--model FILE] [--output FILE] [--threads N] [--interval LEVEL] [--threshold RULE]
               [DATA]

        Predicts the rows of a table with the model beside this program. DATA is a CSV file (plain, gzip, zstd), an Excel
        workbook or JSON lines; standard input where it is left out or -. CSV gives CSV: the column prediction and, for
        classes, probability_CLASS for each class. A line {"column": value, …} gives a line {"prediction": …,
        "probabilities": {…}}. With --interval 0.9 come what holds the truth with that probability: prediction_low and
        prediction_high, or labels; in JSON "interval": [low, high] or "labels": […]. RULE decides classes instead of as the
        model does: a probability such as 0.3, cost:FP=1,FN=20, precision>=0.9, recall>=0.8 or weights:CLASS=1,CLASS=5.
        Exit codes: 0 done, 1 the run failed, 2 bad arguments or bad input.
        """

    /// A command line that cannot be followed.
    struct Mistake: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    var model: String?
    var output: String?
    var threads = ProcessInfo.processInfo.activeProcessorCount
    var interval: Double?
    var threshold: ThresholdRule?
    var data = "-"
    var wantsHelp = false
    var wantsVersion = false

    /// The words of the command line, the program's name first.
    static var words: [String] {
        (0..<standalone_argument_count()).map { standalone_argument($0).map { String(cString: $0) } ?? "" }
    }

    /// Reads the arguments that follow the program's name.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        var hasData = false
        func value(of option: String) throws -> String {
            guard let value = rest.popFirst() else { throw Mistake("\(option) needs a value") }
            return value
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "-h", "--help": wantsHelp = true
            case "--version": wantsVersion = true
            case "--model": model = try value(of: argument)
            case "-o", "--output": output = try value(of: argument)
            case "--threshold": threshold = try ThresholdRule(try value(of: argument))
            case "--threads":
                guard let count = Int(try value(of: argument)), (1...1024).contains(count) else {
                    throw Mistake("--threads must be from 1 to 1024")
                }
                threads = count
            case "--interval":
                guard let level = Double(try value(of: argument)), Uncertainty.levels.contains(level) else {
                    let levels = Uncertainty.levels
                    throw Mistake("--interval must be from \(levels.lowerBound) to \(levels.upperBound)")
                }
                interval = level
            case _ where argument.hasPrefix("-") && argument != "-": throw Mistake("there is no option \(argument)")
            default:
                guard !hasData else { throw Mistake("one table at a time: what is \(argument)?") }
                data = argument
                hasData = true
            }
        }
    }

    /// Where the model is: as told, or `model.martlet` in the folder of this program.
    var modelPath: String {
        if let model { return model }
        let program = Arguments.words.first ?? ""
        // Without a slash the shell found it on its path, and only the kernel knows where.
        let place = program.contains("/") ? program : (try? link("/proc/self/exe")) ?? program
        let folder = place.lastIndex(of: "/").map { String(place[...$0]) } ?? ""
        return folder + "model.martlet"
    }

    private func link(_ path: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: path)
    }
}
