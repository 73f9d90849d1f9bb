"""What users' templates can do: override, include, macros, blocks. Their parts are checked like ours."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl.errors import TemplateError
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Autoscale, Cell, Topology, User, Vtgate
from vitessctl.render.documents import Document
from vitessctl.render.packaged import packaged_folder
from vitessctl.render.programs import settings_of
from vitessctl.render.raw import Raw, filled, pieces_of, split, token
from vitessctl.render.render import TARGETS, render
from vitessctl.render.renderer import Renderer

VTORC = "kubernetes/vtorc-deployment.yaml.j2"
HEAD = "apiVersion: v1\nkind: X\nmetadata:\n  name: x\n"


def vtorc(folder: Path, text: str, **others: str) -> Document:
    """vtorc's object from a template of the user, with other files of the user around it."""
    for name, content in {
        VTORC: text,
        **{f"kubernetes/{file}.yaml.j2": other for file, other in others.items()},
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return next(each for each in render(minimal(), "kubernetes", [folder]) if each.template == VTORC)


def test_an_edited_copy_of_ours_takes_its_place(tmp_path: Path) -> None:
    ours = (packaged_folder("templates") / VTORC).read_text(encoding="utf-8")
    edited = ours.replace("      containers:\n", "      hostNetwork: true\n      containers:\n")
    plain = next(each for each in render(minimal(), "kubernetes") if each.template == VTORC)
    changed = vtorc(tmp_path, edited)
    assert plain.data["spec"]["template"]["spec"] == {
        key: value for key, value in changed.data["spec"]["template"]["spec"].items() if key != "hostNetwork"
    }
    assert changed.data["spec"]["template"]["spec"]["hostNetwork"] is True


def test_the_first_of_two_folders_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "first" / "local", tmp_path / "second" / "local"
    for folder, priority in ((first, 1), (second, 2)):
        folder.mkdir(parents=True)
        (folder / "vtctld.conf.j2").write_text(
            f"[program:{{{{ name }}}}]\ncommand=vtctld\npriority={priority}\n", encoding="utf-8"
        )
    documents = render(minimal(), "local", [first.parent, second.parent])
    assert next(each for each in documents if each.name == "vtctld").data["priority"] == "1"


def test_macros_and_filters_over_them_keep_their_values_checked(tmp_path: Path) -> None:
    text = (
        "{% macro entry(key, value) %}\n{{ key }}: {{ value | q }}\n{{ key }}2: fixed\n{% endmacro %}\n"
        + HEAD
        + "spec:\n  {{ entry('a', 'no') | indent(2) }}\n"
    )
    assert vtorc(tmp_path, text).data["spec"] == {"a": "no", "a2": "fixed"}


def test_imported_macros_and_blocks_of_text(tmp_path: Path) -> None:
    parts = "{% macro ports(numbers) %}[{% for number in numbers %}{{ number }}, {% endfor %}]{% endmacro %}\n"
    text = (
        '{% import "kubernetes/_parts.yaml.j2" as parts %}\n'
        "{% set note %}{{ 'a' | q }}{% endset %}\n"
        + HEAD
        + "ports: {{ parts.ports(range(3)) }}\nnote: {{ note }}\n{% call wrap() %}{% endcall %}"
    ).replace("{% call wrap() %}{% endcall %}", "")
    assert {"ports": [0, 1, 2], "note": "a"}.items() <= vtorc(tmp_path, text, _parts=parts).data.items()


def test_a_template_extends_a_part_and_keeps_what_it_had(tmp_path: Path) -> None:
    base = HEAD + "spec:\n{% block spec %}\n  a: {{ name | q }}\n{% endblock %}\n"
    text = '{% extends "kubernetes/_base.yaml.j2" %}{% block spec %}\n{{ super() }}\n  b: 1\n{% endblock %}'
    assert vtorc(tmp_path, text, _base=base).data["spec"] == {"a": "guestbook-vtorc-zone1", "b": 1}


def test_a_macros_output_is_no_way_around_the_checks(tmp_path: Path) -> None:
    text = "{% macro raw(value) %}{{ value }}{% endmacro %}\n" + HEAD + "x: {{ raw('a: b') }}\n"
    with pytest.raises(TemplateError) as caught:
        vtorc(tmp_path, text)
    assert caught.value.why == "'a: b' could be read as YAML structure; write {{ value | q }}"


def test_a_fragment_that_a_filter_made_into_plain_text_is_a_value_again(tmp_path: Path) -> None:
    text = "{% macro raw() %}{{ 'a' | q }}{% endmacro %}\n" + HEAD + "x: {{ raw() | upper }}\n"
    with pytest.raises(TemplateError, match="unsafe value"):
        vtorc(tmp_path, text)


def test_what_templates_count_with_stays_theirs(tmp_path: Path) -> None:
    text = (
        "{% set seen = namespace(count=0) %}\n{% for cell in cluster.cells %}{% set seen.count = seen.count + 1 * 2 %}"
    )
    text += "{% endfor %}\n" + HEAD + "count: {{ seen.count }}\n"
    assert vtorc(tmp_path, text).data["count"] == 2


def test_structure_of_the_spec_goes_through_the_json_filter(tmp_path: Path) -> None:
    folder = tmp_path / "kubernetes"
    folder.mkdir()
    (folder / "vtctld-service.yaml.j2").write_text(
        HEAD + "resources: {{ cluster.resources | json }}\n", encoding="utf-8"
    )
    documents = render(production(), "kubernetes", [tmp_path])
    found = next(each for each in documents if each.name == "x")
    assert found.data["resources"] == production().resources


def test_every_packaged_template_is_used() -> None:
    clusters = [replace(production(release), extra_flags={}) for release in ("2.1", "24")]
    clusters += [minimal(topology=Topology(operator=operator)) for operator in ("coreos", "etcd-io")]
    clusters += [minimal(cells=(Cell("zone1", vtgate=Vtgate(autoscale=Autoscale(max=3))),))]
    shop = Application("shop", "zone1", "messages", "app", "shop:1", local_command=("shop",), replicas=2)
    clusters += [minimal(users=(User("app", "x"),), applications=(shop,))]
    rendered = [render(cluster, target) for cluster in clusters for target in TARGETS]
    used = {document.template for documents in rendered for document in documents}
    folder = packaged_folder("templates")
    assert used == {str(path.relative_to(folder)) for path in folder.rglob("[!_]*.j2")}


def test_a_raw_rendering_is_taken_apart_and_put_together() -> None:
    raw = split('a: \x01x\x04\nb: \x02"y"\x04\n')
    assert raw == Raw(("a: ", "\nb: ", "\n"), ("\x01", "\x02"), ("x", '"y"'))
    assert raw.text == 'a: x\nb: "y"\n'
    assert raw.text_with(("1", "2")) == "a: 1\nb: 2\n"
    pieces, numbers = pieces_of(f"{token(1)}-{token(0)}")
    assert filled(pieces, numbers, ("first", "second")) == "second-first"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no value",
        "\x02x\x04",
        "a\x03{}\x04b\x02x\x04\x01y\x04",
        "an end \x04 of the template's own\x02x\x04",
        "a mark \x01 of its own\x02x\x04 and \x02 another",
        "\x02a value with \x01 a mark\x04",
        "\x01\x04\x04\x02",
    ],
)
def test_it_is_taken_apart_at_the_first_mark_before_each_end(raw: str) -> None:
    parts = re.split("([\x01\x02\x03])([^\x04]*)\x04", raw)
    assert split(raw) == Raw(tuple(parts[0::3]), tuple(parts[1::3]), tuple(parts[2::3]))


def test_programs_of_one_text_are_parsed_once() -> None:
    raw = split("[program:\x01a\x04]\ncommand=run \x01x\x04\n")
    other = split("[program:\x01b\x04]\ncommand=run \x01y\x04\n")
    assert settings_of(raw, "a", "x.conf.j2") == {"command": "run x"}
    assert settings_of(other, "b", "x.conf.j2") == {"command": "run y"}


def test_a_template_is_named_as_it_is_found() -> None:
    assert Renderer("local").name("vtgate.conf.j2") == "local/vtgate.conf.j2"
