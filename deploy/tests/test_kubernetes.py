"""The manifests are valid, their parts fit each other, and their configuration fits the binary."""

import json
import pathlib
import re

import jsonschema
import kubernetes_validate
import pytest

from manifests import (
    KUBERNETES, ROOT, WORKLOADS, Rendered, check_configuration, containers, pod, pod_labels, ports, render, render_changed, seconds,
    selects, size, version)

# The oldest version that has all that is used (sleeping before the end), and the newest whose schema there is.
VERSIONS = ["1.30", "1.37"]
# Kubernetes does not know these kinds; keda.json says how they are made, as far as they are used here.
FOREIGN = {"ScaledObject", "TriggerAuthentication"}


@pytest.fixture(scope="module", params=["local", "production", "production-hpa"])
def rendered(request, tmp_path_factory):
    if request.param == "production-hpa":
        return Rendered(render_changed(
            "production", "  - keda\n", "  - ../../components/hpa\n", tmp_path_factory.mktemp("hpa")))
    return Rendered(render(KUBERNETES / "overlays" / request.param))


@pytest.mark.parametrize("kubernetes", VERSIONS)
def test_every_document_is_of_its_schema(rendered, kubernetes):
    keda = json.loads((pathlib.Path(__file__).parent / "keda.json").read_text())
    for document in rendered.documents:
        if document["kind"] in FOREIGN:
            jsonschema.validate(document, keda[document["kind"]])
        else:
            kubernetes_validate.validate(document, kubernetes, strict=True)


def test_a_wrong_document_is_found(rendered):
    """The schemas do refuse: a key that does not exist, and a type that is wrong."""
    document = dict(rendered.one("Deployment", "martlet-worker"))
    for spec in ({**document["spec"], "replica": 1}, {**document["spec"], "replicas": "many"}):
        with pytest.raises(kubernetes_validate.utils.ValidationError):
            kubernetes_validate.validate({**document, "spec": spec}, VERSIONS[-1], strict=True)


def test_the_binary_takes_the_configuration_and_refuses_unknown_keys(rendered, tmp_path):
    text = rendered.one("ConfigMap", "martlet-config")["data"]["martlet.yaml"]
    for role in ("migrate", "master", "worker"):
        (tmp_path / "martlet.yaml").write_text(text)
        run = check_configuration(role, tmp_path / "martlet.yaml")
        assert run.returncode == 0, run.stderr
        (tmp_path / "martlet.yaml").write_text(text + "workers: { slots: 1 }\n")
        run = check_configuration(role, tmp_path / "martlet.yaml")
        assert run.returncode == 2 and "unknown key" in run.stderr


def test_selectors_match_labels(rendered):
    for one in rendered.all("Deployment", "StatefulSet"):
        assert selects(one["spec"]["selector"], pod_labels(one)), one["metadata"]["name"]
        matching = [other for other in rendered.workloads if selects(one["spec"]["selector"], pod_labels(other))]
        assert matching == [one], "another workload has the same labels"
    for service in rendered.all("Service"):
        assert len([one for one in rendered.workloads if selects(service["spec"]["selector"], pod_labels(one))]) == 1
    for budget in rendered.all("PodDisruptionBudget"):
        assert len([one for one in rendered.workloads if selects(budget["spec"]["selector"], pod_labels(one))]) == 1
    for policy in rendered.all("NetworkPolicy"):
        assert any(selects(policy["spec"]["podSelector"], pod_labels(one)) for one in rendered.workloads)
    for one in rendered.workloads:
        for constraint in pod(one).get("topologySpreadConstraints", []):
            assert selects(constraint["labelSelector"], pod_labels(one))


