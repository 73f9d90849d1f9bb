"""What changes for a command line from one release to a newer one."""

from __future__ import annotations

from itertools import pairwise

import pytest

from vitessctl import releases
from vitessctl.releases import knowledge
from vitessctl.releases.compare import Removed, Respelled, flag_changes
from vitessctl.releases.defaults import Default


def test_flags_that_came_and_went() -> None:
    change = flag_changes("vttablet", "17", "21")
    assert "unmanaged" in change.added
    assert Removed("use_super_read_only", "17", "nothing, it is always on") in change.removed
    assert Removed("vreplication_tablet_type", "19", "") in change.removed
    assert not change.respelled


def test_another_spelling_is_no_flag_that_came_or_went() -> None:
    change = flag_changes("vtgate", "22", "23")
    assert Respelled("cells_to_watch", "cells-to-watch") in change.respelled
    assert len(change.respelled) > 150
    assert not change.removed
    assert not {"cells-to-watch", "cells_to_watch"} & set(change.added)


def test_a_spelling_that_is_still_taken_needs_no_change() -> None:
    """From 10 to 14 some flags were there in both."""
    assert "enable-consolidator" not in [each.before for each in flag_changes("vttablet", "9", "10").respelled]


@pytest.mark.parametrize(
    ("component", "path", "flag", "before", "after", "since"),
    [
        ("vttablet", ("17", "21"), "shutdown_grace_period", "0s", "3s", "20"),
        ("mysqlctld", ("19", "20"), "onterm_timeout", "10s", "5m10s", "20"),
        ("vtgate", ("15", "24"), "mysql-server-version", "5.7.9-Vitess", "8.4.6-Vitess", "23"),
        ("vtgate", ("23", "24"), "legacy-replication-lag-algorithm", "true", "false", "24"),
        ("vtgate", ("15", "16"), "remote_operation_timeout", "30s", "15s", "16"),
    ],
)
def test_another_default(component: str, path: tuple[str, str], flag: str, before: str, after: str, since: str) -> None:
    (change,) = (each for each in flag_changes(component, *path).defaults if each.flag == flag)
    assert (change.before.text, change.after.text, change.since) == (before, after, since)


def test_the_same_time_in_another_form_is_no_other_default() -> None:
    change = flag_changes("vttablet", "16", "19")
    flag = "queryserver-config-query-timeout"
    assert flag not in [each.flag for each in change.defaults]
    (form,) = (each for each in change.forms if each.flag == flag)
    assert (form.before, form.after, form.since) == (Default("float", "30"), Default("duration", "30s"), "19")


@pytest.mark.parametrize("component", knowledge.packaged().flags)
def test_every_flag_of_either_release_is_accounted_for(component: str) -> None:
    for old, new in pairwise(releases.names()):
        change = flag_changes(component, old, new)
        before, after = releases.get(old).flags(component), releases.get(new).flags(component)
        assert len(before) - len(change.removed) + len(change.added) == len(after)
        assert set(change.added) <= set(after)
        assert {each.flag for each in change.removed} <= set(before)
