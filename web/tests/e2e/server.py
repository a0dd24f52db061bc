"""A real `martlet serve` on a free port, and its API for what a test needs to be there beforehand."""

import json
import os
import pathlib
import re
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("MARTLET_TEST_BINARY", str(ROOT / ".build/debug/martlet"))
SITE = os.environ.get("MARTLET_TEST_WEB", str(ROOT / ".build/web/dist"))


class Server:
    def __init__(self, folder, token=None, port=0):
        self.folder, self.token, self.port = pathlib.Path(folder), token, port
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MARTLET_")}
        if self.token:
            environment["MARTLET_API_TOKEN"] = self.token
        self.log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", str(self.port), "--data-dir", str(self.folder / "data"), "--web-dir", SITE],
            stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://[^:]+:(\d+)", line)
        assert found, f"the server did not start: {line} {(self.folder / 'server.log').read_text()}"
        self.port = int(found.group(1))
        self.base = f"http://127.0.0.1:{self.port}"

    def kill(self):
        """As a crash ends it; `start` brings it back on the same port."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def call(self, method, path, body=None, kind="application/json"):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.base + "/api/v1" + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", kind)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def example(self, name):
        return self.call("POST", f"/examples/{name}")["id"]

    def upload(self, name, text):
        return self.call("POST", f"/datasets?name={name}", text.encode(), "text/csv")["id"]

    def experiment(self, dataset, target, **settings):
        return self.call("POST", "/experiments", {"dataset_id": dataset, "target": target, **settings})["id"]

    def wait(self, experiment, *states):
        """Waits until an experiment is in one of the states; returns its record."""
        while True:
            record = self.call("GET", f"/experiments/{experiment}")
            if record["state"] in states:
                return record
            assert record["state"] in ("queued", "running"), record
            time.sleep(0.1)

    def train(self, example, target, **settings):
        dataset = self.example(example)
        experiment = self.experiment(dataset, target, seed=1, **settings)
        model = self.wait(experiment, "completed")["best_model_id"]
        return {"dataset": dataset, "experiment": experiment, "model": model}
