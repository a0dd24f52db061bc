"""The local overlay's pods at work: an experiment is trained by two worker pods, one of which is killed in the middle of a trial."""

import json
import os
import re

import pytest

from manifests import KUBERNETES, ROOT, Rendered, render
from pods import API, IMAGE, Pods, podman, until

TABLE = ROOT / "Examples/telco_churn.csv.gz"
REQUEST = {"target": "Churn", "trials": 16, "seed": 7, "folds": 5}
LEARNERS = ["gradient_boosting", "random_forest", "linear"]
SERVERS = ("MARTLET_CASSANDRA_CONTACT_POINTS", "MARTLET_CASSANDRA_DATACENTER", "MARTLET_KAFKA_BOOTSTRAP_SERVERS", "MARTLET_REDIS_URL")


@pytest.fixture
def pods(tmp_path):
    rendered = Rendered(render(KUBERNETES / "overlays/local"))
    with Pods(rendered, tmp_path, {name: os.environ[name] for name in SERVERS}) as pods:
        yield pods


def timeless(board):
    """What has to be the same however it was trained."""
    return [[entry[key] for key in ("rank", "model", "learner", "score", "score_interval")] for entry in board["entries"]]


def trained_alone(folder):
    """The leaderboard of the same experiment in one process of the same image, without a cluster."""
    options = [f"--{key}={value}" for key, value in REQUEST.items()]
    podman("run", "--rm", "--read-only", "--network=host", "--user=0", "--volume", f"{folder}:/models", "--volume",
           f"{TABLE}:/table.csv.gz:ro", "--tmpfs=/tmp", IMAGE, "train", "/table.csv.gz", *options, "--learners", ",".join(LEARNERS),
           "--output", "/models/model", "--leaderboard", "/models/board.json")
    return json.loads((folder / "board.json").read_text())


def test_a_killed_worker_pod_loses_nothing(pods, tmp_path):
    rendered = pods.rendered
    migrate = pods.play(rendered.one("Job", "martlet-migrate"))
    assert pods.await_end(migrate) == 0, migrate.log()
    master = pods.play(rendered.one("Deployment", "martlet-master"))
    deployment = rendered.one("Deployment", "martlet-worker")
    assert deployment["spec"]["replicas"] == 2
    workers = [pods.play(deployment, number) for number in range(2)]
    for one in [master, *workers]:
        one.await_ready()
        hardening(one)

    api = API(master.ports["http"], "local")
    named = {re.search(r"worker (\S+) is ready", one.log()).group(1): one for one in workers}
    assert len(named) == 2
    dataset = api.call("POST", "/datasets?name=churn", TABLE.read_bytes(), "application/gzip")
    experiment = api.call("POST", "/experiments", {**REQUEST, "dataset_id": dataset["id"], "learners": LEARNERS})["id"]

    def both_have_worked():
        status = {one["name"]: one for one in api.call("GET", "/cluster")["workers"]}
        if set(named) <= set(status) and all(status[name]["trials_done"] >= 1 for name in named):
            return next(((name, status[name]["trials"]) for name in named if status[name]["trials"]), None)
        return None

    name, interrupted = until("both workers have done a trial, and one is in another", both_have_worked)
    podman("kill", "--signal", "KILL", named[name].container)

    finished = [data["trial"]["index"] for kind, data in api.events(experiment) if kind == "trial_finished"]
    assert sorted(finished) == list(range(REQUEST["trials"])), "every trial ends once"
    assert {trial["index"] for trial in interrupted} <= set(finished)
    assert api.call("GET", f"/experiments/{experiment}")["state"] == "completed"
    trials = api.call("GET", f"/experiments/{experiment}/trials?limit=100")["items"]
    assert [(trial["index"], trial["state"]) for trial in trials] == [(index, "completed") for index in range(REQUEST["trials"])]
    board = api.call("GET", f"/experiments/{experiment}/leaderboard")
    assert timeless(board) == timeless(trained_alone(tmp_path)), "the answer is that of one process"

    survivor = next(one for other, one in named.items() if other != name)
    for one in (survivor, master):
        podman("stop", "--time", "60", one.container)
        assert one.inspect()["State"]["ExitCode"] == 0, one.log()


def hardening(one):
    """The security that the manifest asks for is that of the process."""
    details = one.inspect()
    assert details["HostConfig"]["ReadonlyRootfs"] is True
    with open(f"/proc/{details['State']['Pid']}/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    assert set(status["Uid"].split() + status["Gid"].split()) == {"65532"}
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
