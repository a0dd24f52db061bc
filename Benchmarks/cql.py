"""Puts Martlet's Cassandra client beside acsylla (the C++ driver) and cassandra-driver, and prints a table of medians.

    swift build -c release --product martlet-bench
    MARTLET_CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 python3 Benchmarks/cql.py [--rounds N] [--seconds N] [--server-pid PID]

The peers come from PyPI into a virtual environment under the build folder. Martlet and cassandra-driver speak protocol v5, acsylla
v4, and Martlet a second time v4. One replica answers, rows are not paged, for all alike. Martlet's callers run on the session's
loop, as acsylla's on asyncio's; in one row more they run on the threads of the concurrency runtime. Every case runs in a process of
its own, the clients of each round in another order: what one has written the server still moves about while the next is at it.
Processor time is the client process's, in microseconds a request, and the server's where its process is named; client and server
share the machine, so that a client that needs less leaves more to the server.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".build" / "cql-benchmark"
CASES = ["insert", "read", "insert_large", "read_large"]
SHAPES = {case: (65536, 512, 16) if case.endswith("large") else (100, 20000, 64) for case in CASES}

COMMON = """
import json, os, resource, sys, time
host, port, keyspace, case, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], float(sys.argv[5])
size, rows, callers = {shapes}[case]
writes = case.startswith("insert")
text = "INSERT INTO rows (id, value) VALUES (?, ?)" if writes else "SELECT value FROM rows WHERE id = ?"
def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    if len(sys.argv) < 7: return usage.ru_utime + usage.ru_stime, 0
    fields = open(f"/proc/{{sys.argv[6]}}/stat").read().rsplit(")", 1)[1].split()
    return usage.ru_utime + usage.ru_stime, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
