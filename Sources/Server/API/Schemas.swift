internal import AutoML
internal import Learners
internal import Platform
internal import Tabular

/// The JSON schemas of what goes over the wire (JSON Schema 2020-12, as OpenAPI 3.1 has it).
enum Schemas {
    /// The schema called `name`.
    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    /// All of them, by name.
    static var all: [JSONValue.Member] {
        [
            .init(name: "Problem", value: problem), .init(name: "Status", value: object(["status": string])),
            .init(name: "Dataset", value: dataset), .init(name: "DatasetList", value: list(of: "Dataset")),
            .init(name: "Profile", value: profile), .init(name: "Rows", value: rows),
            .init(name: "Example", value: example), .init(name: "ExampleList", value: list(of: "Example")),
            .init(name: "ExperimentRequest", value: experimentRequest),
            .init(name: "Experiment", value: experiment),
            .init(name: "ExperimentList", value: list(of: "Experiment")),
            .init(name: "Leaderboard", value: leaderboard), .init(name: "Event", value: event),
            .init(name: "Model", value: model), .init(name: "ModelList", value: list(of: "Model")),
            .init(name: "PredictionRequest", value: predictionRequest),
            .init(name: "Predictions", value: predictions), .init(name: "Explanation", value: explanation),
            .init(name: "Evaluation", value: evaluation), .init(name: "ModelCard", value: modelCard),
            .init(name: "ExplanationRows", value: explanationRows), .init(name: "Cluster", value: cluster),
            .init(name: "Server", value: server), .init(name: "ExperimentPlan", value: experimentPlan),
            .init(name: "RowFinding", value: rowFinding), .init(name: "TimeScore", value: timeScore),
            .init(name: "Trial", value: trial), .init(name: "TrialList", value: list(of: "Trial")),
            .init(name: "Learner", value: learner), .init(name: "LearnerList", value: list(of: "Learner")),
            .init(name: "DeadLetter", value: deadLetter),
            .init(name: "DeadLetterList", value: list(of: "DeadLetter")),
            .init(name: "ModelEvaluation", value: modelEvaluation), .init(name: "ModelSchema", value: modelSchema),
        ]
    }

    static let string: JSONValue = ["type": "string"]
    static let integer: JSONValue = ["type": "integer"]
    static let number: JSONValue = ["type": "number"]
    static let moment: JSONValue = ["type": "string", "format": "date-time"]

    /// The schema or null.
    static func nullable(_ type: String) -> JSONValue { ["type": [.string(type), "null"]] }

    static func array(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    static func choice(_ names: [String]) -> JSONValue {
        ["type": "string", "enum": .array(names.map(JSONValue.string))]
    }

    /// An object that has all of `required` and may have `optional`.
    static func object(_ required: JSONValue, optional: JSONValue = [:]) -> JSONValue {
        let properties = (required.members ?? []) + (optional.members ?? [])
        return [
            "type": "object", "properties": .object(properties),
            "required": .array((required.members ?? []).map { .string($0.name) }),
        ]
    }

    private static func list(of name: String) -> JSONValue {
        object(["items": array(reference(name)), "next_cursor": nullable("string")])
    }

    private static let problem = object(
        ["type": string, "title": string, "status": integer, "detail": string],
        optional: ["errors": array(object(["field": string, "message": string]))])

    static let columnType = choice(ColumnType.allCases.map(\.rawValue))
}

// What tables are.
extension Schemas {
    private static let dataset = object(
        [
            "id": string, "name": string, "rows": integer, "bytes": integer,
            "columns": array(
                object(["name": string, "type": columnType, "missing": integer, "distinct": integer])),
            "created_at": moment,
        ],
        optional: [
            "chunks": integer, "layout_chunks": integer,
            "notes": array(
                object(
                    ["code": choice(ReadNote.Code.allCases.map(\.rawValue)), "message": string],
                    optional: ["column": string, "row": integer, "line": integer])),
        ])

    private static let profile = object([
        "rows": integer, "suggested_target": nullable("string"),
        "columns": array(
            object(
                [
                    "name": string, "type": columnType, "missing": integer, "distinct": integer,
                    "warnings": array(choice(ColumnProfile.Warning.allCases.map(\.rawValue))),
                    "castable": array(columnType),
                    "target_task": ["type": ["string", "null"], "description": "What predicting it would be."],
                ],
                optional: [
                    "minimum": number, "maximum": number, "mean": number, "standard_deviation": number,
                    "quantiles": array(number), "top": array(object(["value": string, "count": integer])),
                    "histogram": object(["edges": array(number), "counts": array(integer)]),
                    "duplicate_of": string,
                ])),
    ])

    private static let rows = object([
        "offset": integer, "total": integer,
        "rows": array([
            "type": "object", "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
        ]),
    ])

    private static let example = object([
        "name": string, "title": string, "description": string, "target": string,
        "task": choice(Learners.Task.allCases.map(\.rawValue)), "rows": integer, "columns": integer,
        "source": string, "licence": string,
    ])

    static var uploadForm: JSONValue {
        var properties: [JSONValue.Member] = [
            .init(name: "file", value: ["type": "string", "format": "binary"]), .init(name: "name", value: string),
        ]
        properties += ReadOptions.parameters.map { .init(name: $0.name, value: $0.schema) }
        return ["type": "object", "required": ["file"], "properties": .object(properties)]
    }
}

// What is learnt from them.
extension Schemas {
    static let task = choice(Learners.Task.allCases.map(\.rawValue))
    static let metric = choice(Metric.allCases.map(\.rawValue))
    private static let state = choice(ExperimentState.allCases.map(\.rawValue))

    private static let settings: JSONValue = [
        "target": ["type": "string", "description": "The column to predict."],
        "dataset_id": string,
    ]

