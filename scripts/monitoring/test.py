"""Holds dashboards, rules and alerts against a real cluster and a real Prometheus.

Needs MARTLET_TEST_SERVICES, MARTLET_TEST_DATA, MARTLET_TEST_BINARY, and `prometheus` on the path. Every query has to give
data, or, where its description calls it quiet, to ask for metrics and labels that are there. What can be broken cheaply is
broken, and the alert has to see it.
"""

import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import expressions
from cluster import Cluster
from prometheus import ROOT, wait

LEARNERS = ["gradient_boosting", "linear", "gaussian_naive_bayes", "decision_tree"]

# Alerts that nothing here provokes, and why not; what they ask for has to be there all the same.
UNPROVOKED = {
    "MartletWorkerNotReady": "a worker without its stores is provoked as that store's alert",
    "MartletRestarting": "it takes three restarts within the memory of Prometheus",
    "MartletOutOfFiles": "the limit is a thousand files away",
    "MartletDiskNearlyFull": "the disk is not filled for a test",
    "MartletDiskFull": "the disk is not filled for a test",
    "MartletQueueGrowing": "the queue has to grow for ten minutes",
    "MartletDeadlineOverrun": "deadlines hold",
    "MartletApiSlow": "the API is not slow",
}


def family(name):
    """A metric as Prometheus tells of its type."""
    return re.sub(r"_(bucket|sum|count|total)$", "", name)


class Check:
    def __init__(self, cluster):
        self.cluster, self.prometheus = cluster, cluster.prometheus
        self.start = time.time()
        self.faults, self.seen = [], set()

    def sees(self, name):
        self.seen.add(name)
        print(f"  {name} sees it after {time.time() - self.start:.0f} s")

    def alert_sees(self, name, seconds=90):
        """Waits until an alert's expression gives data."""
        expression = self.alerts()[name]
        wait(f"{name} sees it: {expression}", lambda: self.prometheus.query(expression), seconds)
        self.sees(name)

    def alerts(self):
        return {rule["name"]: rule["query"] for rule in self.prometheus.rules() if rule["type"] == "alerting"}

    def values(self, expression):
        """Every number that an expression gave since the start."""
        found = self.prometheus.range(expression, self.start, time.time())
        return [value for _, points in found for _, value in points if math.isfinite(value)]

    def known(self, where, expression, names, quiet=False):
        """Whether an expression asks for metrics that are there (or, while all is quiet, may be), with their labels."""
        for name, matchers in expressions.selectors(expression):
            if not names & {name, family(name)} and name.startswith(("martlet_", "process_")) and not quiet:
                self.faults.append(f"{where}: nobody has the metric {name}")
                continue
            series = self.prometheus.call(
                "series", **{"match[]": name, "start": self.start, "end": time.time()})
            have = {label for labels in series for label in labels}
            for label, operator, value in matchers:
                if series and label not in have:
                    self.faults.append(f"{where}: {name} has no label {label}")
                if series and label == "le" and not any(re.fullmatch(value, item["le"]) for item in series):
                    self.faults.append(f"{where}: {name} has no bucket up to {value}")

    def queries(self):
        """Every query of every panel."""
        names, quiet = self.prometheus.names(), 0
        found = expressions.queries()
        for where, query in found:
            expression = expressions.filled(query.expr)
            self.known(where, expression, names, query.quiet)
            values = self.values(expression)
            if any(values):
                continue
            if not query.quiet:
                self.faults.append(f"{where}: {'nothing but 0' if values else 'no data'}: {expression}")
            quiet += 1
        print(f"{len(found)} queries of panels, {quiet} of them quiet for the reason they give")

    def rules(self):
        """Every recording rule gives data, and every alert asks for what is there."""
        names, silent = self.prometheus.names(), {"martlet:http_errors:ratio5m", "martlet:trials_failed:ratio15m"}
        rules = self.prometheus.rules()
        for rule in rules:
            assert rule["health"] == "ok", rule
            self.known(rule["name"], rule["query"], names)
            if rule["type"] == "recording":
                values = self.values(rule["query"])
                if not values or not any(values) and rule["name"] not in silent:
                    self.faults.append(f"{rule['name']}: no data")
                if not self.values(rule["name"]):
                    self.faults.append(f"{rule['name']}: not recorded")
        print(f"{len(rules)} rules")

    def documented(self):
        """Every metric that is asked for is in the reference."""
        page = (ROOT / "docs/metrics.md").read_text()
        asked = {name for _, query in expressions.queries() for name, _ in expressions.selectors(query.expr)}
        asked |= {name for rule in self.prometheus.rules() for name, _ in expressions.selectors(rule["query"])}
        for name in sorted(asked):
            if name.startswith("martlet_") and f"`{name}`" not in page and f"`{family(name)}`" not in page:
                self.faults.append(f"docs/metrics.md does not know {name}")
        exposed = {name for name in self.prometheus.names() if name.startswith("martlet_")}
        unused = exposed - {family(name) for name in asked} - asked
        print(f"{len(exposed)} metrics of Martlet; on no dashboard: {', '.join(sorted(unused)) or 'none'}")

    def exposition(self):
        """promtool has nothing to say against what the processes tell."""
        for labels, _ in self.prometheus.query("up == 1"):
            address = labels["instance"]
            request = urllib.request.Request(f"http://{address}/metrics")
            request.add_header("Authorization", f"Bearer {self.cluster.environment['MARTLET_METRICS_TOKEN']}")
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
            run = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
            if run.returncode:
                self.faults.append(f"promtool on {address}: {run.stderr.decode()}{run.stdout.decode()}")


