"""Applications: what they are told, in the same words on every target, and never a password."""

from __future__ import annotations

import base64
import shlex
from typing import Any

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cluster, User
from vitessctl.render import applications
from vitessctl.render.documents import Document
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.layout_local import LocalLayout
from vitessctl.render.render import TargetName, render

SECRET = 'it\'s a "secret" % $(HOME)'


def application(**fields: Any) -> Application:
    return Application(
        "shop", "zone1", "messages", **{"image": "shop:7", "local_command": ("python", "shop.py"), **fields}
    )


def a_cluster(release: str = "24", users: tuple[User, ...] = (), **fields: Any) -> Cluster:
    return minimal(release, users=users, applications=(application(**fields),))


def of(cluster: Cluster, target: TargetName) -> dict[str, Document]:
    """Its documents by label."""
    return {each.label: each for each in render(cluster, target) if each.component == "application"}


def container(cluster: Cluster) -> dict[str, Any]:
    deployment = of(cluster, "kubernetes")["Deployment/guestbook-application-shop"]
    (found,) = deployment.data["spec"]["template"]["spec"]["containers"]
    return dict(found)


def env(cluster: Cluster) -> dict[str, str]:
    """The variables of its container, as the kubelet reads them."""
    return {each["name"]: each["value"].replace("$$", "$") for each in container(cluster)["env"]}


def words(cluster: Cluster) -> list[str]:
    """The command of its program, as supervisor reads it."""
    command = of(cluster, "local")["Program/application-shop"].data["command"]
    return [word.replace("%%", "%") for word in shlex.split(command)]


def test_what_it_is_told_on_kubernetes() -> None:
    assert env(a_cluster()) == {
        "PORT": "8080",
        "VTGATE_HOST": "guestbook-vtgate-zone1",
        "VTGATE_PORT": "3306",
        "VTGATE_USER": "shop",
        "VTGATE_KEYSPACE": "messages",
        "VTGATE_PRIMARY": "messages@primary",
        "VTGATE_REPLICA": "messages@replica",
    }


def test_what_it_is_told_on_one_machine() -> None:
    assert words(a_cluster()) == [
        "env", "HOST=127.0.0.1", "PORT=15070", "VTGATE_HOST=127.0.0.1", "VTGATE_PORT=15301", "VTGATE_USER=shop",
        "VTGATE_KEYSPACE=messages", "VTGATE_PRIMARY=messages@primary", "VTGATE_REPLICA=messages@replica",
        "python", "shop.py",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("release", "primary", "replica"),
    [
        ("2.1", "messages", "messages"),  # its vtgate would take what names a type for a keyspace
        ("2.2", "messages@master", "messages@replica"),
        ("24", "messages@primary", "messages@replica"),
    ],
)
def test_targets_are_in_the_words_of_the_release(release: str, primary: str, replica: str) -> None:
    told = env(a_cluster(release))
    assert (told["VTGATE_PRIMARY"], told["VTGATE_REPLICA"]) == (primary, replica)
    assert {f"VTGATE_PRIMARY={primary}", f"VTGATE_REPLICA={replica}"} <= set(words(a_cluster(release)))


@pytest.mark.parametrize(
    "value",
    ["plain", "two words", "it's", '"quoted"', "a % b %% c %(here)s", "$HOME $$ $(NOT_OURS)", " ; # ", "=,:'\"", "äöü"],
)
def test_a_variable_of_the_spec_arrives_as_it_is(value: str) -> None:
    cluster = a_cluster(env={"GREETING": value}, local_command=("shop", value), command=("/shop", value))
    assert env(cluster)["GREETING"] == value
    assert f"GREETING={value}" in words(cluster)
    assert words(cluster)[-1] == value
    assert [word.replace("$$", "$") for word in container(cluster)["command"]] == ["/shop", value]


def test_a_reference_to_one_of_ours_is_filled_in_everywhere() -> None:
    cluster = a_cluster(
        env={"URL": "mysql://$(VTGATE_HOST):$(VTGATE_PORT)/$(VTGATE_KEYSPACE)"},
        local_command=("shop", "--port", "$(PORT)"),
        command=("/shop", "--port=$(PORT)"),
    )
    assert env(cluster)["URL"] == "mysql://guestbook-vtgate-zone1:3306/messages"
    assert container(cluster)["command"] == ["/shop", "--port=8080"]
    assert "URL=mysql://127.0.0.1:15301/messages" in words(cluster)
    assert words(cluster)[-1] == "15070"


