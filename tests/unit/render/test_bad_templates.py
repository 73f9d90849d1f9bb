"""Templates of users that are not right: each gives one clear error with a place, never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.render.clusters import minimal
from tests.unit.render.support import cases
from vitessctl.errors import ExitCode, TemplateError
from vitessctl.render.render import render


def place(folder: Path, case: dict[str, Any]) -> str:
    """Where the error has to be."""
    if "line" in case:
        return f"{folder / case['file']}:{case['line']}"
    if "rendered_line" in case:
        return f"{case['file']} (line {case['rendered_line']} of the rendered text)"
    return ""


@pytest.mark.parametrize("case", cases(__file__, "bad_templates"), ids=lambda case: case["name"])
def test_a_template_that_is_not_right_is_one_clear_error(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / case["file"]
    file.parent.mkdir()
    file.write_text(case["text"], encoding="utf-8")
    target = file.parent.name
    with pytest.raises(TemplateError) as caught:
        render(minimal(), target, [tmp_path])  # type: ignore[arg-type]
    error = caught.value
    assert error.what == case["what"]
    assert error.exit_code == ExitCode.SPEC
    assert file.name in str(error.where)
    for part in ("why", "fix"):
        if part in case:
            assert getattr(error, part) == case[part]
    if place(tmp_path, case):
        assert error.where == place(tmp_path, case)


def test_a_template_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "local" / "vtorc.conf.j2"
    file.parent.mkdir()
    file.write_bytes(b"[program:x]\ncommand=\xff\n")
    with pytest.raises(TemplateError) as caught:
        render(minimal(), "local", [tmp_path])
    assert caught.value.what == "the template is not UTF-8 text"
    assert caught.value.where == "local/vtorc.conf.j2"
    assert caught.value.why == "byte 20 is 0xff: invalid start byte"


def test_the_line_that_was_rendered_is_the_evidence(tmp_path: Path) -> None:
    file = tmp_path / "kubernetes" / "vtorc-deployment.yaml.j2"
    file.parent.mkdir()
    file.write_text("metadata:\n  name: {{ 'UPPER' | q }}\n", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        render(minimal(), "kubernetes", [tmp_path])
    assert caught.value.evidence == ('name: "UPPER"',)


def test_a_files_own_parts_start_with_an_underscore(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "_sentence.conf.j2").write_text("; all our own\n", encoding="utf-8")
    (folder / "vtorc.conf.j2").write_text(
        '{% include "local/_sentence.conf.j2" %}\n[program:{{ name }}]\ncommand=vtorc\n', encoding="utf-8"
    )
    documents = {document.name: document for document in render(minimal(), "local", [tmp_path])}
    assert documents["vtorc-zone1"].text == "; all our own\n[program:vtorc-zone1]\ncommand=vtorc\n"
    assert documents["vtorc-zone1"].data == {"command": "vtorc"}
    assert documents["vtgate-zone1"].text.startswith("; A cell's vtgate.\n")
