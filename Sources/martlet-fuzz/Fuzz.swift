import CCoverage
import Foundation

/// Feeds damaged inputs to Martlet: `martlet-fuzz MODE --corpus DIR --keep DIR [--seconds N] [--runs N] [--seed N]`, or
/// `martlet-fuzz MODE --input FILE` to feed one as it is. Meant for a build with a sanitizer; where that has
/// `-sanitize-coverage=edge,trace-pc-guard`, inputs that reach new code are changed further.
@main
struct Fuzz {
    private var corpus = "Tests/Fuzz"
    private var keep = ".build/fuzz"
    private var input: String?
    private var seconds = Double.infinity
    private var runs = Int.max
    private var seed: UInt64 = 1

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            var fuzz = Fuzz()
            let arguments = Array(CommandLine.arguments.dropFirst())
            guard let mode = arguments.first else {
                throw Finding("a mode is missing: tables, bodies, wire or artifacts")
            }
            try fuzz.read(arguments.dropFirst())
            let found =
                switch mode {
                case TablesMode.name: try fuzz.run(TablesMode())
                case BodiesMode.name: try fuzz.run(BodiesMode())
                case WireMode.name: try fuzz.run(WireMode())
                case ArtifactsMode.name: try fuzz.run(ArtifactsMode())
                default: throw Finding("there is no mode \(mode)")
                }
            exit(found == 0 ? 0 : 1)
        } catch {
            say("martlet-fuzz: \(error)")
            exit(2)
        }
    }

    private mutating func read(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Finding("\(name) needs a value") }
            switch name {
            case "--corpus": corpus = value
            case "--keep": keep = value
            case "--input": input = value
            case "--seconds": seconds = Double(value) ?? 0
            case "--runs": runs = Int(value) ?? 0
            case "--seed": seed = UInt64(value) ?? 0
            default: throw Finding("there is no option \(name)")
            }
        }
    }

    /// Feeds the corpus and then changes of it; returns how many findings there were.
    private func run(_ mode: some Mode) throws -> Int {
        let name = type(of: mode).name
        let watch = try Watch(folder: keep, mode: name)
        let start = Date()
        if let input {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: input)))
            var choices = Choices(for: bytes)
            try mode.run(bytes, &choices)
            say("\(name): nothing was found")
            return 0
        }
        var inputs = try begin(with: mode)
        let given = inputs.count
        var known: Set<String> = []
        var index = 0
        while index < runs, Date().timeIntervalSince(start) < seconds, known.count < 20 {
            var choices = Choices(seed: seed, index: index)
            let input = index < given ? inputs[index] : mode.mutate(choices.pick(inputs), others: inputs, &choices)
            choices = Choices(for: input)
            do {
                try watch.during(input) { try mode.run(input, &choices) }
            } catch {
                // The same in other words is not told twice.
                let kind = "\(error)".replacing(try Regex("[0-9a-f-]{8,}|[0-9]+"), with: "#")
                if known.insert(String(kind.prefix(160))).inserted {
                    say("FOUND: \(error)\n  the input is \(try watch.keep(input, index: index))")
                }
            }
            // With a number of runs, the inputs depend on the seed alone.
            if coverage_take_new() > 0, index >= given, runs == .max { inputs.append(input) }
            index += 1
        }
        do { try mode.finish() } catch {
            known.insert("\(error)")
            say("FOUND: \(error)")
        }
        watch.end()
        let took = Date().timeIntervalSince(start)
        let edges =
            coverage_total() > 0 ? ", \(coverage_total()) edges, \(inputs.count - given) inputs reached new ones" : ""
        say("\(name): \(index) inputs in \(Int(took.rounded())) s, \(known.count) findings\(edges)")
        return known.count
    }

    /// The corpus of a mode, in the order of its names.
    private func begin(with mode: some Mode) throws -> [[UInt8]] {
        if let artifacts = mode as? ArtifactsMode { return artifacts.made }
        let folder = "\(corpus)/\(type(of: mode).name)"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        let inputs = try names.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) }
        guard !inputs.isEmpty else { throw Finding("\(folder) is empty") }
        return inputs
    }
}