def test_a_password_is_in_a_file_that_a_variable_names() -> None:
    cluster = a_cluster(
        users=(User("other", "x"), User("app", SECRET)), user="app", env={"FILE": "$(VTGATE_PASSWORD_FILE)"}
    )

    assert "VTGATE_PASSWORD_FILE=%(here)s/config/app.password" in words(cluster)
    assert "FILE=%(here)s/config/app.password" in words(cluster)
    file = of(cluster, "local")["File/config/app.password"]
    assert (file.text, file.secret) == (SECRET, True)

    pod = of(cluster, "kubernetes")["Deployment/guestbook-application-shop"].data["spec"]["template"]["spec"]
    assert env(cluster)["VTGATE_PASSWORD_FILE"] == "/vt/secrets/vtgate/password"
    assert pod["volumes"][-1]["secret"] == {
        "secretName": "guestbook-vtgate-users",
        "items": [{"key": "password.app", "path": "password"}],
    }
    secret = next(each for each in render(cluster, "kubernetes") if each.kind == "Secret")
    assert base64.b64decode(secret.data["data"]["password.app"]).decode() == SECRET
    assert "password.other" not in secret.data["data"]


@pytest.mark.parametrize("target", ["kubernetes", "local"])
def test_no_document_but_a_secret_one_holds_a_password(target: TargetName) -> None:
    cluster = a_cluster(users=(User("app", "correct-horse"),), user="app")
    told = [each.label for each in render(cluster, target) if "correct-horse" in each.text]
    assert told == ([] if target == "kubernetes" else ["File/config/vtgate-users.json", "File/config/app.password"])


def test_a_password_that_is_made_on_kubernetes_is_read_from_the_same_key() -> None:
    cluster = a_cluster(users=(User("app"),), user="app")
    pod = of(cluster, "kubernetes")["Deployment/guestbook-application-shop"].data["spec"]["template"]["spec"]
    secret = next(each for each in render(cluster, "kubernetes") if each.kind == "Secret")
    assert pod["volumes"][-1]["secret"]["items"][0]["key"] in secret.generated


def test_without_users_nothing_is_mounted_and_no_file_named() -> None:
    cluster = a_cluster()
    assert [mount["name"] for mount in container(cluster)["volumeMounts"]] == ["tmp"]
    assert "VTGATE_PASSWORD_FILE" not in env(cluster)
    assert [label for label in of(cluster, "local") if label.startswith("File/")] == []


def test_what_the_spec_says_of_its_pods() -> None:
    cluster = a_cluster(
        port=9000,
        health="/up",
        replicas=2,
        service="LoadBalancer",
        annotations={"example.com/a": "b"},
        resources={"limits": {"memory": "1Gi"}},
        pod={"env": [{"name": "TZ", "value": "UTC"}], "node_selector": {"pool": "front"}},
    )
    found = of(cluster, "kubernetes")
    assert sorted(label.partition("/")[0] for label in found) == [
        "Deployment",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
    ]
    service = found["Service/guestbook-application-shop"].data
    assert (service["spec"]["type"], service["spec"]["ports"][0]["port"]) == ("LoadBalancer", 9000)
    assert service["metadata"]["annotations"] == {"example.com/a": "b"}
    assert container(cluster)["readinessProbe"]["httpGet"] == {"path": "/up", "port": "http"}
    assert container(cluster)["resources"] == {"limits": {"memory": "1Gi"}}
    assert env(cluster)["TZ"] == "UTC"
    deployment = found["Deployment/guestbook-application-shop"].data["spec"]
    assert deployment["replicas"] == 2
    assert deployment["template"]["spec"]["nodeSelector"] == {"pool": "front"}
    assert deployment["selector"]["matchLabels"] == service["spec"]["selector"]


def test_it_lives_in_the_zone_of_its_cell() -> None:
    from dataclasses import replace

    cluster = replace(production(), applications=(Application("site", "zone2", "commerce", "app", "site:1"),))
    found = of(cluster, "kubernetes")["Deployment/shop-application-site"].data["spec"]["template"]["spec"]
    assert found["nodeSelector"] == {"topology.kubernetes.io/zone": "eu-west-1b"}


def test_its_folder_is_a_link_so_that_the_program_is_the_same_on_every_machine() -> None:
    with_folder = of(a_cluster(local_directory="/somewhere/here"), "local")["Program/application-shop"]
    assert with_folder.data["directory"] == "%(here)s/applications/shop"
    assert "/somewhere" not in with_folder.text
    assert of(a_cluster(), "local")["Program/application-shop"].data["directory"] == "%(here)s"


def test_a_cluster_without_applications_has_nothing_of_them() -> None:
    assert of(minimal(), "kubernetes") == of(minimal(), "local") == {}


@pytest.mark.parametrize(
    ("text", "gives"), [("$(A)", "1"), ("<$(A)$(B)>", "<12>"), ("$(C) $A", "$(C) $A"), ("", ""), ("$($(A))", "$(1)")]
)
def test_references(text: str, gives: str) -> None:
    assert applications.filled(text, {"A": "1", "B": "2"}) == gives


def test_both_layouts_know_the_same_variables() -> None:
    cluster = a_cluster(users=(User("app", "x"),), user="app")
    (one,) = cluster.applications
    local = applications.variables(cluster, one, LocalLayout(cluster))
    assert set(local) - {"HOST"} == set(applications.variables(cluster, one, KubernetesLayout(cluster)))
