"""A real cluster: servers by the script MARTLET_TEST_SERVICES, masters and workers of MARTLET_TEST_BINARY."""

import csv
import gzip
import json
import os
import pathlib
import random
import re
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from prometheus import ROOT, Prometheus, end, wait

BINARY = os.environ.get("MARTLET_TEST_BINARY", str(ROOT / ".build/release/martlet"))
TABLE = pathlib.Path(os.environ.get("MARTLET_TEST_DATA", "")) / "adult.csv.gz"


def number(text):
    """A cell as JSON has it."""
    try:
        return float(text)
    except ValueError:
        return text or None


class Cluster:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # not without wiping the servers
        self.token, self.nodes = secrets.token_hex(16), {}
        first = random.randrange(200, 320) * 100
        self.surroundings = dict(
            os.environ, SERVICES_DIR=str(self.folder / "services"), SERVICES_SECURE="0", CASSANDRA_NODES="1",
            KAFKA_NODES="1", CASSANDRA_PORT=str(first), CASSANDRA_STORAGE_PORT=str(first + 1),
            REDIS_PORT=str(first + 2), KAFKA_PORT=str(first + 10))
        metrics_token = secrets.token_hex(16)
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("MARTLET_")
        } | {"MARTLET_API_TOKEN": self.token, "MARTLET_METRICS_TOKEN": metrics_token}
        self.prometheus = None
        try:
            self.services("start")
            for name, value in re.findall(r"(MARTLET_\w+)=(\S+)", self.services("env")):
                self.environment[name] = value
            migrate = [BINARY, "migrate"]
            wait("the tables are made",
                 lambda: subprocess.run(migrate, env=self.environment, stdout=subprocess.DEVNULL).returncode == 0, 120)
            self.prometheus = Prometheus(self.folder / "prometheus", metrics_token)
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def services(self, *words):
        output = self.folder / "output"
        with open(output, "wb") as file:  # not a pipe, which the servers would hold open
            run = subprocess.run(["bash", os.environ["MARTLET_TEST_SERVICES"], *words], env=self.surroundings,
                                 stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        assert run.returncode == 0, output.read_text()
        return output.read_text()

    def start(self, name, role, *words, port=0):
        """Starts a master or a worker; Prometheus looks at it from then on."""
        option = "--monitoring-port" if role == "worker" else "--port"
        log = self.folder / f"{name}.log"
        with open(log, "ab") as file:
            begin = file.tell()
            process = subprocess.Popen(
                [BINARY, role, option, str(port), "--threads", "1", *words], env=self.environment, stdout=file,
                stderr=file)
        self.nodes[name] = process

        def address():
            assert process.poll() is None, f"{name} ended: {log.read_text()}"
            return re.search(r"http://127\.0\.0\.1:(\d+)", log.read_bytes()[begin:].decode())

        found = wait(f"{name} says where it listens", address)
        self.prometheus.watch(f"127.0.0.1:{found.group(1)}", role)
        if role == "master":
            self.port = int(found.group(1))
        return int(found.group(1))

    def kill(self, name):
        process = self.nodes.pop(name)
        process.kill()
        process.wait()

    def end(self, name):
        """In order: running trials end or are handed back."""
        end(self.nodes.pop(name))

    def call(self, method, path, body=None, kind="application/json"):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if data is not None:
            request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
        return json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def status(self, method, path):
        try:
            self.call(method, path)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def upload(self, name="adult"):
        return self.call("POST", f"/datasets?name={name}", TABLE.read_bytes(), "application/gzip")["id"]

    def experiment(self, dataset, **settings):
        return self.call("POST", "/experiments", {"dataset_id": dataset, "target": "class", **settings})["id"]

    def trials(self, experiment):
        """How many of its trials have ended."""
        record = self.call("GET", f"/experiments/{experiment}")
        return record["trials_completed"] + record["trials_failed"]

    def ended(self, experiment):
        record = self.call("GET", f"/experiments/{experiment}")
        assert record["state"] in ("queued", "running", "completed"), record
        return record if record["state"] == "completed" else None

    def is_over(self, experiment):
        return self.call("GET", f"/experiments/{experiment}")["state"] not in ("queued", "running")

    def predict(self, model, count):
        """Predicts the table's first rows, sent as JSON and as a file."""
        with gzip.open(TABLE, "rt", newline="") as file:
            lines = [line for line, _ in zip(file, range(count + 1))]
        rows = [{name: number(text) for name, text in row.items()} for row in csv.DictReader(lines)]
        answer = self.call("POST", f"/models/{model}/predict", {"rows": rows})
        assert len(answer["predictions"]) == count, answer
        table = self.call("POST", f"/models/{model}/predict", "".join(lines).encode(), "text/csv")
        assert table.count(b"\n") == count + 1, table

    def stop(self):
        for process in self.nodes.values():
            process.terminate()  # all at once
        try:
            for process in self.nodes.values():
                end(process)
            if self.prometheus:
                self.prometheus.stop()
        finally:
            self.services("wipe")
