"""The Redis client and the sockets beneath it, with and without TLS, beside redis-benchmark: a Markdown table of medians.

    swift build -c release --product martlet-bench
    python3 Benchmarks/network.py [--rounds 3] [--seconds 2] [--bench PATH]

It starts two servers of its own on free ports of loopback, one of them with TLS, and ends them. The cases take turns, each in
a process of its own, so that noise of the machine falls on all alike. Client and server share the machine's processors.
Writes and reads take turns in each case; redis-benchmark's figure is the mean of both over one connection, 64 at a time.
Needs redis-server, redis-benchmark (Debian's redis-server and redis-tools) and openssl.
"""
import argparse, csv, json, os, pathlib, socket, statistics, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser()
parser.add_argument("--bench", default=str(ROOT / ".build/release/martlet-bench"))
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=float, default=2)
arguments = parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificates(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *new_key, "-days", "2", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *new_key, "-subj", "/CN=redis", "-keyout", "redis.key", "-out", "redis.csr")
    pathlib.Path(folder, "redis.ext").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "redis.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "redis.ext", "-out", "redis.pem")


def start(folder, port, tls):
    listening = ["--port", str(port)]
    if tls:
        listening = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no", "--tls-cert-file", "redis.pem",
                     "--tls-key-file", "redis.key", "--tls-ca-cert-file", "ca.pem"]
    server = subprocess.Popen(["redis-server", "--bind", "127.0.0.1", "--save", "", *listening], cwd=folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.02)
    raise SystemExit("redis-server did not start")


def client(case, port, authority):
    scheme = "rediss" if authority else "redis"
    command = [arguments.bench, "network", case, f"{scheme}://127.0.0.1:{port}", str(arguments.seconds)]
    done = subprocess.run(command + ([authority] if authority else []), capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
    return json.loads(lines[0])


def redis_benchmark(port, authority):
    command = ["redis-benchmark", "-p", str(port), "-c", "1", "-P", "64", "-d", "100", "-t", "set,get", "-n", "400000", "--csv"]
    done = subprocess.run(command + (["--tls", "--cacert", authority] if authority else []), capture_output=True, text=True)
    rates = [float(row[1]) for row in csv.reader(done.stdout.splitlines()) if row and row[0] in ("SET", "GET")]
    return {"requests_per_second": statistics.harmonic_mean(rates)} if len(rates) == 2 else {}


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificates(folder)
        ports = {name: free_port() for name in ("plain", "TLS")}
        authorities = {"plain": None, "TLS": f"{folder}/ca.pem"}
        servers = [start(folder, port, name == "TLS") for name, port in ports.items()]
        results = {}
        try:
            for _ in range(arguments.rounds):
                for name, port in ports.items():
                    for case in ("small", "large", "single"):
                        results.setdefault((name, case), []).append(client(case, port, authorities[name]))
                    results.setdefault((name, "redis-benchmark"), []).append(redis_benchmark(port, authorities[name]))
        finally:
            for server in servers:
                server.terminate()
                server.wait()

    def median(name, case, key, form):
        values = [result[key] for result in results[name, case] if key in result]
        return form.format(statistics.median(values)) if values else "–"

    print(f"Medians of {arguments.rounds} rounds on {os.cpu_count()} processors (load at the end {os.getloadavg()[0]:.1f}).\n")
    print("| connection | 64 callers, 100 B: requests/s, client CPU | 16 callers, 64 KiB: MB/s, client CPU "
          "| one caller: p50, CPU | `redis-benchmark -c 1 -P 64` |")
    print("|---|---|---|---|---|")
    for name in ports:
        print(f"| {name} | {median(name, 'small', 'requests_per_second', '{:,.0f}')}, "
              f"{median(name, 'small', 'cpu_microseconds', '{:.1f} µs')} "
              f"| {median(name, 'large', 'megabytes_per_second', '{:,.0f}')}, "
              f"{median(name, 'large', 'cpu_microseconds', '{:.0f} µs')} "
              f"| {median(name, 'single', 'p50_microseconds', '{:.0f} µs')}, "
              f"{median(name, 'single', 'cpu_microseconds', '{:.0f} µs')} "
              f"| {median(name, 'redis-benchmark', 'requests_per_second', '{:,.0f}')} |")


main()
