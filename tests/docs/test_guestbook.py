"""docs/guestbook.md beside the code and the inventory that it is about."""

from __future__ import annotations

import re
import shlex

import yaml
from guestbook import database, web

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, cli
from vitessctl.model.build import build
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.render import render
from vitessctl.run.stages import STAGES
from vitessctl.run.stop import STOP_ORDER
from vitessctl.spec import load
from vitessctl.spec.rules.applications import OWN_VARIABLES

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "guestbook.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL) for line in block.splitlines()]
INVENTORY = REPOSITORY / "inventories" / "guestbook"


def table(title: str) -> list[str]:
    """What stands in code in the first column of the table in a section."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    first = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    return re.findall(r"`(\w+)`", " ".join(first))


def test_the_variables_are_all_of_ours() -> None:
    assert sorted(table("What it is told")) == sorted(OWN_VARIABLES)


def test_the_fields_are_those_of_the_schema_or_say_where_to_look() -> None:
    schema = yaml.safe_load((REPOSITORY / "vitessctl/spec/schema.json").read_text())
    known = schema["properties"]["applications"]["additionalProperties"]["properties"]
    assert set(table("How it became a part of the inventory")) == set(known) - {"cell", "keyspace", "user"}
    assert all(f"`{field}`" in PAGE for field in ("cell", "keyspace", "user"))


def test_the_example_is_what_the_inventory_says() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    whole = yaml.safe_load((INVENTORY / "cluster.yaml").read_text(encoding="utf-8"))
    assert yaml.safe_load(example)["applications"] == whole["applications"]


def test_its_commands_are_taken(cli: Cli) -> None:
    ours = [shlex.split(line) for line in COMMANDS if line.startswith("vitessctl up")]
    assert len(ours) == 2
    for _, _, *options in ours:
        options = [str(REPOSITORY / word) if word.startswith("inventories/") else word for word in options]
        result = cli("validate", *(word for word in options if word != "--rehearse"))
        assert (result.code, result.err) == (0, "")


def test_the_image_is_built_from_what_is_there() -> None:
    assert any(line.startswith("docker build") and line.endswith("examples/guestbook") for line in COMMANDS)
    folder = REPOSITORY / "examples" / "guestbook"
    pins = set((REPOSITORY / "tools" / "constraints.txt").read_text().splitlines())
    assert set((folder / "requirements.txt").read_text().splitlines()) <= pins
    assert 'CMD ["python3", "-m", "guestbook"]' in (folder / "Dockerfile").read_text()


def test_its_numbers() -> None:
    seconds = (database.CONNECT_SECONDS, database.READ_SECONDS, database.WRITE_SECONDS)
    assert f"{seconds[0]}\nto connect, {seconds[1]} to read, {seconds[2]} to write".replace("\n", " ") in " ".join(
        PAGE.split()
    )
    assert (web.PAGES, web.CATCH_UP_SECONDS) == (100, 1.0)
    assert "any of a hundred pages" in " ".join(PAGE.split())


def test_its_names() -> None:
    cluster = build(load(INVENTORY))
    (application,) = cluster.applications
    assert f"`{KubernetesLayout(cluster).application_name(application)}`" in PAGE
    used = {each.template for target in ("kubernetes", "local") for each in render(cluster, target)}  # type: ignore[arg-type]
    assert {"kubernetes/application-deployment.yaml.j2", "local/application.conf.j2"} <= used
    assert "runs as\nuid 999" in PAGE


def test_its_place_in_the_order() -> None:
    names = [stage.name for stage in STAGES]
    assert names.index("vtgate") < names.index("applications")
    assert STOP_ORDER[0] == "applications"
