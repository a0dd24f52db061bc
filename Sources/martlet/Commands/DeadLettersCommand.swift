import CommandLine
import Drivers
import Foundation
import Platform

/// `martlet dead-letters`: the trials that were given up, as Kafka has them, whether or not a master runs.
enum DeadLettersCommand {
    static let limit = Option<Int?>.integer(
        "limit", help: "How many to show, the newest first (50)", range: 1...1000
    ).configured(key: "dead_letters.limit")
    static let json = Option<Bool>.flag(
        "json", help: "As JSON, as the API gives them"
    ).configured(key: "dead_letters.json")

    static let own = [limit.declaration, json.declaration]

    static let command = Command(
        "dead-letters", summary: "Shows the trials that a cluster has given up",
        discussion: """
            A trial that three workers began and none came to the end of counts as failed, and is kept for a week with the
            workers that began it. It asks Kafka alone; GET /api/v1/cluster/dead-letters gives the same.
            """,
        options: own + ClusterOptions.kafka, readsConfiguration: true, sharing: RoleOptions.all, run: run)

    private static func run(_ invocation: Invocation) async throws -> Int32 {
        let limit = invocation[limit] ?? 50
        let page = try await ClusterOptions.kafka(invocation).withLog { log in
            try await log.deadLetters(limit: limit, after: nil)
        }
        if invocation[json] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Console().print(String(decoding: try encoder.encode(page), as: UTF8.self))
        } else {
            show(page)
        }
        return 0
    }

    /// A row for each start; those of one trial are together.
    private static func show(_ page: Page<DeadLetterRecord>) {
        let console = Console()
        guard !page.items.isEmpty else { return console.print("There are no dead letters.") }
        var table = TextTable(
            ["given up (UTC)", "experiment", "trial", "learner", "begun (UTC)", "worker", "failure"], right: [2])
        for letter in page.items {
            let trial = [time(letter.at), letter.experimentID, "\(letter.trial)", letter.learner]
            for (place, start) in letter.starts.enumerated() {
                let cells = place == 0 ? trial : trial.map { _ in "" }
                table.add(cells + [time(start.beganAt), start.worker, start.failure ?? "not heard of again"])
            }
        }
        for (index, line) in table.lines.enumerated() { console.print(index == 0 ? console.bold(line) : line) }
        if page.nextCursor != nil { console.print("\nThere are more; --limit shows up to 1000.") }
    }

    /// `2026-03-04 05:06:07`.
    private static func time(_ moment: Timestamp?) -> String {
        moment.map { String($0.description.prefix(19)).replacing("T", with: " ") } ?? ""
    }
}
