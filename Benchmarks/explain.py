"""Explanations of the models that Martlet trains, beside the shap package on the same trees, as JSON lines.

Usage: explain.py TABLE.csv TARGET [--martlet PATH] [--bench PATH] [--threads 2] [--trials 3] [--seed 0] [--python PYTHON]
Trains with boosting alone (contributions of the best boosted model) and with all learners (permutation importance of the
ensemble). Where the table has numbers only, the trees of one fold's first score are handed to shap, whose values must agree.
PYTHON (MARTLET_TEST_PYTHON, else this one) needs numpy and shap; without them that part is skipped with a line that says so.
"""
import argparse, json, os, subprocess, sys, tempfile, time

SHAP = """
import json, sys, time
import numpy as np, shap
document = json.load(open(sys.argv[1]))
def tree(t):
    whole = lambda name: np.array(t[name], dtype=np.int32)
    return {"children_left": whole("left"), "children_right": whole("right"), "children_default": whole("default"),
            "features": whole("feature"), "thresholds": np.array(t["threshold"]),
            "values": np.array(t["value"]).reshape(-1, 1), "node_sample_weight": np.array(t["rows"])}
rows = np.array([[np.nan if v is None else v for v in row] for row in document["rows"]], dtype=np.float64)
explainer = shap.TreeExplainer({"trees": [tree(t) for t in document["trees"]], "internal_dtype": np.float64,
                                "input_dtype": np.float64}, feature_perturbation="tree_path_dependent")
start = time.perf_counter()
values = np.asarray(explainer.shap_values(rows, check_additivity=False)).reshape(len(rows), -1)
seconds = time.perf_counter() - start
own = np.array(document["contributions"])
print(json.dumps({"shap": shap.__version__, "trees": len(document["trees"]), "rows": len(rows),
                  "shap_seconds": round(seconds, 4), "largest_difference": float(np.abs(values - own).max()),
                  "largest_value": float(np.abs(own).max())}))
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table")
    parser.add_argument("target")
    parser.add_argument("--martlet", default=".build/release/martlet")
    parser.add_argument("--bench", default=".build/release/martlet-bench")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", default="60s", help="time budget of the ensemble; 0s leaves it out")
    parser.add_argument("--python", default=os.environ.get("MARTLET_TEST_PYTHON", sys.executable))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        boosted, ensemble, trees = (os.path.join(folder, name) for name in ("boosted", "ensemble", "trees.json"))
        train = [arguments.martlet, "train", arguments.table, "--target", arguments.target, "--seed",
                 str(arguments.seed), "--threads", str(arguments.threads)]
        run(train + ["--learners", "gradient_boosting", "--trials", str(arguments.trials), "--output", boosted])
        common = [arguments.bench, "explain", boosted, arguments.table, "--threads", str(arguments.threads)]
        print(run(common).strip(), flush=True)
        exported = subprocess.run(common + ["--export", trees], capture_output=True, text=True)
        if exported.returncode != 0:
            print(json.dumps({"shap": "skipped", "why": (exported.stdout + exported.stderr).strip().split("\n")[-1]}))
        elif subprocess.run([arguments.python, "-c", "import shap"], capture_output=True).returncode != 0:
            print(json.dumps({"shap": "skipped", "why": f"{arguments.python} has no shap package"}))
        else:
            print(run([arguments.python, "-c", SHAP, trees]).strip().split("\n")[-1], flush=True)
        if arguments.budget != "0s":
            run(train + ["--time-budget", arguments.budget, "--output", ensemble])
            print(run([arguments.bench, "explain", ensemble, arguments.table, "--threads", str(arguments.threads),
                       "--rows", "100", "--whole", "1"]).strip())


def run(command):
    """The command's output; a command that fails ends the program."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
