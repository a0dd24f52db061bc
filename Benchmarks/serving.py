"""How fast `martlet serve` answers, alone and beside work that takes long, and what it keeps of memory: Markdown tables.

    swift build -c release --static-swift-stdlib --product martlet && swift build -c release --product martlet-bench
    python3 Benchmarks/serving.py --server after=.build/release/martlet [--server before=OTHER/martlet]
        [--parts rates,beside,peers,memory] [--rounds 3] [--seconds 3] [--scale 1] [--bench PATH] [--peers-python PATH]

Each server runs on a free port of loopback with data of its own, and has an ensemble of boosters and a single one trained on
the example telco_churn. Servers take turns in each round, so that noise of the machine falls on all alike; figures are medians.

rates   requests a second of 1, 16 and 64 clients without pause
beside  latencies of one row through the ensemble at a fixed rate, a quarter of what 16 clients reach without pause, counted
        from when each request was due (nobody waits for a slow answer before the next one is asked); alone and beside the
        prediction of a file, a report (an explanation made anew each time), a training and uploads. How long the file takes
        alone and beside the rows, and how long the server goes on computing once a client has left
peers   the same rows through FastAPI and onnxruntime, which serve the same model as ONNX; needs a Python with
        `pip install fastapi uvicorn onnxruntime` given by --peers-python
memory  resident MB before and after many requests of each kind; --scale 0.01 does a hundredth of them

A full run with two servers takes about 25 minutes, half of it the memory; --parts rates,beside --rounds 1 takes four.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser()
parser.add_argument("--server", action="append", metavar="NAME=PATH", required=True)
parser.add_argument("--parts", default="rates,beside,peers,memory")
parser.add_argument("--bench", default=str(ROOT / ".build/release/martlet-bench"))
parser.add_argument("--peers-python")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=float, default=3)
parser.add_argument("--rows", type=int, default=200_000, help="rows of the file that is predicted beside")
parser.add_argument("--scale", type=float, default=1)
arguments = parser.parse_args()
CLIENTS = [1, 16, 64]
TARGET = "Churn"


class Server:
    """A `martlet serve` with an ensemble, a single model, and files of the requests that the load program sends."""

    def __init__(self, name, binary, folder):
        self.name, self.folder = name, pathlib.Path(folder, name)
        self.folder.mkdir()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MARTLET_")}
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--data-dir", self.folder / "data"], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = re.search(r"http://[^:]+:(\d+)", self.process.stdout.readline())
        if not found:
            raise SystemExit(f"{binary} did not start")
        self.port = int(found.group(1))
        self.dataset = self.json("POST", "/examples/telco_churn")["id"]
        self.table = self.call("GET", f"/datasets/{self.dataset}/file")[1]
        models = self.train(trials=6)
        self.ensemble = next(one["id"] for one in models if one["model"] == "ensemble")
        self.single = next(one["id"] for one in models if one["model"] != "ensemble")
        header, first = self.table.decode().splitlines()[:2]
        # Numbers as strings are read as numbers, as in a file.
        row = {name: value for name, value in zip(header.split(","), first.split(",")) if name != TARGET}
        self.row = json.dumps({"rows": [row]})
        self.requests = {
            "health": self.keep("health", "GET", "/healthz"),
            "list": self.keep("list", "GET", "/api/v1/datasets"),
            "row, ensemble": self.keep("ensemble", "POST", f"/api/v1/models/{self.ensemble}/predict", self.row),
            "row, one model": self.keep("single", "POST", f"/api/v1/models/{self.single}/predict", self.row)}
        for kind in self.requests:
            self.load(kind, 4, "requests", 200)

    def keep(self, name, method, path, body=None):
        path_on_disk = self.folder / f"{name}.http"
        path_on_disk.write_text(raw(method, path, body))
        return path_on_disk

    def call(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, "/api/v1" + path, body, {"Content-Type": kind} if body else {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def json(self, method, path, body=None):
        status, content = self.call(method, path, json.dumps(body) if body is not None else None)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {content[:300]}")
        return json.loads(content or b"null")

    def experiment(self, trials, **more):
        return self.json("POST", "/experiments", {
            "dataset_id": self.dataset, "target": TARGET, "trials": trials, "seed": 7, "folds": 3,
            "learners": ["gradient_boosting"], **more})["id"]

    def wait(self, experiment):
        while self.json("GET", f"/experiments/{experiment}")["state"] in ("queued", "running"):
            time.sleep(0.1)

    def train(self, trials):
        experiment = self.experiment(trials)
        self.wait(experiment)
        return self.json("GET", f"/experiments/{experiment}/models")["items"]

    def load(self, kind, clients, unit, amount, rate=None, port=None):
        command = [arguments.bench, "http", str(port or self.port), self.requests[kind], str(clients), unit, str(amount)]
        done = subprocess.run(command + ([str(rate)] if rate else []), capture_output=True, text=True)
        if not done.stdout.startswith("{"):
            raise SystemExit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
        result = json.loads(done.stdout)
        if result["failures"]:
            print(f"{result['failures']} of {result['requests']} requests failed: {self.name}, {kind}")
        return result

    @property
    def resident(self):
        """Resident MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    @property
    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def seconds_until_idle(self, limit=120):
        started = time.monotonic()
        while time.monotonic() - started < limit:
            before = self.processor_seconds
            time.sleep(0.25)
            if self.processor_seconds - before < 0.03:
                return time.monotonic() - started - 0.25
        return limit

    def stop(self):
        self.process.terminate()
        self.process.wait()