def report(latencies, elapsed, before, after):
    latencies.sort()
    n = len(latencies)
    client, server = (round((b - a) / n * 1e6, 2) for a, b in zip(before, after))
    print(json.dumps(dict(case=case, requests_per_second=int(n / elapsed),
        megabytes_per_second=round(n * size / elapsed / 1e6, 1), cpu_microseconds=client,
        server_cpu_microseconds=server or None, p50_microseconds=int(latencies[n // 2] * 1e6),
        p99_microseconds=int(latencies[n * 99 // 100] * 1e6))))
"""

ACSYLLA = """
import asyncio, acsylla
async def main():
    cluster = acsylla.create_cluster([host], port=port)
    session = await cluster.create_session(keyspace=keyspace)
    prepared = await session.create_prepared(text)
    async def caller(number, end, latencies):
        value, id, start = bytes([number]) * size, number, time.perf_counter()
        while start < end:
            id = (id * 31 + 17) % rows
            statement = prepared.bind()
            statement.bind(0, id)
            if writes:
                statement.bind(1, value)
                await session.execute(statement)
            else:
                assert len((await session.execute(statement)).first().value) == size
            now = time.perf_counter()
            latencies.append(now - start)
            start = now
    async def load(seconds):
        latencies = []
        end = time.perf_counter() + seconds
        await asyncio.gather(*(caller(n, end, latencies) for n in range(callers)))
        return latencies
    await load(0.5)
    used, start = cpu(), time.perf_counter()
    latencies = await load(seconds)
    report(latencies, time.perf_counter() - start, used, cpu())
    await session.close()
asyncio.run(main())
"""

PYTHON_DRIVER = """
import threading
from cassandra.cluster import Cluster
cluster = Cluster([host], port=port)
session = cluster.connect(keyspace)
session.default_fetch_size = None
prepared = session.prepare(text)
def load(seconds):
    # Requests follow each other through callbacks, which is the fastest way to use this driver.
    latencies, end, left, done = [], time.perf_counter() + seconds, [callers], threading.Event()
    lock = threading.Lock()
    def run(number):
        value = bytes([number]) * size
        state = dict(id=number)
        def send():
            start = time.perf_counter()
            if start >= end:
                with lock:
                    left[0] -= 1
                    if not left[0]: done.set()
                return
            state["id"] = (state["id"] * 31 + 17) % rows
            future = session.execute_async(prepared, (state["id"], value) if writes else (state["id"],))
            def finished(answer):
                if not writes: assert len(answer[0].value) == size
                latencies.append(time.perf_counter() - start)
                send()
            future.add_callbacks(finished, lambda error: (print(error, file=sys.stderr), done.set()))
        send()
    for number in range(callers): run(number)
    done.wait()
    return latencies
load(0.5)
used, start = cpu(), time.perf_counter()
latencies = load(seconds)
report(latencies, time.perf_counter() - start, used, cpu())
cluster.shutdown()
"""

PREPARE = """
import sys
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args
host, port, keyspace, action = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
session = Cluster([host], port=port).connect()
session.default_timeout = 60
if action == "drop":
    session.execute(f"DROP KEYSPACE {keyspace}")
else:
    size, rows = int(sys.argv[5]), int(sys.argv[6])
    replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}"
    session.execute(f"CREATE KEYSPACE {keyspace} WITH replication = {replication}")
    session.execute(
        f"CREATE TABLE {keyspace}.rows (id bigint PRIMARY KEY, value blob) WITH compression = {{'enabled': false}}")
    insert = session.prepare(f"INSERT INTO {keyspace}.rows (id, value) VALUES (?, ?)")
    execute_concurrent_with_args(session, insert, ((id, b"x" * size) for id in range(rows)), concurrency=32)
"""


def interpreter() -> str:
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "acsylla", "cassandra-driver"], check=True)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--clients", help='some of them, such as "Martlet, v4;acsylla"')
    parser.add_argument("--bench", default=str(ROOT / ".build" / "release" / "martlet-bench"), help="the built program")
    parser.add_argument("--server-pid", help="the server's process, to tell its processor time")
    parser.add_argument("--python", help="an interpreter that has the peers; made where none is named")
    arguments = parser.parse_args()
    points = os.environ.get("MARTLET_CASSANDRA_CONTACT_POINTS")
    if not points:
        sys.exit("MARTLET_CASSANDRA_CONTACT_POINTS names no server")
    host, port = points.split(",")[0].rsplit(":", 1)
    python = arguments.python or interpreter()
    common = COMMON.format(shapes=SHAPES)
    process = [arguments.server_pid] if arguments.server_pid else []

    def martlet(*options):
        server = ["--server-pid", *process] if process else []
        return lambda case, keyspace: [
            arguments.bench, "cql", case, keyspace, str(arguments.seconds), *options, *server]

    def peer(text):
        return lambda case, keyspace: [
            python, "-c", common + text, host, port, keyspace, case, str(arguments.seconds), *process]

    clients = {
        "Martlet": martlet(), "Martlet, v4": martlet("--v4"), "Martlet, other threads": martlet("--elsewhere"),
        "acsylla": peer(ACSYLLA), "cassandra-driver": peer(PYTHON_DRIVER)}
    clients = {name: clients[name] for name in arguments.clients.split(";")} if arguments.clients else clients
    results = {}
    for case in arguments.cases.split(","):
        keyspace = "bench_" + uuid.uuid4().hex
        size, rows, _ = SHAPES[case]
        prepare = [python, "-c", PREPARE, host, port, keyspace]
        subprocess.run(prepare + ["create", str(size), str(rows)], check=True)
        try:
            # The first round is not counted: the server compiles what it does for a client while it does it.
            for number in range(arguments.rounds + 1):
                for name, command in random.sample(list(clients.items()), len(clients)):
                    done = subprocess.run(command(case, keyspace), capture_output=True, text=True)
                    if done.returncode != 0:
                        print(f"{name} failed at {case}: {done.stdout}{done.stderr}", file=sys.stderr)
                        continue
                    line = json.loads(done.stdout.strip().splitlines()[-1])
                    print(json.dumps(dict(client=name, **line)), file=sys.stderr, flush=True)
                    if number:
                        results.setdefault((case, name), []).append(line)
        finally:
            subprocess.run(prepare + ["drop"], check=True)
    print("| case | client | requests/s | MB/s | client CPU, µs/request | server CPU | p50, µs | p99, µs |")
    print("|---|---|---|---|---|---|---|---|")
    for case in arguments.cases.split(","):
        for name in clients:
            lines = results.get((case, name))
            if not lines:
                continue

            def median(key):
                return statistics.median(line[key] for line in lines)

            server = f"{median('server_cpu_microseconds'):.1f}" if lines[0].get("server_cpu_microseconds") else ""
            print(
                f"| {case} | {name} | {median('requests_per_second'):,.0f} | {median('megabytes_per_second'):.1f} "
                f"| {median('cpu_microseconds'):.1f} | {server} | {median('p50_microseconds'):.0f} "
                f"| {median('p99_microseconds'):.0f} |")


if __name__ == "__main__":
    main()
