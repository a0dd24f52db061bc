internal import AutoML
internal import Foundation
internal import Tabular

/// A stored profile with what follows from it for learning.
struct ProfileFormat: Encodable {
    private struct Column: Encodable {
        let profile: ColumnProfile
        let rows: Int

        enum CodingKeys: String, CodingKey {
            case castable
            case targetTask = "target_task"
        }

        func encode(to encoder: any Encoder) throws {
            try profile.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(profile.type.castable, forKey: .castable)
            try container.encode(TargetSuggestion.task(of: profile, rows: rows), forKey: .targetTask)
        }
    }

    private let profile: TableProfile

    /// Throws what is no profile.
    init(_ bytes: [UInt8]) throws {
        profile = try JSONDecoder().decode(TableProfile.self, from: Data(bytes))
    }

    enum CodingKeys: String, CodingKey {
        case rows, columns
        case suggestedTarget = "suggested_target"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(profile.rows, forKey: .rows)
        try container.encode(profile.columns.map { Column(profile: $0, rows: profile.rows) }, forKey: .columns)
        try container.encode(TargetSuggestion.column(in: profile), forKey: .suggestedTarget)
    }
}
