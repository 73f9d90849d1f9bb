"""Files that a person wrote, as text."""

from __future__ import annotations

from pathlib import Path

from vitessctl.errors import Place, SpecError

MAX_BYTES = 1_000_000


def read_file(path: Path) -> str:
    """The text of a file of at most 1 MB; SpecError if it cannot be read or is not UTF-8."""
    try:
        if not path.is_file():
            raise SpecError(
                "there is no such file", where=Place(str(path), 1, 1), why="it is not there, or it is not a plain file"
            )
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError("the file cannot be read", where=Place(str(path), 1, 1), why=reason) from error
    if len(content) > MAX_BYTES:
        raise SpecError(
            "the file is larger than 1 MB",
            where=Place(str(path), 1, 1),
            why="a spec is a page or two; this is probably another file",
            fix="give the spec's own file, and put big texts into files of their own (schema:, vschema:)",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(
            f"byte 0x{content[error.start]:02x} is not UTF-8",
            where=_place_of_byte(str(path), content, error.start),
            fix="save the file as UTF-8",
        ) from error


def _place_of_byte(file: str, content: bytes, position: int) -> Place:
    before = content[:position].decode("utf-8", "replace")
    return Place(file, before.count("\n") + 1, position - content.rfind(b"\n", 0, position))
