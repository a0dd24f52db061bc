"""Shapley values of trees by the shap package: run_shap.py < {"trees", "rows"} > {"values"}.

A tree is {"left", "right", "default", "feature", "threshold", "value", "rows"}, a number a node each, children -1 for a leaf.
Cells of rows are null where missing.
"""

import json
import sys

import numpy
import shap


def tree(nodes):
    def whole(name):
        return numpy.array(nodes[name], dtype=numpy.int32)

    return {
        "children_left": whole("left"),
        "children_right": whole("right"),
        "children_default": whole("default"),
        "features": whole("feature"),
        "thresholds": numpy.array(nodes["threshold"]),
        "values": numpy.array(nodes["value"]).reshape(-1, 1),
        "node_sample_weight": numpy.array(nodes["rows"]),
    }


def main():
    document = json.load(sys.stdin)
    rows = numpy.array([[numpy.nan if v is None else v for v in row] for row in document["rows"]])
    model = {
        "trees": [tree(nodes) for nodes in document["trees"]],
        "internal_dtype": numpy.float64,
        "input_dtype": numpy.float64,
    }
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = numpy.asarray(explainer.shap_values(rows, check_additivity=False)).reshape(len(rows), -1)
    json.dump({"values": values.tolist()}, sys.stdout)


if __name__ == "__main__":
    main()
