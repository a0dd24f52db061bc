"""How far ONNX files are from the models they were made of, and how fast onnxruntime runs them, as a Markdown table.

Usage: export.py DATA_DIR [--bin DIR] [--tables adult,car,bike_sharing] [--rows 8000] [--differences] [--out FILE.jsonl]
DATA_DIR holds CSV files (or .csv.gz) and a manifest.json as for scores.py; DIR holds martlet and martlet-bench. For each table
and learner: a model of two trials on 80 % of at most so many rows; the other 20 %, a twentieth of their cells made missing and
some categories replaced by one never seen, go through `martlet predict` and through onnxruntime. Both are then timed on these
rows in memory, with one thread and with the default number, the fastest of five; --differences leaves that out. Needs pandas,
numpy and onnxruntime.
"""
import argparse, json, os, subprocess, sys, tempfile, time
import numpy as np, onnxruntime, pandas as pd

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--bin", default=".build/release")
parser.add_argument("--tables", default="adult,car,bike_sharing")
parser.add_argument("--rows", type=int, default=8000)
parser.add_argument("--differences", action="store_true")
parser.add_argument("--out")
arguments = parser.parse_args()
manifest = {d["id"]: d for d in json.load(open(f"{arguments.data}/manifest.json"))["datasets"]}
LEARNERS = [
    "gradient_boosting", "random_forest", "extra_trees", "decision_tree", "linear", "k_nearest_neighbors",
    "gaussian_naive_bayes", None,
]


def tables(name, folder):
    """Writes the two parts and gives the second, as text."""
    info = manifest[name]
    path = next(p for p in (f"{arguments.data}/{name}.csv", f"{arguments.data}/{name}.csv.gz") if os.path.exists(p))
    table = pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=info["leakage_columns"])
    table = table[table[info["target"]] != ""].sample(frac=1, random_state=0).head(arguments.rows)
    train, test = table[: len(table) * 4 // 5], table[len(table) * 4 // 5 :]
    test = test.drop(columns=[info["target"]]).reset_index(drop=True)
    train.to_csv(f"{folder}/train.csv", index=False)
    profile = subprocess.run([f"{arguments.bin}/martlet", "inspect", f"{folder}/train.csv", "--json"], check=True,
                             capture_output=True, text=True).stdout
    types = {column["name"]: column["type"] for column in json.loads(profile)["columns"]}
    random = np.random.default_rng(0)
    for column in test.columns:
        if types[column] == "categorical":
            test.loc[random.random(len(test)) < 0.02, column] = "never seen"
        test.loc[random.random(len(test)) < 0.05, column] = ""
    test.to_csv(f"{folder}/test.csv", index=False)
    return test


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def feed(onnx, table):
    """The columns as a session wants them."""
    columns = {}
    for port in onnx.get_inputs():
        text = table[port.name]
        if port.type == "tensor(string)":
            columns[port.name] = text.to_numpy(object).reshape(-1, 1)
        else:
            columns[port.name] = pd.to_numeric(text.replace("", np.nan)).to_numpy(np.float64).reshape(-1, 1)
    return columns


def fastest(run, rounds=5):
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def measure(name, learner, table, folder):
    info = manifest[name]
    model, file, answer = f"{folder}/m.martlet", f"{folder}/m.onnx", f"{folder}/p.csv"
    command = [f"{arguments.bin}/martlet", "train", f"{folder}/train.csv", "--target", info["target"], "--task", info["task"],
               "--trials", "2" if learner else "12", "--seed", "0", "--folds", "3", "--output", model]
    subprocess.run(command + (["--learners", learner] if learner else []), check=True, stdout=subprocess.DEVNULL)
    subprocess.run([f"{arguments.bin}/martlet", "export", model, "--onnx", file], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([f"{arguments.bin}/martlet", "predict", model, f"{folder}/test.csv", "--output", answer], check=True)
    expected = pd.read_csv(answer, dtype={"prediction": str}, keep_default_na=False)
    one, default = session(file, 1), session(file, 0)
    columns = feed(one, table)
    outputs = dict(zip([port.name for port in one.get_outputs()], one.run(None, columns)))
    if info["task"] == "regression":
        truth = expected["prediction"].to_numpy(float)
        difference = np.abs(outputs["prediction"][:, 0] - truth).max() / truth.std()
        labels = "–"
    else:
        difference = np.abs(outputs["probabilities"] - expected.iloc[:, 1:].to_numpy(float)).max()
        labels = int((outputs["label"] != expected["prediction"].to_numpy(object)).sum())

    def martlet(threads):
        out = subprocess.run([f"{arguments.bin}/martlet-bench", "predict", model, f"{folder}/test.csv", str(threads), "5"],
                             check=True, capture_output=True, text=True).stdout
        return json.loads(out)["seconds"]

    rows = len(table)
    record = dict(
        table=name, task=info["task"], learner=learner or "ensemble of all", rows=rows, difference=float(difference),
        labels=labels, onnx_kb=round(os.path.getsize(file) / 1e3), model_kb=round(os.path.getsize(model) / 1e3))
    if not arguments.differences:
        record |= dict(
            onnx_one=rows / fastest(lambda: one.run(None, columns)), martlet_one=rows / martlet(1),
            onnx_default=rows / fastest(lambda: default.run(None, columns)), martlet_default=rows / martlet(os.cpu_count()))
    return record


def thousands(value):
    return f"{value / 1e3:.3g}"


SPEEDS = {} if arguments.differences else {
    "onnxruntime, 1 thread": "onnx_one", "Martlet, 1 thread": "martlet_one", "onnxruntime, default": "onnx_default",
    "Martlet, default": "martlet_default"}
heads = ["learner", "table", "task", "largest difference", "other labels", *SPEEDS, "ONNX kB", "model kB"]
print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
for name in arguments.tables.split(","):
    with tempfile.TemporaryDirectory() as folder:
        table = tables(name, folder)
        for learner in LEARNERS:
            if learner == "gaussian_naive_bayes" and manifest[name]["task"] == "regression":
                continue
            record = measure(name, learner, table, folder)
            if arguments.out:
                with open(arguments.out, "a") as out:
                    out.write(json.dumps(record) + "\n")
            cells = [record["learner"], name, record["task"], f"{record['difference']:.1e}", record["labels"]]
            cells += [thousands(record[key]) for key in SPEEDS.values()] + [record["onnx_kb"], record["model_kb"]]
            print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
