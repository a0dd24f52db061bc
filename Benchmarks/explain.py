"""Explanations of the models that Martlet trains, beside the shap package on the same trees, as JSON lines.

Usage: explain.py TABLE.csv TARGET [--martlet PATH] [--bench PATH] [--threads 2] [--trials 3] [--seed 0] [--python PYTHON]
Trains with boosting alone (contributions of the best boosted model, and of all of them) and with all learners (permutation
importance of the ensemble). shap knows no sets of categories, so for it boosting is trained once more on the table with a number for
each category; the trees of one fold's first score are handed to shap, whose values must agree. PYTHON (MARTLET_TEST_PYTHON,
else this one) needs numpy and shap; without them that part is skipped with a line that says so.
"""
import argparse, csv, gzip, json, os, subprocess, sys, tempfile

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
print(json.dumps({"shap": shap.__version__, "rows": len(rows), "trees": len(document["trees"]),
                  "shap_seconds": round(seconds, 4), "martlet_trees": document["treeCount"],
                  "martlet_seconds_on_one_thread": document["seconds"],
                  "largest_difference": float(np.abs(values - own).max()), "largest_value": float(np.abs(own).max())}))
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
        boosted, numbered, ensemble = (os.path.join(folder, name) for name in ("boosted", "numbered", "ensemble"))
        table, trees = os.path.join(folder, "numbers.csv"), os.path.join(folder, "trees.json")
        options = ["--target", arguments.target, "--seed", str(arguments.seed), "--threads", str(arguments.threads)]
        train = [arguments.martlet, "train", arguments.table] + options
        trials = ["--learners", "gradient_boosting", "--trials", str(arguments.trials)]
        run(train + trials + ["--output", boosted])
        measure = [arguments.bench, "explain", boosted, arguments.table, "--threads", str(arguments.threads)]
        print(run(measure + ["--best", "1"]).strip(), flush=True)
        print(run(measure).strip(), flush=True)
        if subprocess.run([arguments.python, "-c", "import shap"], capture_output=True).returncode != 0:
            print(json.dumps({"shap": "skipped", "why": f"{arguments.python} has no shap package"}))
        else:
            number_categories(arguments.table, arguments.target, table)
            run([arguments.martlet, "train", table] + options + trials + ["--output", numbered])
            run([arguments.bench, "explain", numbered, table, "--best", "1", "--export", trees])
            print(run([arguments.python, "-c", SHAP, trees]).strip().split("\n")[-1], flush=True)
        if arguments.budget != "0s":
            run(train + ["--time-budget", arguments.budget, "--output", ensemble])
            print(run([arguments.bench, "explain", ensemble, arguments.table, "--threads", str(arguments.threads),
                       "--rows", "100", "--whole", "1"]).strip())


def number_categories(source, target, path):
    """Writes the table with a number for each category, in order of appearance; the target stays as it is."""
    with (gzip.open if source.endswith(".gz") else open)(source, "rt", newline="") as file:
        head, *rows = list(csv.reader(file))
    for place, name in enumerate(head):
        if name == target or all(is_number(row[place]) for row in rows):
            continue
        numbers = {"": ""}
        for row in rows:
            row[place] = numbers.setdefault(row[place], len(numbers))
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([head] + rows)


def is_number(cell):
    try:
        return cell == "" or float(cell) == float(cell)
    except ValueError:
        return False


def run(command):
    """The command's output; a command that fails ends the program."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
