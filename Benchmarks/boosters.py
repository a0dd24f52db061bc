"""Martlet's gradient boosting beside LightGBM's on the same files: seconds, scores and memory, as JSON lines.

Usage: boosters.py TRAIN.csv TEST.csv TARGET [--bench PATH] [--trees 100] [--leaves 31] [--threads 2] [--rounds 3]
The two take turns, each run in a process of its own, so that noise of the machine and peak memory fall on each alike.
`rss_before_bytes` is the peak with the table loaded, before any training. Needs pandas, scikit-learn and lightgbm.
"""
import argparse, json, resource, subprocess, sys, time

parser = argparse.ArgumentParser()
parser.add_argument("train")
parser.add_argument("test")
parser.add_argument("target")
parser.add_argument("--bench", default=".build/release/martlet-bench")
parser.add_argument("--trees", type=int, default=100)
parser.add_argument("--leaves", type=int, default=31)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--only", help="run one LightGBM variant in this process")
arguments = parser.parse_args()

VARIANTS = {"lightgbm": {}, "lightgbm_quantized": {"use_quantized_grad": True}}


def measure(body):
    """The value of `body()`, its wall seconds and its processor seconds."""
    usage, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    value = body()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return value, wall, after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime


def run_lightgbm(name):
    import lightgbm, numpy as np, pandas as pd
    from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

    train, test = (pd.read_csv(path, low_memory=False) for path in (arguments.train, arguments.test))
    target = arguments.target
    x, t = train.drop(columns=[target]), test.drop(columns=[target])
    categorical = [column for column in x if not pd.api.types.is_numeric_dtype(x[column])]
    for column in categorical:
        levels = pd.Categorical(x[column]).categories
        x[column] = pd.Categorical(x[column], categories=levels).codes
        t[column] = pd.Categorical(t[column], categories=levels).codes
    regression = pd.api.types.is_float_dtype(train[target]) or train[target].nunique() > 50
    if regression:
        y, truth, classes = train[target].to_numpy(float), test[target].to_numpy(float), 1
    else:
        levels = pd.Categorical(train[target]).categories
        y, truth = (pd.Categorical(part[target], categories=levels).codes for part in (train, test))
        classes = len(levels)
    indices = [x.columns.get_loc(column) for column in categorical]
    x, t = x.to_numpy(np.float32), t.to_numpy(np.float32)
    del train, test
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    parameters = {
        "objective": "regression" if regression else "binary" if classes == 2 else "multiclass",
        "num_leaves": arguments.leaves, "learning_rate": 0.1, "max_bin": 255, "num_threads": arguments.threads,
        "verbose": -1, **({"num_class": classes} if classes > 2 else {}), **VARIANTS[name],
    }
    make = lambda: lightgbm.Dataset(x, y, params=parameters, categorical_feature=indices).construct()
    data, bin_seconds, _ = measure(make)
    booster, train_seconds, cpu = measure(lambda: lightgbm.train(parameters, data, arguments.trees))
    answer, predict_seconds, _ = measure(lambda: booster.predict(t, num_threads=arguments.threads))
    out = dict(booster=name, rows=len(x), columns=x.shape[1], threads=arguments.threads, bin_seconds=bin_seconds,
               train_seconds=train_seconds, train_cpu_seconds=cpu, predict_seconds=predict_seconds)
    if regression:
        out["rmse"] = root_mean_squared_error(truth, answer)
    elif classes == 2:
        out["roc_auc"], out["log_loss"] = roc_auc_score(truth, answer), log_loss(truth, answer)
    else:
        out["log_loss"] = log_loss(truth, answer, labels=list(range(classes)))
    out["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    out["rss_before_bytes"] = before
    print(json.dumps({key: round(v, 5) if isinstance(v, float) else v for key, v in out.items()}), flush=True)


if arguments.only:
    run_lightgbm(arguments.only)
    sys.exit()
ours = [arguments.bench, "boosting", arguments.train, arguments.test, arguments.target, "--trees",
        str(arguments.trees), "--leaves", str(arguments.leaves), "--threads", str(arguments.threads)]
for _ in range(arguments.rounds):
    subprocess.run(ours, check=True)
    for variant in VARIANTS:
        subprocess.run([sys.executable, *sys.argv, "--only", variant], check=True)
