import AutoML
import Foundation
import Learners
import Tabular

/// Models and chunks, damaged behind their checksums. Its inputs are made here: the same seed gives the same bytes.
final class ArtifactsMode: Mode {
    static let name = "artifacts"
    let mutator = Mutator(separators: [0x2C, 0x3A, 0x22], words: ["null", "[]", "{}", "\"\"", "true"])
    /// Undamaged models and chunks, to begin with.
    private(set) var made: [[UInt8]] = []
    private let context = TrainingContext(pool: ThreadPool(threadCount: 1))

    init() throws {
        let server = try RunningServer(isStored: false)
        let client = server.client
        var csv = "length,colour,when,whole,yes,note,kind\n"
        for row in 0..<40 {
            csv +=
                "\(row % 7 == 0 ? "" : "\(row % 5).\(row % 9)"),\(["red", "blue", "white"][row % 3]),2024-03-\(10 + row % 20),"
            csv += "\(row * 3),\(row % 3 == 0),word \(row) and \(row % 11),\(["tall", "short"][row / 2 % 2])\n"
        }
        let created = try client.call("POST", "/api/v1/datasets?name=table", Array(csv.utf8))
        guard let id = created.json?["id"] as? String else { throw Finding("the table is refused") }
        for learner in [
            "decision_tree", "linear", "gaussian_naive_bayes", "nearest_neighbors", "random_forest",
            "gradient_boosting",
        ] {
            for target in ["kind", "whole"] {
                guard let model = try server.train(id, target: target, learner: learner)?.model else { continue }
                made.append(try client.call("GET", "/api/v1/models/\(model)/artifact").body)
            }
        }
        if made.isEmpty { throw Finding("there is no model to begin with") }
        let table = try TableReader.read(.bytes(Array(csv.utf8)), ReadOptions()).0
        for column in table.columns { made += try ChunkCodec.encode(column).map(\.bytes) }
        try server.stop()
    }

    func mutate(_ input: [UInt8], others: [[UInt8]], _ choices: inout Choices) -> [UInt8] {
        // Sometimes as a disk or a peer would damage it, which the checksum finds.
        if choices.oneIn(16) { return mutator.mutate(input, others: others, &choices, longest: 1 << 20) }
        if let payload = try? ChunkCodec.payload(of: input) {
            let damaged = mutator.mutate(payload, others: others, &choices, longest: 1 << 20)
            return (try? ChunkCodec.seal(damaged)) ?? damaged
        }
        let start = ModelArtifact.magic.utf8.count + 4
        guard input.count > start + 16 else { return input }
        var content = Array(input[start..<(input.count - 8)])
        let length = content.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(as: UInt64.self)) }
        if choices.oneIn(2), (0...(content.count - 8)).contains(length) {
            // The header, which is JSON, with its length put right.
            let header = mutator.mutate(Array(content[8..<8 + length]), others: others, &choices, longest: 1 << 20)
            content.replaceSubrange(8..<8 + length, with: header)
            withUnsafeBytes(of: UInt64(header.count).littleEndian) { content.replaceSubrange(0..<8, with: $0) }
        } else {
            content = mutator.mutate(content, others: others, &choices, longest: 1 << 20)
        }
        var sealed = Array(input[..<start]) + content
        let checksum = Checksum.of(sealed[...])
        withUnsafeBytes(of: checksum.littleEndian) { sealed.append(contentsOf: $0) }
        return sealed
    }

    func run(_ input: [UInt8], _ choices: inout Choices) throws {
        if let column = try? ChunkCodec.decode(input) { try use(Table(columns: [column])) }
        guard let model = try? ModelArtifact(loading: input) else { return }
        // It is sound: then all that is done with models is.
        _ = try? model.onnx()
        let rows = model.goldenRows
        for table in [rows, rows.selecting([]), rows.selecting(rows.rowCount > 0 ? [0] : [])] {
            guard let predictions = try? model.predict(table, context: context) else { continue }
            _ = model.labels(predictions)
            _ = try? model.contributions(table, context: context)
        }
        guard let bytes = try? model.encoded() else { return }
        do { _ = try ModelArtifact(loading: bytes) } catch {
            throw Finding("a model that was read cannot be read again: \(error)")
        }
    }

    private func use(_ table: Table) throws {
        var written = 0
        var writer = CSVWriter { written += $0.count }
        try writer.write(table)
        try writer.finish()
        var builder = ProfileBuilder()
        builder.add(table)
        _ = builder.profile(notes: [])
        for chunk in (try? ChunkCodec.encode(table.columns[0])) ?? [] {
            let again: Column
            do { again = try ChunkCodec.decode(chunk.bytes) } catch {
                throw Finding("a chunk that was read cannot be read again: \(error)")
            }
            if again.count != chunk.rows.count {
                throw Finding("a chunk has \(again.count) of \(chunk.rows.count) rows")
            }
        }
    }

    func finish() {}
}