def test_probes_and_services_name_real_ports(rendered):
    probes = ("startupProbe", "livenessProbe", "readinessProbe")
    for one in rendered.all("Deployment", "StatefulSet"):
        for container in containers(one):
            names = {port["name"] for port in container["ports"]}
            asked = [container[probe] for probe in probes if probe in container]
            assert asked, one["metadata"]["name"]
            for probe in asked:
                assert (probe.get("httpGet") or probe["tcpSocket"])["port"] in names
    for one in rendered.martlets:
        if one["kind"] == "Deployment":
            assert all(probe in containers(one)[0] for probe in probes)
    for service in rendered.all("Service"):
        target = next(one for one in rendered.workloads if selects(service["spec"]["selector"], pod_labels(one)))
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports(target))
    services = {one["metadata"]["name"]: {port["name"] for port in one["spec"]["ports"]} for one in rendered.all("Service")}
    for ingress in rendered.all("Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                assert backend["port"]["name"] in services[backend["name"]]


def test_ports_are_those_of_the_configuration(rendered):
    configuration = rendered.configuration
    assert ports(rendered.one("Deployment", "martlet-master")) == {"http": configuration["http"]["port"]}
    worker = {"monitoring": configuration["worker"]["monitoring_port"]}
    assert ports(rendered.one("Deployment", "martlet-worker")) == worker
    assert configuration["http"]["host"] == configuration["worker"]["monitoring_host"] == "0.0.0.0"


def test_pods_have_no_rights(rendered):
    for one in rendered.workloads:
        specification = pod(one)
        assert specification["automountServiceAccountToken"] is False
        assert specification["enableServiceLinks"] is False
        assert specification["securityContext"]["runAsNonRoot"] is True
        assert specification["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(one):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False and context["capabilities"] == {"drop": ["ALL"]}
            assert {"cpu", "memory"} <= set(container["resources"]["requests"]) and "memory" in container["resources"]["limits"]
            assert one not in rendered.martlets or context["readOnlyRootFilesystem"] is True
    accounts = {one["metadata"]["name"] for one in rendered.all("ServiceAccount")}
    assert {pod(one)["serviceAccountName"] for one in rendered.martlets} == accounts
    assert all(one["automountServiceAccountToken"] is False for one in rendered.all("ServiceAccount"))


def test_what_is_mounted_is_there(rendered):
    made = {(one["kind"], one["metadata"]["name"]) for one in rendered.documents}
    comment = (KUBERNETES / "overlays/production/kustomization.yaml").read_text()
    for one in rendered.martlets:
        volumes = {volume["name"]: volume for volume in pod(one)["volumes"]}
        for container in containers(one):
            folders = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
            assert len(folders) == len(volumes), "a volume that nothing mounts"
            for variable in container.get("env", []):
                folder, _, key = variable["value"].rpartition("/")
                assert variable["name"].endswith("_FILE") and "secret" in folders[folder]
                name = folders[folder]["secret"]["secretName"]
                if ("Secret", name) in made:
                    assert key in rendered.one("Secret", "martlet-secrets")["data"]
                else:
                    assert key in comment, f"{key} is not said to be needed"
        for volume in volumes.values():
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in made
            if "secret" in volume:
                name = volume["secret"]["secretName"]
                assert ("Secret", name) in made or name in comment


def test_workers_end_in_time_and_fit_their_limits(rendered):
    worker = rendered.one("Deployment", "martlet-worker")
    settings, resources = rendered.configuration["worker"], containers(worker)[0]["resources"]
    assert pod(worker)["terminationGracePeriodSeconds"] >= seconds(settings["grace"]) + 30
    assert settings["slots"] * settings["threads"] == float(resources["requests"]["cpu"])
    assert size(settings["memory"]) <= size(resources["limits"]["memory"]) / 2
    assert "cpu" not in resources["limits"]


def test_scaling_fits_topic_and_slots(rendered):
    topics = (ROOT / "Sources/Platform/Work/Topics.swift").read_text()
    partitions = int(re.search(r"trialPartitions = (\d+)", topics).group(1))
    for one in rendered.all("ScaledObject", "HorizontalPodAutoscaler"):
        target = one["spec"]["scaleTargetRef"]
        worker = rendered.one(target["kind"], target["name"])
        assert "replicas" not in worker["spec"], "applying the manifest again would undo the scaling"
        assert one["spec"].get("maxReplicas", one["spec"].get("maxReplicaCount")) <= partitions
    for one in rendered.all("ScaledObject"):
        trigger = one["spec"]["triggers"][0]
        metadata, configuration = trigger["metadata"], rendered.configuration
        assert f'trials = "{metadata["topic"]}"' in topics and f'workerGroup = "{metadata["consumerGroup"]}"' in topics
        assert "prefix" not in configuration["kafka"]
        assert metadata["bootstrapServers"].split(",") == configuration["kafka"]["bootstrap_servers"]
        assert configuration["worker"]["slots"] / int(metadata["lagThreshold"]) > 1.1, "it would never grow"
        authentication = rendered.one("TriggerAuthentication", trigger["authenticationRef"]["name"])
        assert {one["parameter"] for one in authentication["spec"]["secretTargetRef"]} >= {"sasl", "tls", "username", "password"}
        login = rendered.one("Secret", "martlet-keda")["stringData"]
        assert login["username"] == configuration["kafka"]["username"]
        assert login["sasl"].replace("_", "") == configuration["kafka"]["sasl_mechanism"].replace("-", "")


def test_policies_let_through_what_is_needed(rendered):
    policies = rendered.all("NetworkPolicy")
    if not policies:
        pytest.skip("this overlay has none")
    everything = [one for one in policies if one["spec"]["podSelector"] == {}]
    assert [one["spec"]["policyTypes"] for one in everything] == [["Ingress", "Egress"]]
    assert all("ingress" not in one["spec"] and "egress" not in one["spec"] for one in everything)
    configuration = rendered.configuration
    servers = configuration["cassandra"]["contact_points"] + configuration["kafka"]["bootstrap_servers"]
    wanted = {int(server.rpartition(":")[2]) for server in servers} | {6379, 53}
    for one in rendered.martlets:
        rules = [policy["spec"] for policy in policies if selects(policy["spec"]["podSelector"], pod_labels(one))]
        out = {port["port"] for rule in rules for way in rule.get("egress", []) for port in way["ports"]}
        assert out == wanted
        into = {port["port"] for rule in rules for way in rule.get("ingress", []) for port in way["ports"]}
        assert set(ports(one).values()) <= into


def test_images_have_tags(rendered):
    for one in rendered.workloads:
        for container in containers(one):
            name, _, tag = container["image"].rpartition(":")
            assert name and tag != "latest"
            assert not name.endswith("martlet") or tag == version()


def test_nothing_is_of_a_kind_that_is_not_looked_at(rendered):
    assert {one["kind"] for one in rendered.documents} <= {
        *WORKLOADS, *FOREIGN, "ConfigMap", "HorizontalPodAutoscaler", "Ingress", "Namespace", "NetworkPolicy", "PodDisruptionBudget",
        "Secret", "Service", "ServiceAccount"}
