internal import AutoML
internal import Learners
internal import Platform

// How good models are, and why they predict what they predict.
extension Schemas {
    private static let numbers = array(number)
    private static let strings = array(string)
    private static let boolean: JSONValue = ["type": "boolean"]
    private static let scale = choice(ContributionScale.allCases.map(\.rawValue))
    private static let members = array(
        object(["model": string, "weight": number, "method": string], optional: ["orders": integer]))

    private static let metricScore = object(
        ["metric": metric, "greater_is_better": boolean], optional: ["score": number, "interval": numbers])
    private static let curve = object(["x": numbers, "y": numbers], optional: ["threshold": numbers])
    private static let residualBins = object(
        [
            "rows": array(integer), "low": numbers, "median": numbers, "high": numbers, "mean": numbers,
            "mean_low": numbers, "mean_high": numbers,
        ], optional: ["values": numbers, "levels": strings])

    private static let calibration = object([
        "bins": array(object(["predicted": number, "observed": number, "interval": numbers, "rows": integer])),
        "isotonic": curve, "expected_calibration_error": number, "largest_calibration_error": number,
    ])

    static let evaluation = object(
        ["rows": integer, "metrics": array(metricScore)],
        optional: [
            "confusion": object(["classes": strings, "counts": array(numbers)]),
            "classes": array(
                object(
                    ["name": string, "rows": integer],
                    optional: [
                        "precision": number, "precision_interval": numbers, "recall": number,
                        "recall_interval": numbers, "f1": number, "f1_interval": numbers, "roc_auc": number,
                    ])),
            "curves": array(
                object([
                    "name": string, "share": number, "roc": curve, "precision_recall": curve, "lift": curve,
                    "gain": curve, "calibration": calibration,
                ])),
            "threshold": number,
            "thresholds": array(
                object(
                    [
                        "threshold": number, "true_positives": number, "false_positives": number,
                        "false_negatives": number, "true_negatives": number, "f1": number, "accuracy": number,
                        "mcc": number,
                    ],
                    optional: [
                        "precision": number, "recall": number, "specificity": number, "balanced_accuracy": number,
                    ])),
            "residuals": object([
                "edges": numbers, "counts": array(integer), "quantiles": numbers, "mean": number,
                "by_prediction": residualBins,
            ]),
            "coverage": array(object(["level": number, "coverage": number, "size": number])),
        ])

    private static let origin = object(["made_at": moment, "machine": string])

    static let modelCard = object(
        [
            "model": string, "members": array(object(["model": string, "learner": string, "weight": number])),
            "target": string, "task": task, "classes": strings, "metric": metric, "validation": string,
            "rows": integer,
            "columns": array(object(["name": string, "type": string], optional: ["left_out": string])),
            "seed": integer, "settings": ["type": "object"], "martlet_version": string,
        ],
        optional: [
            "score": number, "score_interval": numbers, "threshold": number, "time_score": reference("TimeScore"),
            "class_weights": numbers, "threshold_note": string,
            "data": object(
                ["rows": integer, "rows_without_target": integer, "columns": integer, "task_reason": string],
                optional: ["class_rows": array(integer), "target_range": numbers]),
            "origin": origin,
        ])

    private static let learningCurve = object([
        "metric": metric, "model": string, "learner": string, "scored_rows": integer,
        "points": array(
            object(["rows": integer, "score": number, "is_model": boolean], optional: ["interval": numbers])),
    ])

    private static let importance = object([
        "metric": metric, "score": number, "rows": integer, "repeats": integer,
        "columns": array(object(["column": string, "importance": number, "interval": numbers])),
    ])

    private static let contributionSummary = object([
        "scale": scale, "outputs": strings, "base": numbers, "rows": integer, "members": members,
        "points_output": string,
        "columns": array(
            object(
                ["column": string, "mean_absolute": number, "mean_absolute_by_output": numbers],
                optional: [
                    "standard_error": number, "contributions": numbers, "values": array(nullable("number")),
                    "levels": strings,
                ])),
    ])

    private static let dependence = object(
        [
            "column": string, "kind": string, "rows": array(integer),
            "outputs": array(
                object(
                    ["name": string, "partial_dependence": numbers, "low": numbers, "high": numbers],
                    optional: ["accumulated_local_effects": numbers])),
            "individuals": array(numbers), "averaged_rows": integer,
        ], optional: ["values": numbers, "levels": strings])

    static let explanation = object(
        [
            "card": reference("ModelCard"),
            "subject": object(
                ["kind": choice(["out_of_fold", "given", "seen"]), "rows": integer, "explained_rows": integer],
                optional: ["name": string]),
            "dependence": array(dependence),
            "interactions": array(object(["columns": strings, "h": number, "size": number])),
            "leaderboard": array(
                object(
                    ["rank": integer, "model": string, "learner": string, "score": number],
                    optional: [
                        "hyperparameters": ["type": "object"], "interval": numbers, "fit_seconds": number,
                        "predict_seconds": number,
                    ])),
            "notes": strings,
        ],
        optional: [
            "evaluation": reference("Evaluation"), "learning_curve": learningCurve, "importance": importance,
            "contributions": contributionSummary,
            "residuals": array(object(["column": string, "bins": residualBins])),
            "groups": object([
                "column": string,
                "groups": array(object(["name": string, "rows": integer, "metrics": array(metricScore)])),
            ]),
        ])

    private static let prediction = object(
        ["prediction": ["type": ["string", "number"]]],
        optional: ["probabilities": ["type": "object", "additionalProperties": number]])

    static let explanationRows = object([
        "scale": scale, "outputs": strings, "columns": strings, "base": numbers, "is_exact": boolean,
        "offset": integer, "total": integer,
        "rows": array(
            object(
                [
                    "values": [
                        "type": "object", "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
                    ],
                    "prediction": prediction, "contributions": array(numbers),
                ],
                optional: [
                    "actual": ["type": ["string", "number"]], "out_of_fold_prediction": prediction,
                    "standard_errors": array(numbers),
                ])),
    ])
}
