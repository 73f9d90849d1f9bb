"""What people add to pods, layer over layer."""

from __future__ import annotations

from vitessctl.model.pods import Pod, merged


def test_nothing_said_is_the_default() -> None:
    assert merged() == merged({}, {}) == Pod()


def test_maps_merge_and_what_is_nearer_wins() -> None:
    pod = merged({"node_selector": {"disk": "ssd", "zone": "a"}}, {"node_selector": {"zone": "b"}})
    assert pod.node_selector == {"disk": "ssd", "zone": "b"}


def test_lists_and_words_are_replaced() -> None:
    wide = {"tolerations": [{"key": "a"}, {"key": "b"}], "priority_class": "low"}
    pod = merged(wide, {"tolerations": [{"key": "c"}], "priority_class": "high"})
    assert pod.tolerations == ({"key": "c"},)
    assert pod.priority_class == "high"


def test_an_empty_list_takes_away_what_was_said_before() -> None:
    assert merged({"env": [{"name": "TZ", "value": "UTC"}]}, {"env": []}).env == ()
