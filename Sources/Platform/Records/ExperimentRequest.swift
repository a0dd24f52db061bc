public import AutoML

/// What a user asks of an experiment on a dataset; in JSON the body of `POST /experiments`: `dataset_id`, `name` and the
/// fields of AutoML's settings in one object.
public struct ExperimentRequest: Sendable, Hashable, Codable {
    /// The dataset to learn from.
    public var datasetID: String
    /// A name for people.
    public var name: String?
    /// What is asked of the table.
    public var settings: ExperimentSettings

    /// A request of these parts.
    public init(datasetID: String, name: String? = nil, settings: ExperimentSettings) {
        self.datasetID = datasetID
        self.name = name
        self.settings = settings
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case datasetID = "dataset_id"
        case name
    }

    private static let fields =
        Set(CodingKeys.allCases.map(\.rawValue))
        .union([
            "target", "task", "metric", "time_budget_seconds", "trials", "seed", "folds", "exclude", "learners",
            "weight", "types", "holdout", "group", "time", "validation", "positive",
            "threshold",
        ])

    /// Reads a JSON object. Throws `PlatformError.invalid` naming the field that is wrong, missing or unknown.
    public init(from decoder: any Decoder) throws {
        try self.init(from: decoder, allowing: [])
    }

    init(from decoder: any Decoder, allowing others: Set<String>) throws {
        let all = try decoder.container(keyedBy: AnyKey.self)
        let known = others.union(ExperimentRequest.fields)
        if let unknown = all.allKeys.map(\.stringValue).filter({ !known.contains($0) }).min() {
            throw PlatformError(.invalid, "there is no such field", field: unknown)
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String? {
            do {
                return try container.decodeIfPresent(String.self, forKey: key)
            } catch {
                throw PlatformError(.invalid, "must be a string", field: key.rawValue)
            }
        }
        guard let dataset = try text(.datasetID), !dataset.isEmpty else {
            throw PlatformError(.invalid, "dataset_id is missing", field: CodingKeys.datasetID.rawValue)
        }
        datasetID = dataset
        name = try text(.name)
        do {
            settings = try ExperimentSettings(from: decoder)
        } catch let error as AutoMLError {
            throw PlatformError(error)
        }
    }

    /// Writes one flat JSON object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(datasetID, forKey: .datasetID)
        try container.encodeIfPresent(name, forKey: .name)
        try settings.encode(to: encoder)
    }
}

extension PlatformError {
    /// The same refusal in the platform's words.
    init(_ error: AutoMLError) {
        let code: Code =
            switch error.code {
            case .damagedModel, .unsupportedModel: .damaged
            case .noModel, .cancelled: .conflict
            default: .invalid
            }
        self.init(code, error.message, field: error.field)
    }
}

/// A key of any name.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
