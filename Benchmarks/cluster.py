"""What the platform costs and how workers add up: one experiment of 40 trials on a table, in one process, by a master with
one worker, and with two, one thread each, in turn; wall time from the submission to the end. How far two workers can get is
told by two processes that run the experiment at the same time: processors that share caches and arithmetic units are not two.
Before each measurement a few trials on a small table show that master and workers have found each other, as they have for good
in an installation that is up.
And how soon a cancelled trial is over: from the request to the moment when the worker says that it trains nothing.

    Benchmarks/cluster.py TABLE TARGET --martlet .build/release/martlet [--rounds 3] [--folds 2]

Without --folds trials have those that Martlet chooses for the table, as they have for a user who says nothing. The fewer they are, the
shorter the trials, and the more the platform's share of each weighs.
Cassandra, Kafka and Redis are those that the environment names (MARTLET_CASSANDRA_CONTACT_POINTS …).
"""
import argparse
import concurrent.futures
import json
import os
import statistics
import subprocess
import tempfile
import time
import urllib.request

LEARNERS = ["gradient_boosting", "linear", "gaussian_naive_bayes", "decision_tree"]


def request(url, body=None, content_type="application/json"):
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    call = urllib.request.Request(url, data=data, headers={"Content-Type": content_type} if data else {})
    with urllib.request.urlopen(call) as answer:
        return json.load(answer)


def start(command, environment):
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if " is ready" not in line:
        raise SystemExit(f"{command}: {line}")
    return process, line


def local(martlet, table, target, folder, folds):
    begun = time.monotonic()
    subprocess.run(
        [martlet, "train", table, "--target", target, "--trials", "40", "--seed", "7", "--threads", "1",
         *(["--folds", str(folds)] if folds else []), "--learners", ",".join(LEARNERS), "--output", f"{folder}/model"],
        check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def local_twice(martlet, table, target, folder, folds):
    """Two runs at the same time; seconds until both have ended."""
    os.makedirs(f"{folder}/other", exist_ok=True)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda place: local(martlet, table, target, place, folds), [folder, f"{folder}/other"]))
    return time.monotonic() - begun


def cancellation(api, dataset, target):
    """Seconds from the request to cancel to a free slot, with a long trial under way."""
    experiment = request(f"{api}/experiments", {
        "dataset_id": dataset, "target": target, "trials": 40, "learners": ["gradient_boosting"]})["id"]
    while not any(worker["trials"] for worker in request(f"{api}/cluster")["workers"]):
        time.sleep(0.02)
    time.sleep(0.5)
    begun = time.monotonic()
    request(f"{api}/experiments/{experiment}/cancel", {})
    while any(worker["trials"] for worker in request(f"{api}/cluster")["workers"]):
        time.sleep(0.01)
    took = time.monotonic() - begun
    settle(api)
    return took


def settle(api):
    """Waits until the master puts no models together any more."""
    before = None
    while True:
        with open("/proc/%d/stat" % settle.master) as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
        if before is not None and ticks - before < 10:
            return
        before = ticks
        time.sleep(1)


def cluster(api, dataset, target, folds=None, trials=40):
    begun = time.monotonic()
    experiment = request(f"{api}/experiments", {
        "dataset_id": dataset, "target": target, "trials": trials, "seed": 7, "learners": LEARNERS,
        **({"folds": folds} if folds else {})})["id"]
    with urllib.request.urlopen(f"{api}/experiments/{experiment}/events") as events:
        for _ in events:
            pass
    took = time.monotonic() - begun
    state = request(f"{api}/experiments/{experiment}")["state"]
    if state != "completed":
        raise SystemExit(f"the experiment ended as {state}")
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("target")
    parser.add_argument("--martlet", default=".build/release/martlet")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folds", type=int)
    options = parser.parse_args()
    environment = dict(os.environ, MARTLET_CASSANDRA_KEYSPACE="martlet_overhead", MARTLET_KAFKA_PREFIX="overhead-")
    subprocess.run([options.martlet, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    times = {"one process": [], "two processes": [], "one worker": [], "two workers": [], "cancellation": []}
    with tempfile.TemporaryDirectory() as folder:
        master, line = start([options.martlet, "master", "--port", "0", "--threads", "1"], environment)
        api = line.split()[-1] + "/api/v1"
        settle.master = master.pid
        with open(options.table, "rb") as file:
            dataset = request(f"{api}/datasets?name=bench", file.read(), "application/octet-stream")["id"]
        small = request(f"{api}/examples/titanic", {})["id"]
        try:
            for _ in range(options.rounds):
                for name, run in (("one process", local), ("two processes", local_twice)):
                    times[name].append(run(options.martlet, options.table, options.target, folder, options.folds))
                for name, count in (("one worker", 1), ("two workers", 2)):
                    command = [options.martlet, "worker", "--threads", "1", "--monitoring-port", "0"]
                    workers = [start(command, environment)[0] for _ in range(count)]
                    while request(f"{api}/cluster")["slots"] != count:
                        time.sleep(0.1)
                    cluster(api, small, "Survived", folds=2, trials=16)
                    settle(api)
                    times[name].append(cluster(api, dataset, options.target, options.folds))
                    settle(api)
                    if count == 1:
                        times["cancellation"].append(cancellation(api, dataset, options.target))
                    for worker in workers:
                        worker.terminate()
                        worker.wait()
        finally:
            master.terminate()
            master.wait()
    median = {name: statistics.median(all) for name, all in times.items()}
    one, two = median["one process"], median["two processes"]
    print(f"{options.table}, {options.folds or 'its own'} folds")
    print("| | seconds | |\n|---|---|---|")
    print(f"| one process | {one:.1f} | |")
    print(f"| two processes at the same time, each the whole experiment | {two:.1f} | {2 * one / two:.2f} × the work of one: the machine's limit |")
    print(f"| a master and one worker | {median['one worker']:.1f} | {median['one worker'] / one:.2f} × one process |")
    print(f"| a master and two workers | {median['two workers']:.1f} | {median['one worker'] / median['two workers']:.2f} × as fast as one worker |")
    print(f"| from a cancellation to a free slot | {median['cancellation']:.2f} | at most {max(times['cancellation']):.2f} |")
    print(json.dumps(times))


if __name__ == "__main__":
    main()