def raw(method, path, body=None):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return f"{head}\r\n{body or ''}"


class Beside:
    """Work that goes on from entering to leaving; what is under way then is left by closing the connection."""

    def __init__(self, server, kind, table):
        self.server, self.kind, self.table = server, kind, table
        self.ended, self.done, self.experiment = False, [], None

    def request(self):
        if self.kind == "a file":
            return "POST", f"/api/v1/models/{self.server.ensemble}/predict", self.table, "text/csv"
        if self.kind == "a report":
            return "GET", f"/api/v1/models/{self.server.ensemble}/report", None, None
        return "POST", "/api/v1/datasets?name=beside", self.table, "text/csv"

    def run(self):
        while not self.ended:
            method, path, body, kind = self.request()
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=600)
            started = time.monotonic()
            try:
                self.connection.request(method, path, body, {"Content-Type": kind} if kind else {})
                answer = self.connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException, AttributeError, ValueError):
                continue
            self.done.append(time.monotonic() - started)
            if self.kind == "uploads":
                self.server.call("DELETE", f"/datasets/{json.loads(content)['id']}")

    def __enter__(self):
        if self.kind == "a training":
            self.experiment = self.server.experiment(100_000)
        elif self.kind != "alone":
            self.thread = threading.Thread(target=self.run)
            self.thread.start()
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.ended = True
        if self.experiment:
            self.server.json("POST", f"/experiments/{self.experiment}/cancel")
            self.server.wait(self.experiment)
            self.server.call("DELETE", f"/experiments/{self.experiment}")
        elif self.kind != "alone":
            if self.connection.sock:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
            self.idle_after = self.server.seconds_until_idle()
            self.thread.join()


def median(values):
    return statistics.median(values) if values else float("nan")


