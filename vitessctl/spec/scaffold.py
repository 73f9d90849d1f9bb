"""The files that `vitessctl init` writes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vitessctl import releases
from vitessctl.releases import about
from vitessctl.spec import schema

FOLDER = Path(__file__).with_name("scaffold_files")
PROFILES = ("minimal", "production")
SCHEMA_NAME = ".vitessctl/cluster.schema.json"


def files(profile: str, release: str) -> Mapping[str, str]:
    """The text of every file of a new inventory, by its path below the inventory's folder.

    Raises UnknownReleaseError for a release that is not known, KeyError for a profile that is none of PROFILES.
    """
    releases.get(release)
    if profile not in PROFILES:
        raise KeyError(profile)
    return {
        "cluster.yaml": _read(f"{profile}.yaml").replace("@IMAGE@", _image(release)),
        "group_vars/all.yaml": _read("all.yaml"),
        "templates/README.md": _read("templates.md"),
        SCHEMA_NAME: schema.FILE.read_text(encoding="utf-8"),
    }


def _image(release: str) -> str:
    """The lines that choose the image, and the release where its tag does not tell it."""
    tag = about.tags(release).image
    if tag:
        return f"image: vitess/lite:{tag}"
    return f'release: "{release}" # the tag does not tell it\nimage: vitess/lite:latest'


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
