"""What a person is told: whole screens in screens/, and the rules one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.expected import check
from tests.support.printing import prints
from tests.unit.render.clusters import minimal
from vitessctl.errors import ExitCode
from vitessctl.model.cluster import Cluster
from vitessctl.probe.checked import Checked, ImagesDiffer, ImagesDoNotRun
from vitessctl.probe.judge import judge
from vitessctl.probe.programs import find
from vitessctl.probe.questions import ask
from vitessctl.render.render import render
from vitessctl.report.failure import failure_lines
from vitessctl.report.images import image_lines
from vitessctl.targets.base import Answer, Verdict

SCREENS = Path(__file__).parent / "screens"
NOT_PULLED = Verdict.doomed("the image vitess/lite:v24 does not exist in its registry", "mend images", ("an event",))

Change = Callable[[Answer], Answer]


def checked(cluster: Cluster | None = None, really: str = "24", mysql: str = "8.4.6", **changed: Change) -> Checked:
    """A check of images of release `really`; answers may be changed by their question's name, `vtgate_help`."""
    cluster = cluster or minimal()
    programs, hidden = find(render(cluster, "kubernetes"))
    asked = ask(programs)
    answers = []
    for each in asked:
        answer = Answer(each.question, prints(each.question.program, each.question.argument, really, mysql))
        answers.append(changed.get(each.question.name.replace("-", "_"), lambda same: same)(answer))
    return judge(cluster, "kubernetes", asked, answers, hidden)


def without(*flags: str) -> Change:
    """A help that does not list these."""
    return lambda answer: replace(
        answer, lines=[line for line in answer.lines if not any(f"--{flag} " in line for flag in flags)]
    )


def says(*lines: str, code: int = 0) -> Change:
    return lambda answer: replace(answer, lines=lines, exit_code=code)


def troubled(verdict: Verdict) -> Change:
    return lambda answer: replace(answer, lines=(), trouble=verdict)


