"""What the platform costs and how workers add up: one experiment of 40 trials on a table, in one process, by a master with
one worker, and with two, one thread each, in turn; wall time from the submission to the end.

    Benchmarks/cluster.py TABLE TARGET --martlet .build/release/martlet [--rounds 3]

Cassandra, Kafka and Redis are those that the environment names (MARTLET_CASSANDRA_CONTACT_POINTS …).
"""
import argparse
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


def local(martlet, table, target, folder):
    begun = time.monotonic()
    subprocess.run(
        [martlet, "train", table, "--target", target, "--trials", "40", "--seed", "7", "--folds", "2", "--threads", "1",
         "--learners", ",".join(LEARNERS), "--output", f"{folder}/model"], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def cluster(api, dataset, target):
    begun = time.monotonic()
    experiment = request(f"{api}/experiments", {
        "dataset_id": dataset, "target": target, "trials": 40, "seed": 7, "folds": 2, "learners": LEARNERS})["id"]
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
    options = parser.parse_args()
    environment = dict(os.environ, MARTLET_CASSANDRA_KEYSPACE="martlet_overhead", MARTLET_KAFKA_PREFIX="overhead-")
    subprocess.run([options.martlet, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    times = {"one process": [], "one worker": [], "two workers": []}
    with tempfile.TemporaryDirectory() as folder:
        master, line = start([options.martlet, "master", "--port", "0", "--threads", "1"], environment)
        api = line.split()[-1] + "/api/v1"
        with open(options.table, "rb") as file:
            dataset = request(f"{api}/datasets?name=bench", file.read(), "application/octet-stream")["id"]
        try:
            for _ in range(options.rounds):
                times["one process"].append(local(options.martlet, options.table, options.target, folder))
                for name, count in (("one worker", 1), ("two workers", 2)):
                    workers = [start([options.martlet, "worker", "--threads", "1"], environment)[0] for _ in range(count)]
                    while request(f"{api}/cluster")["slots"] != count:
                        time.sleep(0.1)
                    times[name].append(cluster(api, dataset, options.target))
                    for worker in workers:
                        worker.terminate()
                        worker.wait()
        finally:
            master.terminate()
            master.wait()
    median = {name: statistics.median(all) for name, all in times.items()}
    print("| | seconds | |\n|---|---|---|")
    print(f"| one process | {median['one process']:.1f} | |")
    print(f"| a master and one worker | {median['one worker']:.1f} | {median['one worker'] / median['one process']:.2f} × one process |")
    print(f"| a master and two workers | {median['two workers']:.1f} | {median['one worker'] / median['two workers']:.2f} × as fast as one worker |")
    print(json.dumps(times))


if __name__ == "__main__":
    main()
