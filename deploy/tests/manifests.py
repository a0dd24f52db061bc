"""The manifests as kustomize renders them, and what tests ask of them."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy/kubernetes"
BINARY = os.environ.get("MARTLET_TEST_BINARY", str(ROOT / ".build/debug/martlet"))
KUBECTL = pathlib.Path(sys.executable).parent / "kubectl"
WORKLOADS = ("Deployment", "StatefulSet", "Job")


def render(folder):
    """The documents that `kubectl kustomize` gives for a folder."""
    run = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return [document for document in yaml.safe_load_all(run.stdout) if document]


def render_changed(overlay, replace, by, folder):
    """An overlay with a text of its kustomization replaced, as its reader would do it."""
    copy = shutil.copytree(KUBERNETES, pathlib.Path(folder) / "kubernetes")
    path = copy / "overlays" / overlay / "kustomization.yaml"
    text = path.read_text()
    assert replace in text
    path.write_text(text.replace(replace, by))
    return render(path.parent)


def version():
    """Martlet's version in the sources."""
    return re.search('martletVersion = "(.+)"', (ROOT / "Sources/AutoML/Artifact/Version.swift").read_text()).group(1)


def check_configuration(role, path):
    """The outcome of the binary's check of a configuration file, with nothing in the environment."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MARTLET_")}
    return subprocess.run(
        [BINARY, role, "--config", str(path), "--check-config"], env=environment, capture_output=True, text=True)


class Rendered:
    """Rendered documents of one overlay."""

    def __init__(self, documents):
        self.documents = documents

    def all(self, *kinds):
        return [document for document in self.documents if document["kind"] in kinds]

    def one(self, kind, name):
        """The document of that kind and name, which may carry a hash of its content."""
        found = [one for one in self.all(kind) if re.fullmatch(name + "(-[a-z0-9]{10})?", one["metadata"]["name"])]
        assert len(found) == 1, f"{kind} {name}: {len(found)}"
        return found[0]

    @functools.cached_property
    def workloads(self):
        return self.all(*WORKLOADS)

    @property
    def martlets(self):
        """The workloads that run Martlet's image."""
        return [one for one in self.workloads if one["metadata"]["name"].startswith("martlet-")]

    @property
    def configuration(self):
        """Martlet's configuration file."""
        return yaml.safe_load(self.one("ConfigMap", "martlet-config")["data"]["martlet.yaml"])


def pod(workload):
    """The pod's specification."""
    return workload["spec"]["template"]["spec"]


def containers(workload):
    """All containers, initial ones too."""
    return pod(workload)["containers"] + pod(workload).get("initContainers", [])


def pod_labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def ports(workload):
    """Numbers of the containers' ports, by name."""
    return {port["name"]: port["containerPort"] for one in containers(workload) for port in one.get("ports", [])}


def selects(selector, labels):
    """Whether `matchLabels` (or a service's selector) matches."""
    wanted = selector.get("matchLabels", selector)
    return all(labels.get(key) == value for key, value in wanted.items())


def seconds(text):
    """`5m` in seconds."""
    number, unit = re.fullmatch(r"([0-9.]+)([a-z]*)", str(text)).groups()
    return float(number) * {"": 1, "s": 1, "m": 60, "h": 3600}[unit]


def size(text):
    """`8GiB` or `16Gi` in bytes."""
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text)).groups()
    return float(number) * {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}[unit[:1]]