def screen(found: Checked) -> str:
    """Both what is printed and the error, as a person sees them."""
    lines = [text for text, _ in image_lines(found)]
    try:
        found.raise_errors()
    except ImagesDiffer as error:
        lines += [*failure_lines(error), f"exit code {int(error.exit_code)}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


CASES: Mapping[str, Callable[[], Checked]] = {
    "all_right": checked,
    "another_release": lambda: checked(really="22"),
    "before_pflag": lambda: checked(really="14"),
    "one_flag_too_many": lambda: checked(minimal(extra_flags={"etcd": {"auto-compaction-retentions": "1"}})),
    "mysql_of_another_series": lambda: checked(minimal("19"), "19"),
    "does_not_run": lambda: checked(
        **dict.fromkeys(("vtctld_help", "vtctld_version", "vttablet_help", "vtgate_help"), troubled(NOT_PULLED))
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_screens(name: str) -> None:
    check(screen(CASES[name]()), SCREENS / f"{name}.txt")


def test_all_right_raises_nothing() -> None:
    found = checked()

    found.raise_errors()

    flags = sum(len(program.flags) for program in find(render(minimal(), "kubernetes"))[0])
    assert found.summary == f"7 programs of 3 images were run, and take all {flags} flags rendered for them"
    assert (found.data["right"], len(found.data["programs"])) == (True, 7)


def test_a_hidden_flag_is_a_note() -> None:
    """vtctld 24.0.4 takes --cell, says that it does nothing, and does not list it."""
    cluster = minimal(extra_flags={"vtctld": {"action-timeout": "30s"}})

    found = checked(cluster, vtctld_help=without("action-timeout"))

    assert not found.errors
    assert found.notes == ["vtctld: --action-timeout not listed in help; the table of Vitess 24 has it"]


def test_a_value_that_the_program_cannot_read() -> None:
    found = checked(minimal(extra_flags={"vtgate": {"port": "many"}}))

    [error] = found.errors
    assert error.what == "vtgate cannot read 'many' as the value of --port"
    assert error.why == "by its help that is an int (rendered by kubernetes/vtgate-deployment.yaml.j2)"
    with pytest.raises(ImagesDiffer) as raised:
        found.raise_errors()
    assert raised.value.exit_code is ExitCode.SPEC


def test_an_image_that_tells_no_version_is_told_by_its_flags() -> None:
    """It is of the release next to the spec's."""
    found = checked(minimal("23"), "24", vtctld_version=says("no version"))

    [error] = found.errors
    assert error.what == "it looks like Vitess 24, and the spec is for 23"
    assert 'say `release: "24"` in the spec' in error.fix


def test_a_tag_that_says_the_other_release_itself_is_a_choice() -> None:
    """Components of neighbouring releases may run side by side."""
    cluster = minimal()
    cluster = replace(cluster, images={**cluster.images, "vtgate": "vitess/lite:v23.0.2"})

    found = checked(
        cluster,
        vtgate_help=lambda answer: replace(answer, lines=prints("vtgate", "--help", "23")),
        vtgate_version=says("vtgate version Version: 23.0.2 (Git revision 1)"),
    )

    assert not found.errors
    assert found.notes == ["vitess/lite:v23.0.2 is Vitess 23.0.2, as its tag says; it takes what is rendered for 24"]


def test_a_build_in_between_is_a_note() -> None:
    found = checked(
        **{
            f"{name}_help": lambda answer: replace(answer, lines=prints(answer.question.program, "--help", "23"))
            for name in ("vtctld", "vttablet", "mysqlctld", "vtgate")
        },
        vtctld_version=says("vtctld version Version: 24.0.0-SNAPSHOT (Git revision 1)"),
    )

    assert (
        "vitess/lite:v24 is 24.0.0-SNAPSHOT as told, with flags most like those of 23: a build in between"
        in found.notes
    )


def test_a_flag_that_a_build_in_between_lacks_has_its_history_and_its_closest() -> None:
    """It calls itself 24, as the spec does, so that it is looked at flag by flag; and it lists the flags of 22."""
    found = checked(
        **{
            f"{name}_help": lambda answer: replace(answer, lines=prints(answer.question.program, "--help", "22"))
            for name in ("vtctld", "vttablet", "mysqlctld", "vtorc", "vtgate")
        },
        vtctld_version=says("vtctld version Version: 24.0.0-SNAPSHOT (Git revision 1)"),
    )

    error = found.errors[0]
    assert error.what == "vtctld has no flag --topo-implementation"
    assert error.why == (
        "/vt/bin/vtctld of vitess/lite:v24 does not list it; it looks like Vitess 22 by its flags; "
        "vtctld of 22 has it as --topo_implementation; rendered by kubernetes/vtctld-deployment.yaml.j2"
    )
    assert error.fix.startswith("the closest that it has is --topo_implementation: say `release: ")


def test_a_program_that_prints_something_else() -> None:
    found = checked(vtgate_help=says("vtgate: error while loading shared libraries: libz.so.1", code=127))

    [error] = found.errors
    assert error.what == "/vt/bin/vtgate --help lists no flag"
    assert error.why == "it ended with exit code 127"
    assert error.evidence == ("vtgate: error while loading shared libraries: libz.so.1",)


def test_what_several_programs_suffer_from_is_said_once() -> None:
    trouble = troubled(NOT_PULLED)
    found = checked(vtctld_help=trouble, vtctld_version=trouble, vtgate_help=trouble)

    [error] = found.errors
    assert error.what == "vtctld, vtgate could not be run to ask for their flags"
    assert (error.where, error.why) == ("image vitess/lite:v24", NOT_PULLED.reason)
    assert (error.fix, error.evidence) == (NOT_PULLED.fix, NOT_PULLED.evidence)
    with pytest.raises(ImagesDoNotRun) as raised:
        found.raise_errors()
    assert raised.value.exit_code is ExitCode.NOT_READY


@pytest.mark.parametrize(
    ("release", "mysql", "what"),
    [
        ("24", "9.7.4-2", ""),
        ("24", "5.7.44", "Vitess 24 cannot manage MySQL 5.7.44"),
        ("24", "10.11.6-MariaDB", "Vitess 24 cannot manage MySQL 10.11.6-MariaDB"),
        ("14", "8.0.43", ""),
        ("2.1", "5.7.44", ""),
    ],
)
def test_mysql(release: str, mysql: str, what: str) -> None:
    found = checked(minimal(release), release, mysql)

    assert [error.what for error in found.errors] == ([what] if what else [])


def test_mysql_is_for_the_release_of_its_own_mysqlctld() -> None:
    """In the middle of an upgrade: 22 cannot manage MySQL 9, its neighbour can."""
    cluster = minimal("22")
    images = {**cluster.images, "mysqlctld": "vitess/lite:v23.0.7"}
    cluster = replace(cluster, images=images, other_releases={"mysqlctld": "23"})

    found = checked(
        cluster,
        "22",
        "9.7.4",
        mysqlctld_help=lambda answer: replace(answer, lines=prints("mysqlctld", "--help", "23")),
        mysqlctld_version=says("mysqlctld version Version: 23.0.7 (Git revision 1)"),
    )

    assert not found.errors


def test_a_mysqld_that_says_nothing() -> None:
    [error] = checked(mysqld_version=says("mysqld: not today", code=2)).errors

    assert (error.where, error.what) == ("image mysql:8.4.8", "its mysqld does not say its version")
    assert error.evidence == ("mysqld: not today",)


def test_what_a_shell_starts_is_noted() -> None:
    documents = render(minimal(), "kubernetes")
    programs, _ = find(documents)
    asked = ask(programs)
    from vitessctl.probe.programs import Hidden

    answers: list[Any] = [
        Answer(each.question, prints(each.question.program, each.question.argument, "24")) for each in asked
    ]
    found = judge(minimal(), "kubernetes", asked, answers, [Hidden(documents[0], "vtgate", "sh")])

    assert found.notes == [
        f"vtgate of {documents[0].label}: its flags cannot be compared, for the template does not start it by name"
    ]
