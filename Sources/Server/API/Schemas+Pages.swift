internal import AutoML
internal import Learners
internal import Platform
internal import Tabular

// What the pages of the web UI ask for.
extension Schemas {
    private static let boolean: JSONValue = ["type": "boolean"]
    static let cell: JSONValue = ["type": ["string", "number", "boolean", "null"]]

    static let server = object(["version": string, "token_required": boolean, "upload_limit_bytes": integer])

    static let storage = array(
        object(["name": string, "healthy": boolean, "seconds": number], optional: ["detail": string]))
    static let links = array(object(["title": string, "href": string]))

    static let deadLetter = object([
        "at": moment, "experiment_id": string, "trial": integer, "learner": string, "reason": string,
        "starts": array(object(["worker": string], optional: ["began_at": moment, "failure": string])),
    ])

    static let learner = object([
        "name": string, "title": string, "description": string, "tasks": array(task),
    ])

    static let trial = object(
        [
            "index": integer, "model": string, "learner": string,
            "state": choice(TrialState.allCases.map(\.rawValue)), "hyperparameters": ["type": "object"],
            "worker": nullable("string"), "proposed_at": moment, "finished_at": nullable("string"),
        ],
        optional: [
            "score": number, "score_interval": array(number), "fit_seconds": number, "predict_seconds": number,
            "reason": string,
        ])

    static let modelEvaluation = object(
        ["card": reference("ModelCard"), "bytes": integer], optional: ["evaluation": reference("Evaluation")])

    static let modelSchema = object(
        [
            "target": string, "task": task, "classes": array(string),
            "columns": array(
                object(
                    ["name": string],
                    optional: [
                        "type": columnType, "left_out": string, "levels": array(string), "distinct": integer,
                        "minimum": number, "median": number, "maximum": number, "missing_share": number,
                    ])),
            "example": ["type": "object", "additionalProperties": cell],
        ],
        optional: [
            "threshold": number,
            "highest_interval": [
                "type": "number", "description": "The highest level of intervals that the model can be asked for.",
            ],
        ])

    static let rowFinding = object([
        "kind": choice(RowFinding.Kind.allCases.map(\.rawValue)), "columns": array(string), "rows": integer,
        "groups": integer, "strength": number, "kept": boolean, "evidence": string,
    ])

    static let experimentPlan = object(
        [
            "task": task, "task_reason": string, "metric": metric,
            "metrics": array(object(["name": metric, "greater_is_better": boolean])), "class_count": integer,
            "rows": integer, "rows_without_target": integer, "validation": string, "models_per_trial": integer,
            "columns": array(
                object(
                    [
                        "name": string, "type": columnType, "is_used": boolean, "strength": number,
                        "is_leaking": boolean,
                    ], optional: ["reason": string])),
            "leaks": array(
                object([
                    "kind": choice(Leak.Kind.allCases.map(\.rawValue)), "columns": array(string), "strength": number,
                    "evidence": string,
                ])),
            "relations": array(reference("RowFinding")),
            "learners": array(object(["name": string, "is_suitable": boolean, "seconds": number])),
            "estimate": object([
                "seconds_per_trial": number, "trials": integer, "seconds": number, "basis": string,
            ]),
        ], optional: ["classes": array(object(["value": string, "count": integer]))])
}
