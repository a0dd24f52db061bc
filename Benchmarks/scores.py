"""Scores, time and peak memory of `martlet train` and `predict` on real tables, as JSON lines and a Markdown table.

Usage: scores.py DATA_DIR [--martlet PATH] [--budget 60] [--tables adult,letter] [--out FILE.jsonl] [--peers FILE.jsonl]
DATA_DIR holds CSV files (or .csv.gz) and a manifest.json that names each table's target, task and columns to leave out.
Every table is split 80/20 with seed 0 (stratified for classification), as the peers' figures were made. Needs pandas and
scikit-learn. With --peers the table shows those figures beside Martlet's.
"""
import argparse, json, os, resource, subprocess, sys, tempfile, time
import numpy as np, pandas as pd
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, roc_auc_score
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--martlet", default="martlet")
parser.add_argument("--budget", type=float, default=60)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--tables", default="adult,telco_churn,credit_g,letter,california_housing,bike_sharing")
parser.add_argument("--out")
parser.add_argument("--peers", nargs="*", default=[])
arguments = parser.parse_args()
manifest = {d["id"]: d for d in json.load(open(f"{arguments.data}/manifest.json"))["datasets"]}
METRIC = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def timed(command):
    """Runs a command; gives wall seconds and the peak resident bytes of it."""
    start = time.time()
    process = subprocess.Popen(command, stdout=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command[1]} ended with status {status}")
    return time.time() - start, usage.ru_maxrss * 1024


def measure(name):
    info = manifest[name]
    path = next(p for p in (f"{arguments.data}/{name}.csv", f"{arguments.data}/{name}.csv.gz") if os.path.exists(p))
    target, task = info["target"], info["task"]
    table = pd.read_csv(path, low_memory=False)
    table = table[table[target].notna()].drop(columns=info["leakage_columns"]).reset_index(drop=True)
    if task != "regression":
        table[target] = table[target].astype(str)
    stratify = table[target] if task != "regression" and table[target].value_counts().min() >= 2 else None
    train, test = train_test_split(table, test_size=0.2, random_state=0, stratify=stratify)
    with tempfile.TemporaryDirectory() as folder:
        train.to_csv(f"{folder}/train.csv", index=False)
        test.drop(columns=[target]).to_csv(f"{folder}/test.csv", index=False)
        fit, memory = timed([
            arguments.martlet, "train", f"{folder}/train.csv", "--target", target, "--task", task, "--metric", METRIC[task],
            "--time-budget", f"{arguments.budget:g}s", "--seed", "0", "--threads", str(arguments.threads),
            "--output", f"{folder}/model.martlet", "--leaderboard", f"{folder}/leaderboard.json"])
        predict, predict_memory = timed([
            arguments.martlet, "predict", f"{folder}/model.martlet", f"{folder}/test.csv", "--output", f"{folder}/p.csv"])
        board = json.load(open(f"{folder}/leaderboard.json"))
        size = os.path.getsize(f"{folder}/model.martlet")
        types = {"prediction": str} if task != "regression" else None
        answer = pd.read_csv(f"{folder}/p.csv", dtype=types, keep_default_na=False)
    truth = test[target].to_numpy()
    record = dict(
        system="martlet", dataset=name, task=task, budget=arguments.budget, fit_s=round(fit, 2), predict_s=round(predict, 3),
        peak_mb=round(memory / 1e6), predict_peak_mb=round(predict_memory / 1e6), model_kb=round(size / 1e3),
        trials=len(board["entries"]), validation=board["entries"][0]["score"], best=board["entries"][0]["learner"])
    if task == "regression":
        record["rmse"] = float(np.sqrt(mean_squared_error(truth, answer["prediction"].to_numpy(float))))
    else:
        classes = sorted(train[target].unique())
        chance = answer[[f"probability_{c}" for c in classes]].to_numpy(float)
        chance = np.clip(chance, 1e-15, 1)
        chance /= chance.sum(1, keepdims=True)
        record["log_loss"] = float(log_loss(truth, chance, labels=classes))
        record["accuracy"] = float(accuracy_score(truth, answer["prediction"].astype(str)))
        if task == "binary":
            record["roc_auc"] = float(roc_auc_score((truth == classes[1]).astype(int), chance[:, 1]))
    return record


peers = [json.loads(line) for path in arguments.peers for line in open(path)]
systems = sorted({p["system"] for p in peers})
print("| table | metric | Martlet | " + "".join(f"{s} | " for s in systems) + "seconds | peak MB | predict s | model kB |")
print("|---|---|---|" + "---|" * len(systems) + "---|---|---|---|")
for name in arguments.tables.split(","):
    record = measure(name)
    metric = METRIC[record["task"]]
    if arguments.out:
        with open(arguments.out, "a") as out:
            out.write(json.dumps(record) + "\n")
    others = ""
    for system in systems:
        value = next((p.get(metric) for p in peers if p["system"] == system and p["dataset"] == name), None)
        others += f"{value:.4f} | " if value is not None else "– | "
    print(f"| {name} | {metric} | {record[metric]:.4f} | {others}{record['fit_s']:.1f} | {record['peak_mb']} | "
          f"{record['predict_s']:.2f} | {record['model_kb']} |", flush=True)
