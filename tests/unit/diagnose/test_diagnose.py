"""From the last log lines of a server to a cause and a remedy."""

from __future__ import annotations

import dataclasses
import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.diagnose import Diagnosis, diagnose, readable
from vitessctl.diagnose.table import Rule, rules

CASES = Path(__file__).parent / "cases"
OF_THIS_MACHINE = ("--state-dir", "local.", "supervisord", "this machine", "ss -ltnp", "ulimit", "--rehearse", "dmesg")
COMPONENTS = ["etcd", "vtctld", "mysqlctld", "mysqld", "vttablet", "vtorc", "vtgate", "application"]


def load(name: str) -> list[Any]:
    rows = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["name"]) for row in rows]


@pytest.mark.parametrize("case", load("diagnoses"))
def test_a_log_is_explained(case: dict[str, Any]) -> None:
    found = diagnose(case["lines"], case["release"], case["component"])
    assert found == Diagnosis(
        cause=case["cause"],
        fix=case["fix"],
        evidence=tuple(case["evidence"]),
        doomed=case["doomed"],
        rule=case["rule"],
        at_once=next(rule.at_once for rule in rules() if rule.name == case["rule"]),
    )


@pytest.mark.parametrize("case", load("diagnoses"))
def test_on_kubernetes_nobody_is_told_what_only_this_machine_has(case: dict[str, Any]) -> None:
    found = diagnose(case["lines"], case["release"], case["component"], in_pod=True)
    assert found is not None
    assert found.rule == case["rule"]
    said = f"{found.cause} {found.fix}"
    assert [word for word in OF_THIS_MACHINE if word in said] == []
    assert "{component}" not in said


def test_only_what_can_never_come_up_is_certain_at_once() -> None:
    assert [rule.name for rule in rules() if rule.at_once and not rule.doomed] == []


def test_every_rule_has_a_case() -> None:
    seen = {case.values[0]["rule"] for case in load("diagnoses")}
    assert [rule.name for rule in rules() if rule.name not in seen] == []


@pytest.mark.parametrize("case", load("readable"))
def test_lines_are_made_readable(case: dict[str, Any]) -> None:
    assert readable(case["lines"]) == case["shown"]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["all is well"],
        [
            '{"level":"ERROR","msg":"can\'t connect to syslog: Unix syslog delivery error"}',
        ],
        ["      --xtrabackup-user string   User that may not find: permission denied"],
        ["2026-11-22T22:17:35.1Z 0 [Warning] [MY-000067] [Server] unknown variable 'loose_x=1'."],
    ],
)
def test_lines_that_tell_nothing_give_no_diagnosis(lines: list[str]) -> None:
    assert diagnose(lines, "24", "vttablet") is None


def test_a_rule_for_one_component_is_not_used_for_another() -> None:
    lost_leader = ["etcdserver: no leader"]
    assert diagnose(lost_leader, "24", "vtgate") is None
    found = diagnose(lost_leader, "24", "etcd")
    assert found is not None
    assert found.rule == "etcd-no-quorum"


def test_complaints_just_before_are_evidence_too() -> None:
    lines = [
        *(f'{{"level":"ERROR","time":"2026-11-22T10:00:0{second}Z","msg":"trouble {second}"}}' for second in range(5)),
        '{"level":"INFO","time":"2026-11-22T10:00:05Z","msg":"going on"}',
        '{"level":"ERROR","time":"2026-11-22T10:00:06Z","msg":"listen tcp :15001: bind: address already in use"}',
        '{"level":"INFO","time":"2026-11-22T10:00:07Z","msg":"bye"}',
    ]
    found = diagnose(lines, "24", "vtgate")
    assert found is not None
    assert found.evidence == (
        "10:00:03 error: trouble 3",
        "10:00:04 error: trouble 4",
        "10:00:06 error: listen tcp :15001: bind: address already in use",
    )


def test_the_hint_for_an_unknown_flag_is_that_of_the_release() -> None:
    """The same flag is new for an old release, and gone in a new one."""
    lines = ["unknown flag: --durability_policy"]
    causes = {name: diagnose(lines, name, "vtctld") for name in ("2.1", "24")}
    assert all(found and found.doomed for found in causes.values())
    assert [found.cause.partition(";")[0] for found in causes.values() if found] == [
        "vtctld of Vitess 2.1 has no flag --durability_policy: --durability_policy first appears in vtctld 13",
        "vtctld of Vitess 24 has no flag --durability_policy: "
        "vtctld had --durability_policy from 13 to 17, 18 dropped it",
    ]


@given(
    st.lists(st.text() | st.text().map('{{"level":"ERROR","msg":"{}"}}'.format) | st.just('{"msg":1}')),
    st.sampled_from(COMPONENTS),
)
def test_any_lines_are_read_without_harm(lines: list[str], component: str) -> None:
    found = diagnose(lines, "24", component)
    assert found is None or found.evidence
    assert all(len(line) < 400 for line in readable(lines))


@given(st.lists(st.sampled_from([case.values[0] for case in load("diagnoses")]), min_size=1, max_size=4))
def test_the_lines_of_a_log_before_do_not_hide_a_cause(cases: list[dict[str, Any]]) -> None:
    """Whatever was in the log before, a cause that is certain is found again if it was written last."""
    last = cases[-1]
    if next(rule for rule in rules() if rule.name == last["rule"]).weak:
        return
    lines = [line for case in cases for line in case["lines"]]
    found = diagnose(lines, last["release"], last["component"])
    assert found is not None
    assert found.rule == last["rule"]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_the_sentences_of_a_rule_are_in_order(rule: Rule) -> None:
    words = {name for text in _sentences(rule) for _, name, _, _ in string.Formatter().parse(text) if name}
    assert words <= {"component", "release", "explained", *rule.when.groupindex}
    assert not rule.cause.endswith(".")
    assert rule.fix.endswith(".")
    assert not rule.cause_in_pod.endswith(".")
    assert rule.fix_in_pod in ("", rule.fix_in_pod.rstrip(".") + ".")
    assert set(rule.components) <= {*COMPONENTS, "mysqlctl", "vtbackup"}


def _sentences(rule: Rule) -> tuple[str, ...]:
    return rule.cause, rule.fix, rule.cause_in_pod, rule.fix_in_pod


def test_names_of_rules_are_unique() -> None:
    names = [rule.name for rule in rules()]
    assert len(names) == len(set(names))


def test_a_diagnosis_is_data() -> None:
    assert [field.name for field in dataclasses.fields(Diagnosis)] == [
        "cause",
        "fix",
        "evidence",
        "doomed",
        "rule",
        "at_once",
    ]
