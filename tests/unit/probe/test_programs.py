"""Finding programs and flags in rendered documents, and what they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.render.clusters import minimal, production
from vitessctl.probe.programs import find, lender_of
from vitessctl.probe.questions import ask
from vitessctl.render.documents import Document
from vitessctl.render.render import render


def workload(*containers: Mapping[str, Any], text: str = "", **spec: Any) -> Document:
    """A Deployment of a template of somebody's own."""
    data = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": list(containers), **spec}}}}
    return Document("vtgate", "vtgate", "Deployment", "shop-vtgate", text, "kubernetes/vtgate-deployment.yaml.j2", data)


def container(*command: str, name: str = "vtgate", image: str = "vitess/lite:v24.0.4", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, "command": list(command), **more}


def test_every_program_of_every_image_is_found_once() -> None:
    programs, hidden = find(render(production(), "kubernetes"))

    assert [program.component for program in programs] == [
        *("etcd", "vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate")
    ]
    assert not hidden


def test_a_flag_knows_where_it_stands_first() -> None:
    documents = render(minimal(), "kubernetes")
    vttablet = next(program for program in find(documents)[0] if program.component == "vttablet")

    flag = vttablet.flags["--init-keyspace"]

    kind_and_name, _, line = flag.place.rpartition(":")
    assert (kind_and_name, flag.value) == ("StatefulSet/guestbook-vttablet-zone1-0000000100", "messages")
    assert "--init-keyspace=messages" in flag.document.text.splitlines()[int(line) - 1]


def test_a_borrowed_program_comes_from_another_image_than_it_runs_in() -> None:
    programs, _ = find(render(minimal(), "kubernetes"))
    mysqlctld = next(program for program in programs if program.component == "mysqlctld")

    assert (mysqlctld.image, mysqlctld.runs_in) == ("vitess/lite:v24", "mysql:8.4.8")
    assert mysqlctld.container == "mysqld"


SHARED = [{"name": "shared", "mountPath": "/vt/shared"}]
DATA = {"name": "data", "mountPath": "/data"}


@pytest.mark.parametrize(
    ("words", "source"),
    [
        (["cp", "/usr/bin/mysqlctld", "/vt/shared/"], "/usr/bin/mysqlctld"),
        (["sh", "-c", "a script", "it", "/vt/bin", "mysqlctld", "/vt/shared", "more"], "/vt/bin/mysqlctld"),
        (["cp", "/usr/bin/mysqlctld", "/elsewhere"], ""),
        (["sh", "-c", "a script", "it", "/vt/bin", "vttablet", "/vt/shared"], ""),
        (["mysqlctld", "/vt/shared"], ""),
    ],
)
def test_who_lends_a_program_does_just_that_when_it_is_asked_for(words: list[str], source: str) -> None:
    """A probe runs the container for its copy, and has none of its other volumes."""
    lender = {"name": "keyspace", "image": "vitess/lite", "args": words, "volumeMounts": [*SHARED, DATA]}
    borrower = {"name": "mysqld", "volumeMounts": SHARED}

    found = lender_of({"initContainers": [{"name": "first"}, lender]}, borrower, "/vt/shared/mysqlctld")

    copying = {"name": "keyspace", "image": "vitess/lite", "command": ["cp", source, "/vt/shared"]}
    assert found == ({**copying, "volumeMounts": SHARED} if source else None)


def test_on_one_machine_there_are_no_images() -> None:
    programs, _ = find(render(minimal(), "local"))

    assert {(program.image, program.container) for program in programs} == {("", "")}
    assert {program.path for program in programs} == {"etcd", "vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate"}
    assert all(program.flags for program in programs)


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (["--port=1", "--verbose"], {"--port": "1", "--verbose": None}),
        (["-port", "1"], {"-port": None}),
        (["--port=", "--", "--not-a-flag"], {"--port": ""}),
        (["--", "-1"], {}),
        (["--number", "-1", "word"], {"--number": None}),
    ],
)
def test_command_lines_of_templates_of_ones_own(words: list[str], flags: Mapping[str, str | None]) -> None:
    [program], _ = find([workload(container("/vt/bin/vtgate", args=words))])

    assert {flag.written: flag.value for flag in program.flags.values()} == flags


@pytest.mark.parametrize("command", [("sh", "-c", "exec vtgate --port 1"), ()])
def test_what_a_shell_starts_is_said_to_be_hidden(command: tuple[str, ...]) -> None:
    programs, [hidden] = find([workload(container(*command))])

    assert (programs, hidden.container) == ([], "vtgate")


def test_a_script_may_run_its_arguments() -> None:
    """So the packaged template starts vttablet, as soon as its MySQL is up."""
    command = ("sh", "-c", 'until mysql; do sleep 1; done; exec "$@"', "vtgate", "/vt/bin/vtgate", "--port=1")

    [program], hidden = find([workload(container(*command))])

    assert (program.path, list(program.flags), hidden) == ("/vt/bin/vtgate", ["--port"], [])


def test_sidecars_of_other_names_are_nobodys_business() -> None:
    assert find([workload(container("sh", "-c", "true", name="exporter"))]) == ([], [])


def test_what_is_asked() -> None:
    asked = ask(find(render(minimal(), "kubernetes"))[0])

    assert [(each.question.name, each.question.program, each.question.argument) for each in asked] == [
        ("etcd-help", "etcd", "--help"),
        ("etcd-version", "etcd", "--version"),
        ("vtctld-help", "/vt/bin/vtctld", "--help"),
        ("vtctld-version", "/vt/bin/vtctld", "--version"),
        ("mysqlctld-help", "/vt/shared/mysqlctld", "--help"),
        ("mysqld-version", "mysqld", "--version"),
        ("vttablet-help", "/vt/bin/vttablet", "--help"),
        ("vtorc-help", "/vt/bin/vtorc", "--help"),
        ("vtgate-help", "/vt/bin/vtgate", "--help"),
    ]


def test_the_same_component_of_two_images_has_two_questions() -> None:
    other = workload(container("/vt/bin/vtgate", image="vitess/lite:v23.0.0"))

    asked = ask(find([workload(container("/vt/bin/vtgate")), other])[0])

    assert [each.question.name for each in asked] == [
        *("vtgate-help", "vtgate-version", "vtgate-help-2", "vtgate-version-2")
    ]
