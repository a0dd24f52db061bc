"""Reads the same tables with Martlet, pandas, pyarrow, polars and DuckDB, in turn, and prints a table of medians.

    swift build -c release --product martlet-bench
    python Benchmarks/reading.py [--rounds N] [--threads N] FILE...

Every reading runs in a process of its own and infers types over all rows, as Martlet does; the times are those of the
reading alone, without the start of the interpreter, and the processor time tells more than the other on a machine that is
not idle. The peak is that of the process, whose start counts too.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

PEERS = {
    "pandas": "import pandas\ndef read(f): return len(pandas.read_csv(f, low_memory=False))",
    "pyarrow": "import pyarrow, pyarrow.csv\npyarrow.set_cpu_count(THREADS)\n"
    "def read(f): return pyarrow.csv.read_csv(f).num_rows",
    "polars": "import polars\n"
    "def read(f): return polars.read_csv(f, infer_schema_length=None, null_values=['NA', '?', '']).height",
    "duckdb": "import duckdb\nduckdb.sql('set threads=%d; set enable_progress_bar=false' % THREADS)\n"
    "def read(f): return duckdb.sql(f\"select * from read_csv('{f}', sample_size=-1)\").to_arrow_table().num_rows",
}

TIMED = """
import json, resource, sys, time
THREADS = {threads}
{code}
start, cpu = time.perf_counter(), time.process_time()
rows = read(sys.argv[1])
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps(dict(rows=rows, seconds=seconds, cpu_seconds=cpu, peak_kib=peak)))
"""


def run(reader, file, threads):
    if reader == "martlet":
        command = [str(ROOT / ".build/release/martlet-bench"), "read", file, str(threads)]
    else:
        command = [sys.executable, "-c", TIMED.format(threads=threads, code=PEERS[reader]), file]
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(lines[0]) if lines else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    readers = ["martlet", *PEERS]
    print("| file | " + " | ".join(readers) + " |")
    print("|---" * (len(readers) + 1) + "|")
    for file in arguments.files:
        results = {reader: [] for reader in readers}
        for _ in range(arguments.rounds):
            for reader in readers:
                result = run(reader, file, arguments.threads)
                if result:
                    results[reader].append(result)
        cells = []
        for reader in readers:
            if not results[reader]:
                cells.append("–")
                continue
            seconds = statistics.median(result["seconds"] for result in results[reader])
            cpu = statistics.median(result["cpu_seconds"] for result in results[reader])
            peak = statistics.median(result["peak_kib"] for result in results[reader]) / 1024
            speed = os.path.getsize(file) / seconds / 1e6
            cells.append(f"{seconds:.3f} s ({cpu:.3f} s CPU), {speed:.0f} MB/s, {peak:.0f} MiB")
        print(f"| {pathlib.Path(file).name} | " + " | ".join(cells) + " |", flush=True)


main()
