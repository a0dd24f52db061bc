"""The compose file is valid, its parts fit each other, and its configuration fits the binary. Docker runs nothing here."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import jsonschema
import pytest
import yaml

from manifests import ROOT, check_configuration, version

COMPOSE = ROOT / "deploy/compose.yaml"
TOOLS = pathlib.Path(sys.executable).parent
TOKENS = {"MARTLET_API_TOKEN": "a", "MARTLET_METRICS_TOKEN": "b"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text())


def test_it_is_of_the_schema(compose):
    schema = json.loads((TOOLS.parent / "compose_spec.json").read_text())
    # The schema is of 2021, and does not know names and secrets from the environment yet.
    schema["properties"]["name"] = {"type": "string"}
    schema["definitions"]["secret"]["properties"]["environment"] = {"type": "string"}
    jsonschema.Draft7Validator(schema).validate(compose)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({**compose, "service": {}})


@pytest.mark.skipif(not shutil.which("podman"), reason="podman is missing, which podman-compose wants")
def test_another_implementation_reads_it(compose):
    run = subprocess.run(
        [TOOLS / "podman-compose", "-f", COMPOSE, "config"], env={**os.environ, **TOKENS}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert set(yaml.safe_load(run.stdout)["services"]) == set(compose["services"])


def test_the_binary_takes_the_configuration():
    for role in ("migrate", "master", "worker"):
        run = check_configuration(role, ROOT / "deploy/compose/martlet.yaml")
        assert run.returncode == 0, run.stderr


def test_what_is_named_is_there(compose):
    folder = COMPOSE.parent
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert {config["source"] for config in service.get("configs", [])} <= set(compose["configs"])
        image, _, tag = service["image"].rpartition(":")
        assert image and tag != "latest" and (image != "martlet" or tag == version())
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (folder / source).exists() if source.startswith(".") else source in compose["volumes"], (name, volume)
    for config in compose["configs"].values():
        assert (folder / config["file"]).exists()


def test_addresses_are_those_of_the_services(compose):
    configuration = yaml.safe_load((ROOT / "deploy/compose/martlet.yaml").read_text())
    servers = [*configuration["cassandra"]["contact_points"], *configuration["kafka"]["bootstrap_servers"],
               configuration["redis"]["url"].removeprefix("redis://")]
    assert [server.split(":")[0] for server in servers] == ["cassandra", "kafka", "redis"]
    assert {server.split(":")[0] for server in servers} <= set(compose["services"])
    worker = compose["services"]["worker"]
    assert worker["environment"]["MARTLET_HEALTH_URL"].endswith(f":{configuration['worker']['monitoring_port']}/healthz")
    targets = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text())["scrape_configs"][0]["dns_sd_configs"]
    assert {target["names"][0]: target["port"] for target in targets} == {
        "master": configuration["http"]["port"], "worker": configuration["worker"]["monitoring_port"]}
    assert set(configuration["worker"]) >= {"slots", "memory", "grace"}


def test_martlets_have_no_rights(compose):
    for name in ("migrate", "master", "worker"):
        service = compose["services"][name]
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
