"""Pods of the manifests on this machine, by `podman kube play`, which is no Kubernetes: what it lacks is adapted here.

- It knows neither jobs nor several pods of a deployment: each pod is a document of its own.
- There is no network of pods here: they share the machine's, so ports are free ones, and the servers that the overlay names are those
  of the environment. All of that is said in environment variables, which go over the configuration file.
- It asks probes by curl inside the container, where no curl is: tests ask them, by the manifests' paths and ports.
- Volumes are named alike in every pod, and would be one: here they have the pod's name in theirs.
- podman 4.3 takes secrets without decoding them, and wants to be told that they are not optional.
"""

import base64
import copy
import json
import os
import pathlib
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request

import yaml

from manifests import ROOT, containers, pod

PODMAN = str(ROOT / "scripts/podman.sh")
IMAGE = os.environ.get("MARTLET_TEST_IMAGE", "localhost/martlet:0.1.0")
LIMIT = 120


def podman(*arguments, check=True):
    run = subprocess.run([PODMAN, *arguments], capture_output=True, text=True)
    assert run.returncode == 0 or not check, f"podman {' '.join(arguments)}: {run.stderr}"
    return run


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(what, attempt):
    """Waits until `attempt` gives something, and gives it."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if found := attempt():
            return found
        time.sleep(0.1)
    raise AssertionError(f"this never came true: {what}")


class Pod:
    """A running pod with one container."""

    def __init__(self, name, workload, ports):
        self.name, self.ports = name, ports
        self.specification = containers(workload)[0]
        self.container = f"{name}-{self.specification['name']}"

    def probe(self, kind):
        """The status that the manifest's probe of this kind gets; nothing where nobody answers."""
        get = self.specification[kind]["httpGet"]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[get['port']]}{get['path']}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def await_ready(self):
        """Waits for all of the manifest's probes."""
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            until(f"{kind} of {self.name} ({self.log()})", lambda: self.probe(kind) == 200)

    def inspect(self):
        return json.loads(podman("inspect", self.container).stdout)[0]

    def log(self):
        run = podman("logs", self.container, check=False)
        return run.stdout + run.stderr


class Pods:
    """Pods played from rendered manifests, and all that was made for them."""

    def __init__(self, rendered, folder, environment):
        self.rendered, self.folder, self.environment = rendered, pathlib.Path(folder), environment
        self.suffix = secrets.token_hex(3)
        self.pods, self.volumes, self.secrets = [], [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self.pods:
            podman("pod", "rm", "--force", "--time", "2", one.name, check=False)
        for name in self.volumes:
            podman("volume", "rm", "--force", name, check=False)
        for name in self.secrets:
            podman("secret", "rm", name, check=False)

    def play(self, workload, number=0):
        """Plays one pod of a workload, and gives it."""
        name = f"{workload['metadata']['name']}-{self.suffix}-{number}"
        specification = copy.deepcopy(pod(workload))
        container = specification["containers"][0]
        documents = []
        for volume in specification["volumes"]:
            self.adapt(volume, name, documents, container)
        ports = {port["name"]: free_port() for port in container.pop("ports", [])}
        for port, variables in {
                "http": ("MARTLET_HTTP_HOST", "MARTLET_HTTP_PORT"),
                "monitoring": ("MARTLET_WORKER_MONITORING_HOST", "MARTLET_WORKER_MONITORING_PORT")}.items():
            if port in ports:
                self.set(container, dict(zip(variables, ("127.0.0.1", str(ports[port])))))
        self.set(container, self.environment)
        container.update(image=IMAGE, imagePullPolicy="Never")
        for key in ("startupProbe", "livenessProbe", "readinessProbe", "lifecycle"):
            container.pop(key, None)
        specification["hostNetwork"] = True
        documents.append({
            "apiVersion": "v1", "kind": "Pod", "spec": specification,
            "metadata": {"name": name, "labels": workload["spec"]["template"]["metadata"]["labels"]}})
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump_all(documents))
        self.pods.append(Pod(name, workload, ports))
        podman("kube", "play", str(path))
        return self.pods[-1]

    def set(self, container, variables):
        container.setdefault("env", []).extend({"name": name, "value": value} for name, value in variables.items())

    def adapt(self, volume, name, documents, container):
        """Gives a volume a name of the pod's own, with what it holds."""
        own = f"{volume['name']}-{name}"
        self.volumes.append(own)
        if "configMap" in volume:
            document = copy.deepcopy(self.rendered.one("ConfigMap", volume["configMap"]["name"]))
            document["metadata"] = {"name": own}
            documents.append(document)
            volume["configMap"]["name"] = own
        elif "secret" in volume:
            data = self.rendered.one("Secret", volume["secret"]["secretName"])["data"]
            plain = {key: base64.b64decode(value).decode() for key, value in data.items()}
            path = self.folder / f"{own}.yaml"
            path.write_text(yaml.safe_dump({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": own}, "data": plain}))
            podman("secret", "create", own, str(path))
            self.secrets.append(own)
            volume["secret"].update(secretName=own, optional=False)
        else:
            for mount in container["volumeMounts"]:
                if mount["name"] == volume["name"]:
                    mount["name"] = own
            volume["name"] = own

    def await_end(self, one):
        """Waits until a pod's container has ended, and gives its exit code."""
        return int(until(f"{one.name} ends", lambda: podman("wait", one.container).stdout.strip()))


class API:
    """The HTTP API of a master, with its token."""

    def __init__(self, port, token):
        self.base, self.token = f"http://127.0.0.1:{port}/api/v1", token

    def open(self, method, path, body=None, content_type="application/json"):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={
            "Authorization": f"Bearer {self.token}", **({"Content-Type": content_type} if data is not None else {})})
        return urllib.request.urlopen(request, timeout=LIMIT)

    def call(self, *arguments):
        with self.open(*arguments) as answer:
            return json.load(answer)

    def events(self, experiment):
        """The experiment's events to the end: (kind, data)."""
        with self.open("GET", f"/experiments/{experiment}/events") as stream:
            kind = None
            for line in stream:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    kind = value
                elif field == "data":
                    yield kind, json.loads(value)
