"""Whether the scores that `martlet train` shows can be believed, as JSON lines and a Markdown table.

Usage: honesty.py [--martlet before=PATH --martlet after=PATH] [--parts noise,tables,leaks] [--noise 64] [--tasks binary]
                  [--data DATA_DIR] [--seeds 3] [--jobs 2] [--out FILE.jsonl]

noise   tables of 400 rows in which nothing tells the target, for each task: 20 normal columns and one of 40 random categories.
        The best score should be chance, and chance inside the 95 % interval in 95 of 100 tables.
tables  the public tables of DATA_DIR (with its manifest.json), each parted into halves by several seeds; trained on one (at most
        2,000 rows) with few trials, and the score shown compared with the score of its predictions for the other; and how
        often the truth lies within their intervals, or sets of labels, of 0.9.
leaks   the public tables once as they are, and once for each way in which a planted column can tell the target; which are named by
        `martlet check`.

Needs pandas and scikit-learn. Everything has fixed seeds; runs go side by side, each with one thread.
"""
import argparse, json, math, os, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
import numpy as np, pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

parser = argparse.ArgumentParser()
parser.add_argument("--martlet", action="append", default=[])
parser.add_argument("--parts", default="noise,tables,leaks")
parser.add_argument("--noise", type=int, default=64)
parser.add_argument("--tasks", default="binary,multiclass,regression")
parser.add_argument("--trials", type=int, default=20)
parser.add_argument("--learners", default="gradient_boosting")
parser.add_argument("--data")
parser.add_argument("--tables")
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--jobs", type=int, default=2)
parser.add_argument("--out")
arguments = parser.parse_args()
binaries = dict(name.split("=", 1) if "=" in name else ("martlet", name) for name in arguments.martlet or ["martlet"])
LEVEL = 0.9
METRIC = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def train(binary, folder, table, target, task, seed, trials, learners=None):
    """The leaderboard of a run over `table`, with the model in the folder."""
    table.to_csv(f"{folder}/train.csv", index=False)
    command = [
        binary, "train", f"{folder}/train.csv", "--target", target, "--task", task, "--metric", METRIC[task], "--trials",
        str(trials), "--seed", str(seed), "--threads", "1", "--output", f"{folder}/model.martlet", "--leaderboard",
        f"{folder}/board.json"]
    if learners:
        command += ["--learners", learners]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-500:])
    return json.load(open(f"{folder}/board.json"))


def noise(job):
    name, task, seed = job
    random = np.random.default_rng(seed)
    table = pd.DataFrame({f"x{i}": random.normal(size=400) for i in range(20)})
    table["kind"] = [f"k{i}" for i in random.integers(0, 40, 400)]
    if task == "binary":
        table["y"] = random.permutation(["a", "b"] * 200)
    elif task == "multiclass":
        table["y"] = random.permutation(["a", "b", "c", "d"] * 100)
    else:
        table["y"] = random.normal(size=400)
    with tempfile.TemporaryDirectory() as folder:
        board = train(binaries[name], folder, table, "y", task, seed, arguments.trials, arguments.learners)
    best = next(e for e in board["entries"] if e["rank"] == 1)
    chance = {"binary": 0.5, "multiclass": math.log(4), "regression": table["y"].std(ddof=0) if task == "regression" else 0}
    chance = chance[task]
    low, high = best["score_interval"]
    selected = best.get("selection_score", best["score"])

    def gain(score):  # 0 is chance, above 0 better than chance
        return score - chance if task == "binary" else 1 - score / chance

    return dict(
        part="noise", martlet=name, task=task, seed=seed, learner=best["learner"], gain=gain(best["score"]),
        selected_gain=gain(selected), covered=bool(low <= chance <= high))


def bootstrap(score, count, rounds=200):
    random = np.random.default_rng(0)
    scores = []
    for _ in range(rounds):
        rows = random.integers(0, count, count)
        try:
            scores.append(score(rows))
        except ValueError:
            pass
    return float(np.std(scores))


