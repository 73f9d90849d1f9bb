"""Who brings up a release that was not out yet is told so."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.conftest import Cli, cli
from vitessctl import releases
from vitessctl.releases import about, preview

__all__ = ["cli"]
SPEC = "cluster: shop\nimage: {}\ncells: [zone1]\nkeyspaces: {{commerce: {{tablets: {{replica: 3}}}}}}\n"
SAID = (
    "Vitess 25-dev is a preview: 25 was not released when this vitessctl was made, "
    "and its flags and calls may be others by now"
)


def test_only_what_has_no_tag_is_a_preview() -> None:
    untagged = [name for name in releases.names() if not about.tags(name).first]
    assert preview.notes(releases.names()) == tuple(note for name in untagged for note in preview.notes([name]))
    assert preview.notes(["25-dev", "24", "25-dev"]) == (SAID,)


def test_validate_says_so(cli: Cli) -> None:
    Path("cluster.yaml").write_text(SPEC.format("vitess/lite:v25.0.0"), encoding="utf-8")

    assert cli("validate").lines == [
        "shop: the spec is right. Vitess 25-dev, 1 cell, 1 keyspace, 1 shard, 3 tablets.",
        f"note: {SAID}",
    ]
    assert f'"notes": ["{SAID}"]' in cli("validate", "--output", "json").out


def test_it_says_so_where_only_one_component_is_of_it(cli: Cli) -> None:
    Path("cluster.yaml").write_text(SPEC.format("vitess/lite:v24.0.4"), encoding="utf-8")

    assert cli("validate", "-e", "images.vtgate=vitess/vtgate:v25.0.0").lines[1:] == [f"note: {SAID}"]
