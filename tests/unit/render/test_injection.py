"""No value becomes structure: whatever a field of the model holds, only that one value differs in what is rendered."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.render.clusters import minimal
from vitessctl.errors import TemplateError
from vitessctl.model.cluster import Cell, Cluster, Local, Tablet, Topology, User, Vtgate
from vitessctl.render.documents import Document
from vitessctl.render.render import render

HOSTILE = (
    *("x\nprivileged: true", "a: b", "- a", "{{ cluster.users }}", "{% raw %}", "no", "0755", "1.10", "~", "null"),
    *("12:30:45", '"', "'", "\\", '"; rm -rf /; "', "x #y", "x ;y", "%(here)s", "%(ENV_HOME)s", "100%", "$(HOSTNAME)"),
    *(
        "&a *a",
        "!!map {}",
        "|",
        "> x",
        "\u2028",
        "\x85",
        "\ufeff",
        "\ue0000\ue001",
        "\x01x\x04",
        "🐟",
        " lead",
        "trail ",
    ),
    *("", "[program:evil]"),
)
TEXT = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
Change = Callable[[Cluster, str], Cluster]


def with_tablets(cluster: Cluster, change: Callable[[Tablet], Tablet]) -> Cluster:
    """The cluster with all its tablets changed."""
    shard = cluster.keyspaces[0].shards[0]
    shard = replace(shard, tablets=tuple(change(tablet) for tablet in shard.tablets))
    return replace(cluster, keyspaces=(replace(cluster.keyspaces[0], shards=(shard,)),))


def with_gate(cluster: Cluster, **changes: Any) -> Cluster:
    """The cluster with its one cell's vtgate changed."""
    return replace(cluster, cells=(replace(cluster.cells[0], vtgate=replace(cluster.cells[0].vtgate, **changes)),))


FIELDS: Mapping[str, Change] = {
    "image": lambda cluster, text: replace(cluster, images={**cluster.images, "vtorc": text}),
    "user": lambda cluster, text: replace(cluster, users=(User(text, "p"),)),
    "password": lambda cluster, text: replace(cluster, users=(User("u", text or "p"),)),
    "extra flag": lambda cluster, text: replace(cluster, extra_flags={"vtgate": {"warn-payload-size": text}}),
    "etcd's flag": lambda cluster, text: replace(cluster, extra_flags={"etcd": {"log-outputs": text}}),
    "global root": lambda cluster, text: replace(cluster, topology=replace(cluster.topology, global_root=text)),
    "external etcd": lambda cluster, text: replace(cluster, topology=Topology(external=(text,))),
    "storage": lambda cluster, text: with_tablets(cluster, lambda tablet: replace(tablet, storage=text)),
    "annotation": lambda cluster, text: with_gate(cluster, annotations={"a": text}),
    "resources": lambda cluster, text: replace(cluster, resources={"vtgate": {"limits": {"cpu": text}}}),
    "namespace": lambda cluster, text: replace(cluster, namespace=text),
    "cluster": lambda cluster, text: replace(cluster, name=text),
    "zone": lambda cluster, text: replace(cluster, cells=(replace(cluster.cells[0], zone=text or "z"),)),
    "storage class": lambda cluster, text: with_tablets(
        cluster, lambda tablet: replace(tablet, storage_class=text or "c")
    ),
    "load balancer": lambda cluster, text: with_gate(cluster, load_balancer_class=text or "l"),
    "service": lambda cluster, text: with_gate(cluster, service=text),
}
"""Fields that hold what a person wrote. Those that are left out when they are empty get a letter then."""

RULED_BY_KUBERNETES = {"zone", "storage class", "service"}
"""Fields for which the API server has a rule that some texts break."""
RULED_BY_STRUCTURE = {"resources"}
"""Fields that hold maps of the user, in which a few characters are refused."""


def skeleton(data: Any) -> Any:
    """The structure without its scalars."""
    if isinstance(data, dict):
        return {key: skeleton(value) for key, value in data.items()}
    return [skeleton(item) for item in data] if isinstance(data, list) else type(data).__name__


@cache
def usual(field: str, target: Any) -> tuple[Document, ...]:
    """What the cluster renders to with an ordinary word in the field."""
    return render(FIELDS[field](minimal(), "usual"), target)


def rendered(field: str, text: str, target: Any) -> tuple[Document, ...] | None:
    """What the cluster renders to with the text in the field; None if the text is refused."""
    try:
        return render(FIELDS[field](minimal(), text), target)
    except TemplateError:
        return None


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=12, deadline=None)
@given(text=TEXT)
def test_no_value_becomes_structure_of_a_kubernetes_object(field: str, text: str) -> None:
    documents = rendered(field, text, "kubernetes")
    if documents is None:
        assert field in RULED_BY_KUBERNETES or (field in RULED_BY_STRUCTURE and "\ue000" in text)
        return
    expected = [skeleton(document.data) for document in usual(field, "kubernetes")]
    assert [skeleton(document.data) for document in documents] == expected
    for document in documents:
        assert yaml.load(document.text, yaml.CSafeLoader) == document.data


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=12, deadline=None)
@given(text=TEXT)
@example(text="\ue0000\ue001")
def test_no_value_becomes_structure_of_a_supervisor_program(field: str, text: str) -> None:
    documents = rendered(field, text, "local")
    if documents is None:
        assert any(ord(character) < 32 or ord(character) == 127 for character in text)
        return
    expected = usual(field, "local")
    assert [document.label for document in documents] == [document.label for document in expected]
    for document, other in zip(documents, expected, strict=True):
        assert list(document.data) == list(other.data)
        words, other_words = (shlex.split(each.data.get("command", "")) for each in (document, other))
        assert [word.partition("=")[0] for word in words] == [word.partition("=")[0] for word in other_words]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_image_arrives_as_it_was_written(text: str) -> None:
    documents = render(FIELDS["image"](minimal(), text), "kubernetes")
    (vtorc,) = (document for document in documents if document.component == "vtorc")
    assert vtorc.data["spec"]["template"]["spec"]["containers"][0]["image"] == text


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\n" not in text and "\x01" not in text])
def test_a_flags_value_arrives_as_it_was_written(text: str) -> None:
    cluster = FIELDS["extra flag"](minimal(), text)
    (gate,) = (document for document in render(cluster, "local") if document.component == "vtgate")
    command = gate.data["command"].replace("%(here)s", "/here") % {"here": "/here"}
    assert shlex.split(command)[-1] == f"--warn-payload-size={text}"
    (args,) = (
        document.data["spec"]["template"]["spec"]["containers"][0]["args"]
        for document in render(cluster, "kubernetes")
        if document.label == "Deployment/guestbook-vtgate-zone1"
    )
    assert args[-1].replace("$$", "$") == f"--warn-payload-size={text}"


def test_names_of_cells_and_keyspaces_that_vitess_takes_are_safe_everywhere() -> None:
    cluster = minimal(cells=(Cell("zone1"), Cell("Zone_2.b", vtgate=Vtgate())), local=Local())
    assert [document.name for document in render(cluster, "local") if document.component == "vtgate"] == [
        "vtgate-zone1",
        "vtgate-Zone_2.b",
    ]
