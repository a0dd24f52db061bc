"""A real Prometheus with the committed configuration and rules, looking every second; and its API."""

import json
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(what, condition, seconds=60):
    """Waits until the condition gives something, and returns that."""
    limit = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > limit:
            raise SystemExit(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def end(process):
    """In order, or else at once."""
    process.terminate()
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Prometheus:
    def __init__(self, folder, token):
        self.folder, self.port = pathlib.Path(folder), free_port()
        shutil.copytree(ROOT / "deploy/prometheus", self.folder)
        configuration = self.folder / "prometheus.yml"
        text = configuration.read_text()
        for word in ("scrape_interval", "evaluation_interval"):
            assert f"{word}: 15s" in text
            text = text.replace(f"{word}: 15s", f"{word}: 1s")
        configuration.write_text(text)
        (self.folder / "metrics-token").write_text(token)
        self.targets = {}
        self.tell()
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={self.folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"], stdout=self.log, stderr=self.log)
        wait("Prometheus is ready", self.is_ready)

    def is_ready(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5).close()
            return True
        except (OSError, urllib.error.HTTPError):
            return False

    def watch(self, address, role):
        """Adds a process; Prometheus reads the file again by itself."""
        self.targets[address] = role
        self.tell()

    def tell(self):
        groups = [{"labels": {"role": role}, "targets": [address]} for address, role in self.targets.items()]
        path = self.folder / "targets/martlet.yml"
        path.with_suffix(".new").write_text(json.dumps(groups))
        path.with_suffix(".new").rename(path)

    def call(self, path, **parameters):
        data = urllib.parse.urlencode(parameters, doseq=True)
        address = f"http://127.0.0.1:{self.port}/api/v1/{path}" + (f"?{data}" if data else "")
        try:
            with urllib.request.urlopen(address, timeout=120) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path} {parameters}: {error.read().decode()}") from None

    def query(self, expression):
        """What it says now: (labels, value) of each series."""
        found = self.call("query", query=expression)["result"]
        return [(item["metric"], float(item["value"][1])) for item in found]

    def range(self, expression, start, end, step=1):
        """What it said over time: (labels, [(time, value), …]) of each series."""
        found = self.call("query_range", query=expression, start=start, end=end, step=step)["result"]
        return [(item["metric"], [(time, float(value)) for time, value in item["values"]]) for item in found]

    def rules(self):
        """Every rule: name, type (alerting or recording), query."""
        return [rule for group in self.call("rules")["groups"] for rule in group["rules"]]

    def names(self):
        """The metrics whose type somebody tells, with or without a value."""
        return set(self.call("metadata"))

    def stop(self):
        end(self.process)
        self.log.close()
