"""What a check of images found: a row a program, notes, and differences as errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from vitessctl.errors import ExitCode, SeveralErrors, VitessctlError


class ImageDiffers(VitessctlError):
    """An image is not what the rendered documents take it for."""

    exit_code = ExitCode.SPEC


class ImageDoesNotRun(VitessctlError):
    """A program of an image could not be run at all, so that what needs it can never come up."""

    exit_code = ExitCode.NOT_READY


class ImagesDiffer(SeveralErrors):
    """All that was found. The spec or a template has to change."""

    exit_code: ClassVar[ExitCode] = ExitCode.SPEC

    def __init__(self, errors: Iterable[VitessctlError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{self._found(len(self.errors))}; nothing was applied")

    @staticmethod
    def _found(count: int) -> str:
        return f"{count} difference{'s' if count != 1 else ''} between the images and what is rendered for them"


class ImagesDoNotRun(ImagesDiffer):
    """Nothing was found but images that do not run: perhaps the registry or the cluster is to blame, not the spec."""

    exit_code: ClassVar[ExitCode] = ExitCode.NOT_READY

    @staticmethod
    def _found(count: int) -> str:
        return f"{count} image{'s' if count != 1 else ''} could not be run"


@dataclass(frozen=True)
class Row:
    """One program of one image, checked."""

    component: str
    image: str
    """On one machine the program's name."""
    version: str
    """As it says itself; "" where it does not."""
    like: str
    """The release whose flags it lists; "" if it is no program of Vitess."""
    checked: int
    """How many flags were compared."""
    wrong: int
    """How many of them it does not take; 1 for a MySQL of the wrong series."""
    ran: bool = True

    @property
    def result(self) -> str:
        """In a word or two."""
        if not self.ran:
            return "does not run"
        return f"{self.wrong} wrong" if self.wrong else "ok"


@dataclass(frozen=True)
class Checked:
    """The outcome."""

    cluster: str
    target: str
    release: str
    """What the spec says."""
    rows: Sequence[Row] = ()
    notes: Sequence[str] = ()
    errors: Sequence[VitessctlError] = ()

    def raise_errors(self) -> None:
        """Raise ImagesDiffer with every difference, or ImagesDoNotRun; nothing if there is none."""
        if self.errors and all(isinstance(error, ImageDoesNotRun) for error in self.errors):
            raise ImagesDoNotRun(self.errors)
        if self.errors:
            raise ImagesDiffer(self.errors)

    @property
    def summary(self) -> str:
        """One line, where nothing differs: `8 programs of 3 images were run, and take all 96 flags …`."""
        images = len({row.image for row in self.rows})
        flags = sum(row.checked for row in self.rows)
        source = f" of {images} images" if self.target == "kubernetes" else ""
        return f"{len(self.rows)} programs{source} were run, and take all {flags} flags rendered for them"

    @property
    def data(self) -> dict[str, Any]:
        """As a JSON object; the errors are a second one, as for every command."""
        return {
            "type": "images",
            "cluster": self.cluster,
            "target": self.target,
            "release": self.release,
            "right": not self.errors,
            "programs": [
                {
                    "component": row.component,
                    "image": row.image,
                    "version": row.version,
                    "like": row.like,
                    "flags": row.checked,
                    "wrong": row.wrong,
                    "ran": row.ran,
                }
                for row in self.rows
            ],
            "notes": list(self.notes),
        }