def halves(job):
    name, info, seed, half = job
    path = next(p for p in (f"{arguments.data}/{info['id']}.csv", f"{arguments.data}/{info['id']}.csv.gz") if os.path.exists(p))
    target, task = info["target"], info["task"]
    table = pd.read_csv(path, low_memory=False)
    table = table[table[target].notna()].drop(columns=info["leakage_columns"]).reset_index(drop=True)
    order = np.random.default_rng(seed).permutation(len(table))
    middle = len(order) // 2
    parts = (order[:middle], order[middle:])
    own, other = table.iloc[parts[half][:2000]], table.iloc[parts[1 - half][:20000]]
    if task != "regression":
        counts = own[target].value_counts()
        other = other[other[target].isin(counts[counts > 0].index)]
    with tempfile.TemporaryDirectory() as folder:
        board = train(binaries[name], folder, own, target, task, seed, 8)
        other.drop(columns=[target]).to_csv(f"{folder}/test.csv", index=False)
        subprocess.run(
            [binaries[name], "predict", f"{folder}/model.martlet", f"{folder}/test.csv", "--output", f"{folder}/p.csv",
             "--threads", "1", "--interval", str(LEVEL)], check=True, capture_output=True)
        answer = pd.read_csv(f"{folder}/p.csv", keep_default_na=False)
    best = next(e for e in board["entries"] if e["rank"] == 1)
    if task == "regression":
        truth, guess = other[target].to_numpy(float), answer["prediction"].to_numpy(float)
        score = lambda rows: float(np.sqrt(np.mean((truth[rows] - guess[rows]) ** 2)))
        low, high = answer["prediction_low"].to_numpy(float), answer["prediction_high"].to_numpy(float)
        within, size = (low <= truth) & (truth <= high), np.mean(high - low) / np.std(truth)
        right = within
    else:
        sets = answer.pop("labels").map(json.loads)
        named = other[target].astype(str).tolist()
        within, size = np.array([c in own for c, own in zip(named, sets)]), sets.map(len).mean()
        right = answer["prediction"].astype(str).to_numpy() == np.array(named)
    if task == "binary":
        positive = answer.columns[2].removeprefix("probability_")
        truth, guess = (other[target].astype(str) == positive).to_numpy(), answer.iloc[:, 2].to_numpy(float)
        score = lambda rows: roc_auc_score(truth[rows], guess[rows])
    elif task == "multiclass":
        classes = [c.removeprefix("probability_") for c in answer.columns[1:]]
        places = {c: i for i, c in enumerate(classes)}
        truth = other[target].astype(str).map(places).to_numpy()
        guess = answer.iloc[:, 1:].to_numpy(float)
        score = lambda rows: float(-np.log(np.clip(guess[rows, truth[rows]], 1e-15, 1)).mean())
    true, error = score(np.arange(len(other))), bootstrap(score, len(other))
    low, high = best["score_interval"]
    reach = math.hypot((high - low) / 2, 1.96 * error)
    centre = (low + high) / 2
    optimism = best["score"] - true if task == "binary" else true - best["score"]
    selected = best.get("selection_score", best["score"])
    return dict(
        part="tables", martlet=name, table=info["id"], task=task, seed=seed, half=half, learner=best["learner"],
        shown=best["score"], selected=selected, true=true, errors=optimism / (reach / 1.96),
        covered=bool(abs(true - centre) <= reach), within=float(within.mean()), size=float(size), right=float(right.mean()))


def planted(kind, table, target, task, random):
    """The table with what tells the target, and the names of which one has to be found; None where the kind does not fit."""
    table = table.copy()
    values = table[target]
    codes = values if task == "regression" else pd.Series(pd.factorize(values.astype(str), sort=True)[0], index=table.index)
    codes = codes.astype(float)
    count = len(table)
    first = codes == codes.max() if task != "regression" else codes > codes.median()
    if kind == "copy":
        table["planted"] = values
    elif kind == "recoded":
        table["planted"] = "c" + (codes * 7 % 31).astype(int).astype(str) if task != "regression" else 11 - 3 * codes
    elif kind == "noisy copy":
        other = codes.to_numpy()[random.integers(0, count, count)]
        table["planted"] = np.where(random.random(count) < 0.05, other, codes)
    elif kind in ("sum", "ratio"):
        part = codes.std() * (1 + random.random(count) * 4) if kind == "sum" else 0.5 + 4 * random.random(count)
        if kind == "ratio" and (codes <= 0).any():
            codes = codes - codes.min() + 1
        table["planted"], table["part"] = (codes - part, part) if kind == "sum" else (codes * part, part)
    elif kind == "posterior":
        if task == "regression":
            return None
        table["planted"] = 1 / (1 + np.exp(-(np.where(first, 4, -4) + random.normal(size=count))))
        if task == "multiclass":
            return None
    elif kind == "presence":
        table["planted"] = np.where(first, random.normal(size=count), np.nan)
    elif kind == "rank":
        table["planted"] = codes.rank()
    elif kind == "log":
        table["planted"] = np.log(codes - codes.min() + 1)
    elif kind == "rounded":
        if task != "regression":
            return None
        table["planted"] = (codes / codes.std() * 10).round()
    elif kind == "date present":
        days = pd.to_datetime("2024-01-01") + pd.to_timedelta(random.integers(0, 300, count), unit="D")
        table["planted"] = np.where(first, days.strftime("%Y-%m-%d"), None)
    elif kind == "date later":
        start = random.integers(0, 300, count)
        days = lambda numbers: (pd.to_datetime("2024-01-01") + pd.to_timedelta(numbers, unit="D")).strftime("%Y-%m-%d")
        away = random.integers(1, 90, count)
        table["planted"], table["part"] = days(start), days(np.where(first, start + away, start - away))
    elif kind == "rows":
        return table.iloc[np.argsort(codes.to_numpy(), kind="stable")], []
    elif kind == "id":
        table["planted"] = 100_000 + 3 * codes.rank(method="first")
    elif kind == "index":
        table.insert(0, "planted", range(count))
    return table, ["planted", "part"]