    private static let options: JSONValue = [
        "name": string,
        "task": choice(["auto"] + Learners.Task.allCases.map(\.rawValue)),
        "metric": choice(["auto"] + Metric.allCases.map(\.rawValue)),
        "time_budget_seconds": ["type": "number", "exclusiveMinimum": 0, "maximum": 2_592_000],
        "trials": ["type": "integer", "minimum": 1, "maximum": 100_000],
        "seed": ["type": "integer", "minimum": 0],
        "folds": ["type": "integer", "minimum": 2, "maximum": 20],
        "exclude": array(string), "learners": array(string), "weight": string,
        "types": [
            "type": "object", "additionalProperties": columnType,
            "description": "What columns are to be taken for instead of what they were read as.",
        ],
        "holdout": [
            "type": "number", "minimum": .number(0.05), "maximum": .number(0.5),
            "description": "Share of the rows held out to score on, instead of folds.",
        ],
        "group": ["type": "string", "description": "A column whose equal values are never on both sides."],
        "time": ["type": "string", "description": "A column of moments; the latest rows are held out."],
        "validation": choice(ValidationChoice.allCases.map(\.rawValue)),
        "positive": ["type": "string", "description": "The positive one of two classes."],
        "threshold": [
            "type": ["number", "string", "object"], "minimum": 0, "maximum": 1,
            "additionalProperties": ["type": "number", "exclusiveMinimum": 0],
            "description":
                "A probability, `cost:FP=1,FN=20`, `precision>=0.9`, `recall>=0.8`, or a weight for each class by name.",
        ],
    ]

    private static var experimentRequest: JSONValue {
        .object(
            (object(settings, optional: options).members ?? []) + [.init(name: "additionalProperties", value: false)])
    }

    private static var experiment: JSONValue {
        object(
            .object(
                (settings.members ?? []) + [
                    .init(name: "id", value: string), .init(name: "state", value: state),
                    .init(name: "progress", value: ["type": "number", "minimum": 0, "maximum": 1]),
                    .init(name: "best_model_id", value: nullable("string")),
                    .init(name: "best_score", value: nullable("number")),
                    .init(name: "error", value: nullable("string")),
                    .init(name: "trials_completed", value: integer), .init(name: "trials_failed", value: integer),
                    .init(name: "created_at", value: moment), .init(name: "started_at", value: nullable("string")),
                    .init(name: "finished_at", value: nullable("string")),
                    .init(name: "used_seconds", value: number),
                    .init(name: "resolved_task", value: nullable("string")),
                    .init(name: "resolved_metric", value: nullable("string")),
                ]), optional: options)
    }

    private static let timeScore = object(
        ["time": string, "model": string, "trained_rows": integer, "scored_rows": integer],
        optional: ["score": number, "score_interval": array(number), "reason": string])

    private static let leaderboard = object(
        [
            "experiment_id": string, "task": task, "metric": metric, "greater_is_better": ["type": "boolean"],
            "entries": array(
                object(
                    [
                        "rank": nullable("integer"), "model": string, "learner": string, "score": nullable("number"),
                        "score_interval": ["type": ["array", "null"], "items": number], "fit_seconds": number,
                        "predict_seconds": number, "hyperparameters": ["type": "object"],
                        "model_id": nullable("string"),
                    ],
                    optional: [
                        "selection_score": [
                            "type": "number",
                            "description":
                                "The score by which it was chosen as the best, where `score` is corrected for that.",
                        ],
                        "metrics": ["type": "object", "additionalProperties": number],
                        "status": ["type": "string", "description": "How a trial without a model ended."],
                        "reason": string, "trial": integer,
                    ])),
        ],
        optional: [
            "memory_cut": object(["trials": integer, "needed_bytes": integer, "limit_bytes": integer]),
            "time_score": reference("TimeScore"),
            "note": ["type": "string", "description": "Why another entry may show a better score than the first."],
        ])

    private static let event = object(
        [
            "sequence": integer, "kind": choice(EventRecord.Kind.allCases.map(\.rawValue)), "at": moment,
            "state": state, "progress": number,
        ],
        optional: [
            "trial": object(
                ["index": integer, "learner": string, "state": choice(TrialState.allCases.map(\.rawValue))],
                optional: [
                    "score": number, "score_interval": array(number), "reason": string, "fit_seconds": number,
                    "predict_seconds": number, "model_id": string,
                ]),
            "trial_progress": number, "best_score": number, "best_model_id": string, "error": string,
        ])

    private static let model = object([
        "id": string, "experiment_id": string, "dataset_id": string, "model": string, "learner": string,
        "target": string, "task": task, "metric": metric, "score": number, "created_at": moment,
    ])

    private static let predictionRequest = object([
        "rows": array([
            "type": "object", "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
        ])
    ])

    private static let predictions = object([
        "predictions": array(
            object(
                ["prediction": ["type": ["string", "number"]]],
                optional: [
                    "probabilities": ["type": "object", "additionalProperties": number],
                    "interval": ["type": "array", "items": number, "minItems": 2, "maxItems": 2],
                    "labels": array(string),
                ]))
    ])

    private static let cluster = object(
        [
            "workers": array(
                object([
                    "name": string, "slots": integer, "running": integer, "threads": integer,
                    "trials": array(object(["experiment_id": string, "index": integer])),
                    "trials_done": integer, "started_at": moment, "data_hits": integer, "data_misses": integer,
                    "cache_hits": integer, "cache_misses": integer,
                ])),
            "slots": integer, "busy_slots": integer, "queue_lag": integer, "running_experiments": integer,
            "queued_experiments": integer, "storage": storage, "links": links,
        ], optional: ["data_hit_rate": nullable("number"), "cache_hit_rate": nullable("number")])
}
