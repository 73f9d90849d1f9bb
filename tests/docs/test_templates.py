"""docs/templates.md: its example gives what it says, and what it calls refused is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, Result, cli
from vitessctl.render.syntaxes import SYNTAXES

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "templates.md").read_text(encoding="utf-8")
EXAMPLE, PRINTED = re.search(r"```sh\n(.*?)```.*?```\n(.*?)```", PAGE, flags=re.DOTALL).groups()  # type: ignore[union-attr]
SIDECAR = re.search(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)[1]  # type: ignore[index]
ANNOTATED = """apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ cluster.name | q }}
  annotations:
    a: %s
"""


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def codes(title: str) -> list[str]:
    """The first column of a section's table."""
    found = re.findall(r"^\| `(.*?)` \|", section(title), flags=re.MULTILINE)
    return [code.replace(r"\|", "|") for code in found]


@pytest.fixture
def own(cli: Cli) -> Path:
    """The folder for Kubernetes templates of an inventory that was just made."""
    inventory = Path("my-cluster").absolute()
    cli("init", str(inventory))
    folder = inventory / "templates" / "kubernetes"
    folder.mkdir()
    return folder


def rendered(cli: Cli, own: Path) -> Result:
    return cli("render", "-i", str(own.parents[1]))


def test_the_example_prints_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "templates").symlink_to(REPOSITORY / "templates")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", EXAMPLE],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.endswith(PRINTED)


def test_a_container_beside_vtgate(own: Path, cli: Cli) -> None:
    name = "vtgate-deployment.yaml.j2"
    ours = (REPOSITORY / "templates/kubernetes" / name).read_text(encoding="utf-8")
    (own / name).write_text(ours.replace("      containers:\n", SIDECAR, 1), encoding="utf-8")

    shown = rendered(cli, own).out

    assert '        - name: proxy\n          image: "vitess/lite:v24.0.4"\n' in shown
    assert '          args: [--cluster, "guestbook"]\n        - name: vtgate\n' in shown


def test_a_template_may_include_one_of_the_users_own(own: Path, cli: Cli) -> None:
    (own / "_name.yaml.j2").write_text("{{ cluster.name | q }}", encoding="utf-8")
    (own / "serviceaccount.yaml.j2").write_text(
        ANNOTATED % "{% include 'kubernetes/_name.yaml.j2' %}", encoding="utf-8"
    )

    assert '    a: "guestbook"\n' in rendered(cli, own).out


@pytest.mark.parametrize("written", codes("What is refused"))
def test_what_the_page_calls_refused_is_refused(written: str, own: Path, cli: Cli) -> None:
    (own / "serviceaccount.yaml.j2").write_text(ANNOTATED % written, encoding="utf-8")

    result = rendered(cli, own)

    assert (result.code, result.out) == (5, "")
    assert "my-cluster/templates/kubernetes/serviceaccount.yaml.j2:6" in result.err
    assert "Traceback" not in result.err


def test_what_the_page_says_to_write_instead_is_taken(own: Path, cli: Cli) -> None:
    (own / "serviceaccount.yaml.j2").write_text(ANNOTATED % '{{ "a: b" | q }}', encoding="utf-8")

    assert '    a: "a: b"\n' in rendered(cli, own).out


def test_every_filter_of_ours_is_on_the_page_with_its_formats() -> None:
    rows = re.findall(r"^\| `(\w+)(?:\(n\))?` \|.*\| (.*?) \|$", section("Placing values"), flags=re.MULTILINE)
    said = {name: set(re.findall(r"`(.*?)`", formats)) for name, formats in rows}

    filters = {name for syntax in SYNTAXES.values() for name in syntax.filters}
    assert said == {name: {ending for ending, it in SYNTAXES.items() if name in it.filters} for name in filters}


def test_every_name_of_the_table_is_used_by_one_of_our_templates() -> None:
    """So it is there for a copy of that one."""
    texts = [file.read_text(encoding="utf-8") for file in (REPOSITORY / "templates").rglob("*.j2")]
    first = [line.split(" | ")[0] for line in section("What a template knows").splitlines() if line.startswith("| `")]
    names = re.findall(r"`(\w+)`", " ".join(first))

    assert len(names) == 17
    unused = [name for name in names if not any(re.search(rf"{{[{{%][^}}]*\b{name}\b", text) for text in texts)]
    assert unused == []