def work(cluster, check):
    """What a cluster sees in a day: an upload, experiments, the death of a worker, predictions."""
    cluster.start("master", "master", "--spool-dir", str(cluster.folder / "spool"))
    wait("the master is watched", lambda: cluster.prometheus.query('up{role="master"} == 1'))
    dataset = cluster.upload()
    counted = cluster.experiment(dataset, trials=40, seed=7, folds=2, learners=LEARNERS)
    check.alert_sees("MartletNoWorkers")
    for name in ("worker-1", "worker-2"):
        cluster.start(name, "worker")
    wait("trials end", lambda: cluster.trials(counted) >= 15, 120)
    cluster.kill("worker-2")
    check.alert_sees("MartletWorkerLost")
    cluster.start("worker-3", "worker")
    record = wait("the experiment ends", lambda: cluster.ended(counted), 180)
    timed = cluster.experiment(dataset, time_budget_seconds=8, seed=7, folds=2, learners=LEARNERS)
    while not cluster.ended(timed):
        cluster.predict(record["best_model_id"], 100)
        cluster.call("GET", "/experiments")
    # What the whole cluster has is looked at every ten seconds.
    wait("both ends are seen", lambda: cluster.prometheus.query('martlet_experiments{state="completed"} >= 2'))
    return dataset


def dead_letter(cluster, check, dataset):
    """A trial that three workers do not live to the end of; they listen at one port, so that Prometheus knows the fourth."""
    for name in list(cluster.nodes):
        if name != "master":
            cluster.end(name)
    experiment = cluster.experiment(dataset, trials=1, seed=7, folds=10, learners=["random_forest"])
    port = cluster.start("doomed", "worker")
    for _ in range(3):
        wait("the trial is trained", lambda: cluster.prometheus.query(
            f'martlet_worker_slots_busy{{instance="127.0.0.1:{port}"}} > 0'), 90)
        assert not cluster.is_over(experiment), "the trial is too short to be killed in"
        cluster.kill("doomed")
        gone = f'up{{instance="127.0.0.1:{port}"}} == 0'
        wait("the worker is seen to be gone", lambda: cluster.prometheus.query(gone))
        cluster.start("doomed", "worker", port=port)
    check.alert_sees("MartletDeadLetters")
    wait("the experiment ends", lambda: cluster.is_over(experiment))
    cluster.end("doomed")


def failures(cluster, check, dataset):
    """A worker of so little memory that it refuses every trial: experiments fail."""
    cluster.start("small", "worker", "--memory", "1MiB")
    expression = check.alerts()["MartletTrialsFailing"]

    def failed():
        experiment = cluster.experiment(dataset, trials=20, seed=7, folds=2, learners=["gradient_boosting"])
        wait("the experiment ends", lambda: cluster.is_over(experiment))
        return cluster.prometheus.query(expression)

    wait("MartletTrialsFailing sees it", failed)
    check.sees("MartletTrialsFailing")
    cluster.end("small")


def breakage(cluster, check, dataset):
    """Takes away one server after the other under an experiment, and the master last."""
    cluster.start("steady", "worker")
    experiment = cluster.experiment(dataset, trials=10_000, seed=7, folds=2, learners=LEARNERS)
    wait("trials end", lambda: cluster.trials(experiment) >= 2, 120)
    cluster.services("kill", "redis")
    check.alert_sees("MartletRedisUnreachable")
    cluster.services("kill", "cassandra")
    check.alert_sees("MartletCassandraUnreachable")
    check.alert_sees("MartletWorkWaiting")
    expression = check.alerts()["MartletApiErrors"]

    def errors():
        assert cluster.status("GET", "/experiments") >= 500
        return cluster.prometheus.query(expression)

    wait("MartletApiErrors sees it", errors)
    check.sees("MartletApiErrors")
    cluster.services("kill", "kafka")
    check.alert_sees("MartletKafkaUnreachable")
    check.alert_sees("MartletKafkaBrokerDown")
    cluster.kill("master")
    check.alert_sees("MartletMasterLost")
    check.alert_sees("MartletNoMaster")


def main():
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Cluster(pathlib.Path(folder)) as cluster:
        check = Check(cluster)
        dataset = work(cluster, check)
        check.exposition()
        check.queries()
        check.rules()
        check.documented()
        dead_letter(cluster, check, dataset)
        failures(cluster, check, dataset)
        breakage(cluster, check, dataset)
        for name in check.alerts():
            if (name in check.seen) == (name in UNPROVOKED):
                check.faults.append(f"{name}: neither provoked nor said why not, or both")
    if check.faults:
        sys.exit("\n".join(check.faults))
    print(f"monitoring: all sound in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
