"""What the image promises: one program without a shell, for a user without rights, on a file system that is not written to."""

import json
import os
import pathlib
import subprocess
import tarfile
import urllib.request

import pytest

from manifests import version
from pods import IMAGE, PODMAN, free_port, podman, until

# Programs that would help whoever gets in; the loader of libraries is the one other program there is.
PROGRAMS = {"usr/bin/martlet"}
LARGEST = 110_000_000


@pytest.fixture(scope="module")
def image():
    return json.loads(podman("image", "inspect", IMAGE).stdout)[0]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Every member of the image's file system, by path."""
    container = podman("create", IMAGE).stdout.split()[-1]
    archive = tmp_path_factory.mktemp("image") / "root.tar"
    try:
        podman("export", "--output", str(archive), container)
    finally:
        podman("rm", container)
    with tarfile.open(archive) as tar:
        yield {member.name: (member, tar) for member in tar.getmembers()}


def test_it_says_what_it_is(image):
    labels = image["Labels"]
    assert labels["org.opencontainers.image.version"] == version() and labels["org.opencontainers.image.title"] == "Martlet"
    assert image["User"] == "65532:65532" and image["Config"]["Entrypoint"] == ["/usr/bin/martlet"]
    assert image["Healthcheck"]["Test"] == ["CMD", "/usr/bin/martlet", "health"]
    assert image["Size"] < LARGEST


def test_there_is_no_shell_and_no_other_program(files):
    def runs(member):
        return member.isfile() and member.mode & 0o111 and "lib" not in pathlib.PurePath(member.name).parts[1]

    assert {name for name, (member, _) in files.items() if runs(member)} == PROGRAMS
    names = {pathlib.PurePath(name).name for name, (member, _) in files.items() if not member.isdir()}
    assert not names & {"sh", "bash", "dash", "busybox", "python3", "perl", "apt", "dpkg", "su", "sudo"}
    assert not [name for name, (member, _) in files.items() if member.mode & 0o6000], "a program that changes the user"
    run = subprocess.run([PODMAN, "run", "--rm", "--network=host", "--entrypoint", "/bin/sh", IMAGE, "-c", "true"], capture_output=True)
    assert run.returncode == 127


def test_packages_are_named_with_their_licences(files):
    described = {name.rpartition("/")[2] for name in files if name.startswith("var/lib/dpkg/status.d/")} - {""}
    licensed = {name.split("/")[3] for name in files if name.startswith("usr/share/doc/") and name.endswith("/copyright")}
    assert {"libc6", "libssl3", "librdkafka1", "ca-certificates"} <= described == licensed
    assert "usr/share/doc/martlet/NOTICE" in files


def test_authorities_are_debians_alone(files):
    member, tar = files["etc/ssl/certs/ca-certificates.crt"]
    count = tar.extractfile(member).read().count(b"BEGIN CERTIFICATE")
    assert 100 < count < 200


def test_it_serves_as_nobody_on_a_root_that_cannot_be_written(tmp_path):
    port = free_port()
    container = podman(
        "run", "--detach", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges",
        "--network=host", "--volume=/var/lib/martlet", "--env", f"MARTLET_HTTP_PORT={port}", "--env",
        "MARTLET_API_TOKEN=secret", IMAGE, "serve").stdout.split()[-1]
    try:
        until("the health check passes", lambda: podman("healthcheck", "run", container, check=False).returncode == 0)
        details = json.loads(podman("inspect", container).stdout)[0]
        status = pathlib.Path(f"/proc/{details['State']['Pid']}/status").read_text()
        assert "\nUid:\t65532\t65532\t65532\t65532\n" in status and "\nCapEff:\t0000000000000000\n" in status
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert '<script type="importmap">' in answer.read().decode(), "the web UI is in the image"
        assert podman("exec", container, "/usr/bin/martlet", "train", "example:iris", "--target", "species", "--trials", "2",
                      "--output", "/etc/model", check=False).returncode != 0
        podman("stop", "--time", "20", container)
        assert json.loads(podman("inspect", container).stdout)[0]["State"]["ExitCode"] == 0
        assert podman("healthcheck", "run", container, check=False).returncode != 0
    finally:
        podman("rm", "--force", "--volumes", container)


def test_it_trains_and_predicts_without_a_server(tmp_path):
    os.chmod(tmp_path, 0o777)
    run = podman("run", "--rm", "--read-only", "--network=host", "--volume", f"{tmp_path}:/models", IMAGE, "train", "example:iris",
                 "--target", "species", "--trials", "2", "--output", "/models/model")
    assert "linear" in run.stdout or "gradient_boosting" in run.stdout
    run = podman("run", "--rm", "--read-only", "--network=host", "--volume", f"{tmp_path}:/models:ro", IMAGE, "predict",
                 "/models/model", "example:iris")
    assert run.stdout.startswith("prediction,") and run.stdout.count("\n") == 151
