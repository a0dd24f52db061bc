"""Checks what needs no server: configurations, rules and their tests by promtool, alerts, dashboards up to date."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy/prometheus"

# Pods as Kubernetes tells of them (component, port, phase), and the role under which they are to be found.
PODS = [
    ("martlet", "master", "http", "Running", "master"),
    ("martlet", "serve", "http", "Running", "serve"),
    ("martlet", "worker", "monitoring", "Running", "worker"),
    ("martlet", "worker", "http", "Running", None),
    ("martlet", "master", "debug", "Running", None),
    ("martlet", "migrate", "http", "Running", None),
    ("martlet", "worker", "monitoring", "Failed", None),
    ("other", "worker", "monitoring", "Running", None),
]


def promtool(*words):
    run = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"promtool {' '.join(map(str, words))}\n{run.stdout}{run.stderr}")
    return run.stdout


def check_configurations(folder):
    """Both configurations; that for Kubernetes with pods in a file, since Debian's Prometheus knows no Kubernetes."""
    (folder / "metrics-token").write_text("token")
    (folder / "rules").symlink_to(PROMETHEUS / "rules")
    (folder / "targets").symlink_to(PROMETHEUS / "targets")
    static = folder / "prometheus.yml"
    static.write_text((PROMETHEUS / "prometheus.yml").read_text())
    promtool("check", "config", static)
    assert len(json.loads(promtool("check", "service-discovery", "--timeout=5s", static, "martlet"))) >= 1

    pods = [{
        "targets": [f"10.0.0.{index}:8080"],
        "labels": {
            "__meta_kubernetes_pod_label_app_kubernetes_io_name": name,
            "__meta_kubernetes_pod_label_app_kubernetes_io_component": component,
            "__meta_kubernetes_pod_container_port_name": port, "__meta_kubernetes_pod_phase": phase,
            "__meta_kubernetes_pod_name": f"pod-{index}", "__meta_kubernetes_namespace": "ml",
            "__meta_kubernetes_pod_node_name": "node-1",
        },
    } for index, (name, component, port, phase, _) in enumerate(PODS)]
    (folder / "pods.json").write_text(json.dumps(pods))
    text = (PROMETHEUS / "prometheus-kubernetes.yml").read_text()
    text, count = re.subn(
        r" {4}kubernetes_sd_configs:\n {6}- role: pod\n( {8}.*\n)*",
        f"    file_sd_configs: [{{ files: [{folder}/pods.json] }}]\n", text)
    assert count == 1, "prometheus-kubernetes.yml finds pods in another way than this check knows"
    kubernetes = folder / "kubernetes.yml"
    text = text.replace("/etc/prometheus/secrets", str(folder)).replace("/etc/prometheus", str(PROMETHEUS))
    kubernetes.write_text(text)
    promtool("check", "config", kubernetes)
    found = {}
    for target in json.loads(promtool("check", "service-discovery", "--timeout=5s", kubernetes, "martlet")):
        labels = target.get("labels") or {}
        if "role" in labels:
            found[labels["instance"]] = labels["role"]
            assert labels["namespace"] == "ml" and labels["node"] == "node-1" and labels["job"] == "martlet", labels
    expected = {f"pod-{index}": pod[-1] for index, pod in enumerate(PODS) if pod[-1]}
    assert found == expected, f"pods are found as {found}, not as {expected}"


def check_alerts():
    """Every alert says what it has to, has its paragraph, and is tested both ways."""
    alerts = re.split(r"^ +- alert: ", (PROMETHEUS / "rules/alerts.yml").read_text(), flags=re.M)[1:]
    tests = re.findall(
        r"alertname: (\w+),?\s+eval_time: \w+,?\s+exp_alerts:( \[\])?", (PROMETHEUS / "tests/alerts.yml").read_text())
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text(), flags=re.M)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    wrong, used = [], set()
    for text in alerts:
        name = text.split()[0]
        for word in ("severity: (?:critical|warning)", "summary: .", "description: .", "runbook: ."):
            if not re.search(word, text):
                wrong.append(f"{name} has no {word.split(':')[0]}")
        anchor = re.search(r"runbook: docs/operations\.md#(alert-[\w-]+)$", text, flags=re.M)
        if not anchor or anchor.group(1) not in anchors:
            wrong.append(f"{name}: docs/operations.md has no such section")
        else:
            used.add(anchor.group(1))
        for silent, what in (("", "fires"), (" []", "stays silent")):
            if (name, silent) not in tests:
                wrong.append(f"{name}: no test where it {what}")
    wrong += [f"docs/operations.md: #{anchor} belongs to no alert" for anchor in anchors
              if anchor.startswith("alert-") and anchor not in used]
    if wrong:
        sys.exit("\n".join(wrong))
    return len(alerts), len(tests)


def main():
    rules = sorted((PROMETHEUS / "rules").glob("*.yml"))
    promtool("check", "rules", *rules)
    with tempfile.TemporaryDirectory() as folder:
        check_configurations(pathlib.Path(folder))
    promtool("test", "rules", PROMETHEUS / "tests/alerts.yml")
    count, tests = check_alerts()
    subprocess.run([sys.executable, ROOT / "deploy/grafana/generate.py", "--check"], check=True)
    print(f"monitoring: {count} alerts with {tests} tests, configurations, dashboards are sound")


if __name__ == "__main__":
    main()
