internal import AutoML
internal import Learners
internal import Tabular

/// What a model takes, as JSON: its columns with the values they had among the rows that it carries.
struct ModelSchemaFormat {
    private static let mostLevels = 200

    private let model: ModelArtifact
    private let table: Table

    init(_ model: ModelArtifact) {
        self.model = model
        table = model.evaluation?.sample.table ?? model.goldenRows
    }

    func json() -> [UInt8] {
        let header = model.header
        var columns: [JSONValue] = header.schema.columns.map { .object(column($0)) }
        columns += header.plan.dropped.map { ["name": .string($0.name), "left_out": .string($0.reason)] }
        var members: [JSONValue.Member] = [
            .init(name: "target", value: .string(header.target)),
            .init(name: "task", value: .string(header.task.rawValue)),
            .init(name: "classes", value: .array(header.classes.map(JSONValue.string))),
        ]
        if let threshold = header.threshold { members.append(.init(name: "threshold", value: .number(threshold))) }
        if let level = model.highestInterval {
            members.append(.init(name: "highest_interval", value: .number(level)))
        }
        members.append(.init(name: "columns", value: .array(columns)))
        var writer = JSONWriter()
        writer.value(.object(members))
        var bytes = writer.bytes
        bytes.removeLast()
        return bytes + Array(",\"example\":".utf8) + example() + Array("}".utf8)
    }

    private func example() -> [UInt8] {
        var writer = JSONWriter()
        // The row with the fewest gaps shows best what goes where.
        let rows = (0..<model.goldenRows.rowCount).map { row in
            (row, model.goldenRows.columns.count { $0.isMissing(row) })
        }
        guard let best = rows.min(by: { $0.1 < $1.1 }) else { return Array("{}".utf8) }
        TableJSON(model.goldenRows).write(best.0, to: &writer)
        return writer.bytes
    }

    private func column(_ schema: ColumnSchema) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init(name: "name", value: .string(schema.name)), .init(name: "type", value: .string(schema.type.rawValue)),
        ]
        guard let column = table.column(schema.name), column.count > 0 else { return members }
        let profile = TableProfile(Table(columns: [column]), notes: []).columns[0]
        members.append(.init(name: "distinct", value: .integer(Int64(profile.distinct))))
        members.append(
            .init(name: "missing_share", value: .number(Double(profile.missing) / Double(column.count))))
        switch column.storage {
        case .strings, .booleans:
            if schema.type != .text { members.append(.init(name: "levels", value: levels(column))) }
        default:
            for (name, value) in [
                ("minimum", profile.minimum), ("median", profile.quantiles?[2]), ("maximum", profile.maximum),
            ] {
                if let value, value.isFinite { members.append(.init(name: name, value: .number(value))) }
            }
        }
        return members
    }

    /// The most frequent first.
    private func levels(_ column: Column) -> JSONValue {
        var counts: [String: Int] = [:]
        for row in 0..<column.count where !column.isMissing(row) {
            switch column.storage {
            case .strings(let codes, let levels): counts[levels[Int(codes[row])], default: 0] += 1
            case .booleans(let bits): counts[column.booleanLabels[bits[row]], default: 0] += 1
            default: break
            }
        }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return .array(sorted.prefix(ModelSchemaFormat.mostLevels).map { .string($0.key) })
    }
}