KINDS = [
    "clean", "copy", "recoded", "noisy copy", "sum", "ratio", "posterior", "presence", "rank", "log", "rounded",
    "date present", "date later", "rows", "id", "index"]


def leaks(job):
    name, info, kind = job
    path = next(p for p in (f"{arguments.data}/{info['id']}.csv", f"{arguments.data}/{info['id']}.csv.gz") if os.path.exists(p))
    target, task = info["target"], info["task"]
    table = pd.read_csv(path, low_memory=False)
    table = table[table[target].notna()].drop(columns=info["leakage_columns"]).reset_index(drop=True)
    made = planted(kind, table, target, task, np.random.default_rng(5))
    if made is None:
        return dict(part="leaks", martlet=name, kind=kind, table=info["id"], found=None)
    with tempfile.TemporaryDirectory() as folder:
        made[0].to_csv(f"{folder}/t.csv", index=False)
        done = subprocess.run(
            [binaries[name], "check", f"{folder}/t.csv", "--target", target, "--task", task, "--json"], capture_output=True,
            text=True, check=True)
    named = json.loads(done.stdout)["leaks"]
    if kind == "clean":
        found = bool(named)
    elif kind == "rows":
        found = any(leak["kind"] == "rows" for leak in named)
    else:
        found = any(set(leak["columns"]) & set(made[1]) for leak in named)
    return dict(part="leaks", martlet=name, kind=kind, table=info["id"], task=task, found=found)


jobs = []
parts = arguments.parts.split(",")
if "noise" in parts:
    jobs += [(noise, (n, task, s)) for task in arguments.tasks.split(",") for s in range(arguments.noise) for n in binaries]
if "tables" in parts:
    manifest = json.load(open(f"{arguments.data}/manifest.json"))
    wanted = (arguments.tables.split(",") if arguments.tables else manifest["lists"]["public"])
    infos = [d for d in manifest["datasets"] if d["id"] in wanted]
    jobs += [(halves, (n, i, s, h)) for i in infos for s in range(arguments.seeds) for h in (0, 1) for n in binaries]
if "leaks" in parts:
    manifest = json.load(open(f"{arguments.data}/manifest.json"))
    wanted = (arguments.tables.split(",") if arguments.tables else manifest["lists"]["public"])
    jobs += [(leaks, (n, i, k)) for n in binaries for k in KINDS for i in manifest["datasets"] if i["id"] in wanted]
out = open(arguments.out, "a") if arguments.out else None
records = []
with ThreadPoolExecutor(arguments.jobs) as pool:
    for record in pool.map(lambda job: job[0](job[1]), jobs):
        records.append(record)
        if out:
            print(json.dumps(record), file=out, flush=True)
frame = pd.DataFrame(records)


def mean(values):
    return f"{values.mean():+.4f} ± {1.96 * values.std(ddof=1) / math.sqrt(len(values)):.4f}"


if "noise" in parts:
    print("| noise | | best score above chance | by which it was chosen | chance inside the interval |\n|---|---|---|---|---|")
    for (task, name), own in frame[frame.part == "noise"].groupby(["task", "martlet"]):
        print(f"| {task} | {name} | {mean(own.gain)} | {mean(own.selected_gain)} | {own.covered.mean():.0%} of {len(own)} |")
if "tables" in parts:
    print("\n| halves of tables | runs | mean optimism in standard errors | score of the other half inside the interval |\n|---|---|---|---|")
    for name, own in frame[frame.part == "tables"].groupby("martlet"):
        print(f"| {name} | {len(own)} | {mean(own.errors)} | {own.covered.mean():.1%} |")
    print(f"\n| {LEVEL:.0%} ranges | table | truth within | width in standard deviations, or labels | right labels |\n|---|---|---|---|---|")
    for (name, table), own in frame[frame.part == "tables"].groupby(["martlet", "table"]):
        right = "" if own.task.iloc[0] == "regression" else f"{own.right.mean():.3f}"
        print(f"| {name} | {table} | {own.within.mean():.3f} | {own['size'].mean():.2f} | {right} |")
if "leaks" in parts:
    print("\n| planted | named | not named |\n|---|---|---|")
    for kind, own in frame[(frame.part == "leaks") & frame.found.notna()].groupby("kind", sort=False):
        missed = own.table[own.found == False] if kind != "clean" else []
        print(f"| {kind} | {int(own.found.sum())} of {len(own)} | {', '.join(missed)} |")
