"""An inventory in a folder of its own, loaded as a person would: from inside that folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from vitessctl.spec import Spec, load

Loader = Callable[..., Spec]


@pytest.fixture
def load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """Loads a cluster.yaml of that text, with files beside it."""
    monkeypatch.chdir(tmp_path)

    def load_it(
        text: str,
        files: Mapping[str, str] | None = None,
        extra_vars: Sequence[str] = (),
        images: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        target: str = "local",
    ) -> Spec:
        for name, content in {"cluster.yaml": text, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return load(None, extra_vars, images, env or {}, target)

    return load_it