def table(title, columns, rows):
    print(f"\n{title}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def rates(servers):
    found = {}
    for _ in range(arguments.rounds):
        for kind in servers[0].requests:
            for clients in CLIENTS:
                for server in servers:
                    found.setdefault((kind, clients, server.name), []).append(
                        server.load(kind, clients, "seconds", arguments.seconds))
    rows = []
    for kind in servers[0].requests:
        for server in servers:
            cells = []
            for clients in CLIENTS:
                results = found[kind, clients, server.name]
                cells.append(f"{median([one['requests_per_second'] for one in results]):,.0f}, "
                             f"{median([one['p99_ms'] for one in results]):.2f} ms")
            rows.append([kind, server.name, *cells])
    table("Requests a second without pause, and p99", ["request", "server", *(f"{one} clients" for one in CLIENTS)], rows)


def beside(servers):
    big = {}
    for server in servers:
        header, *lines = server.table.decode().splitlines()
        wanted = int(arguments.rows)
        big[server.name] = "\n".join([header] + (lines * (wanted // len(lines) + 1))[:wanted]).encode() + b"\n"
    kind = "row, ensemble"
    paces = {}
    for server in servers:
        alone = [server.load(kind, 16, "seconds", arguments.seconds)["requests_per_second"] for _ in range(3)]
        paces[server.name] = max(1, int(median(alone) / 4))
    works = ["alone", "a file", "a report", "a training", "uploads"]
    found, idle, files = {}, {}, {}
    for _ in range(arguments.rounds):
        for work in works:
            for server in servers:
                with Beside(server, work, big[server.name]) as other:
                    result = server.load(kind, 16, "seconds", arguments.seconds, paces[server.name])
                found.setdefault((server.name, work), []).append(result)
                if work in ("a file", "a report"):
                    idle.setdefault((server.name, work), []).append(other.idle_after)
        for server in servers:
            for name, rate in [("alone", None), ("beside rows", paces[server.name])]:
                # Rows for longer than the file can take; they are ended with it.
                rows = rate and subprocess.Popen(
                    [arguments.bench, "http", str(server.port), server.requests[kind], "16", "seconds", "600", str(rate)],
                    stdout=subprocess.DEVNULL)
                started = time.monotonic()
                server.call("POST", f"/models/{server.ensemble}/predict", big[server.name], "text/csv")
                files.setdefault((server.name, name), []).append(time.monotonic() - started)
                if rows:
                    rows.kill()
                    rows.wait()
    rows = []
    for work in works:
        for server in servers:
            results = found[server.name, work]
            after = idle.get((server.name, work))
            rows.append([work, server.name, f"{paces[server.name]:,}",
                         *(f"{median([one[key] for one in results]):.2f}" for key in ("p50_ms", "p99_ms", "max_ms")),
                         f"{median(after):.1f}" if after else "–"])
    table("One row through the ensemble at a fixed rate, 16 connections: ms", [
        "beside", "server", "requests/s", "p50", "p99", "longest", "s until idle once the client has left"], rows)
    table(f"A file of {arguments.rows:,} rows through the ensemble: seconds", ["server", "alone", "beside rows at that rate"], [
        [server.name, *(f"{median(files[server.name, name]):.1f}" for name in ("alone", "beside rows"))]
        for server in servers])


SERVICE = '''
import sys
import numpy, onnxruntime, uvicorn
from fastapi import FastAPI
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options)
inputs = session.get_inputs()
app = FastAPI()

def predict(rows):
    feed = {one.name: numpy.array([[row.get(one.name)] for row in rows], dtype=object if "string" in one.type else float)
            for one in inputs}
    labels, probabilities = session.run(["label", "probabilities"], feed)
    return {"predictions": [{"prediction": label, "probabilities": one}
                            for label, one in zip(labels.tolist(), probabilities.tolist())]}

@app.get("/healthz")
def health(): return {"status": "ok"}

@app.post("/predict")
async def call(body: dict): return predict(body["rows"])

if sys.argv[2] == "loop":
    import json, time
    rows = json.loads(sys.argv[3])["rows"]
    for _ in range(200): predict(rows)
    begun = time.perf_counter()
    for _ in range(2000): session.run(None, {one.name: numpy.array(
        [[rows[0].get(one.name)]], dtype=object if "string" in one.type else float) for one in inputs})
    print(2000 / (time.perf_counter() - begun))
else:
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
'''


def peers(servers):
    if not arguments.peers_python:
        print("\nNo --peers-python: FastAPI and onnxruntime are left out.")
        return
    server = servers[-1]
    service, model = server.folder / "service.py", server.folder / "model.onnx"
    service.write_text(SERVICE)
    model.write_bytes(server.call("GET", f"/models/{server.ensemble}/onnx")[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop = subprocess.run([arguments.peers_python, service, model, "loop", server.row], capture_output=True, text=True)
    process = subprocess.Popen([arguments.peers_python, service, model, str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        server.requests["peer"] = server.keep("peer", "POST", "/predict", server.row)
        found = {}
        cases = [(one.name, "row, ensemble", one, None) for one in servers] + [("FastAPI", "peer", server, port)]
        for _ in range(arguments.rounds):
            for clients in CLIENTS:
                for name, kind, owner, where in cases:
                    found.setdefault((name, clients), []).append(
                        owner.load(kind, clients, "seconds", arguments.seconds, port=where))
        pace = max(1, int(median([one["requests_per_second"] for one in found["FastAPI", 16]]) / 4))
        for _ in range(arguments.rounds):
            for name, kind, owner, where in cases:
                found.setdefault((name, "paced"), []).append(
                    owner.load(kind, 16, "seconds", arguments.seconds, pace, port=where))
    finally:
        process.terminate()
        process.wait()
        server.requests.pop("peer", None)
    rows = []
    for name, *_ in cases:
        cells = [f"{median([one['requests_per_second'] for one in found[name, clients]]):,.0f}, "
                 f"{median([one['p99_ms'] for one in found[name, clients]]):.2f} ms" for clients in CLIENTS]
        paced = [f"{median([one[key] for one in found[name, 'paced']]):.2f}" for key in ("p50_ms", "p99_ms")]
        rows.append([name, *cells, ", ".join(paced)])
    rows.append(["onnxruntime, in a loop without HTTP", f"{float(loop.stdout or 'nan'):,.0f}", "–", "–", "–"])
    table("One row through the same ensemble: requests a second without pause, and p99", [
        "server", *(f"{one} clients" for one in CLIENTS), f"p50, p99 at {pace:,} requests/s, ms"], rows)


def memory(servers):
    def many(count):
        return max(1, int(count * arguments.scale))

    def requests(kind):
        return lambda server: server.load(kind, 16, "requests", many(200_000))

    def repeated(count, *call):
        def run(server):
            for _ in range(many(count)):
                server.call(*[one(server) if callable(one) else one for one in call])
        return run

    def datasets(count):
        def run(server):
            for _ in range(many(count)):
                identifier = json.loads(server.call("POST", "/datasets?name=one", server.table, "text/csv")[1])["id"]
                server.call("DELETE", f"/datasets/{identifier}")
        return run

    def uploads(server):
        part = b"\n".join(server.table.splitlines()[:501])
        for _ in range(many(2_000)):
            server.call("POST", "/datasets?name=one", part, "text/csv")

    def refused_uploads(server):
        for _ in range(many(2_000)):
            server.call("POST", "/datasets?name=one", b"a,b\n\"1,2\n", "text/csv")

    def experiments(server):
        for _ in range(many(200)):
            one = server.json("POST", "/experiments", {
                "dataset_id": server.dataset, "target": TARGET, "trials": 1, "folds": 2, "learners": ["decision_tree"]})
            server.wait(one["id"])
            server.call("DELETE", f"/experiments/{one['id']}")

    rows_to_explain = json.dumps({"rows": json.loads(servers[0].row)["rows"] * 100})
    cases = [(f"{many(200_000):,} × {kind}", requests(kind)) for kind in servers[0].requests]
    cases += [
        (f"{many(2_000):,} uploads that are refused", refused_uploads),
        (f"{many(100)} files of 7,043 rows predicted", repeated(
            100, "POST", lambda one: f"/models/{one.ensemble}/predict", lambda one: one.table, "text/csv")),
        (f"{many(50)} explanations of 100 rows", repeated(
            50, "POST", lambda one: f"/models/{one.ensemble}/explain", rows_to_explain)),
        (f"{many(500)} datasets made and deleted", datasets(500)),
        (f"{many(200)} experiments made and deleted", experiments),
        (f"{many(2_000):,} uploads of 500 rows that stay", uploads)]
    rows = []
    for name, run in cases:
        cells = []
        for server in servers:
            # A part of it first, so that what is kept for all requests of the kind is there.
            saved, arguments.scale = arguments.scale, arguments.scale / 20
            run(server)
            arguments.scale = saved
            server.seconds_until_idle()
            before = server.resident
            run(server)
            server.seconds_until_idle()
            cells.append(f"{before:.1f} → {server.resident:.1f}")
        rows.append([name, *cells])
    table("Resident MB before and after", ["requests", *(one.name for one in servers)], rows)


def main():
    with tempfile.TemporaryDirectory() as folder:
        servers = []
        begun = time.monotonic()
        try:
            for one in arguments.server:
                name, _, path = one.partition("=")
                servers.append(Server(name, os.path.abspath(path), folder))
            print(f"Medians of {arguments.rounds} rounds of {arguments.seconds:g} s on {os.cpu_count()} processors "
                  f"(load at the start {os.getloadavg()[0]:.1f}).")
            for name, part in [("rates", rates), ("beside", beside), ("peers", peers), ("memory", memory)]:
                if name in arguments.parts.split(","):
                    part(servers)
            print(f"\n{time.monotonic() - begun:.0f} s; load at the end {os.getloadavg()[0]:.1f}.")
        finally:
            for server in servers:
                server.stop()


main()
