"""What vitessctl tells every application through its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class NotTold(Exception):
    """A variable is missing, so nobody has said where vtgate is."""


@dataclass(frozen=True)
class Settings:
    """Where to listen, where vtgate is, and as whom to connect."""

    vtgate_host: str
    vtgate_port: int
    primary: str
    """The target for writes: `messages@primary`; `messages@master` before Vitess had that word, `messages` in 2.1."""
    replica: str
    """The target for reads: `messages@replica`; the same as `primary` where vtgate reads for nobody at replicas."""
    user: str = "guestbook"
    password_file: Path | None = None
    """Read for every connection, so that a new password counts at once; None: vtgate asks for none."""
    host: str = "*"
    """The address to listen on; `*` for all."""
    port: int = 8080

    def password(self) -> str:
        """The password, empty if there is none. OSError if its file cannot be read."""
        return self.password_file.read_text(encoding="utf-8") if self.password_file else ""


def from_environment(environ: Mapping[str, str]) -> Settings:
    """The settings that the variables hold. NotTold with the name of one that is missing."""
    try:
        return Settings(
            vtgate_host=environ["VTGATE_HOST"],
            vtgate_port=int(environ["VTGATE_PORT"]),
            primary=environ["VTGATE_PRIMARY"],
            replica=environ["VTGATE_REPLICA"],
            user=environ.get("VTGATE_USER", "guestbook"),
            password_file=Path(environ["VTGATE_PASSWORD_FILE"]) if environ.get("VTGATE_PASSWORD_FILE") else None,
            host=environ.get("HOST", "*"),
            port=int(environ.get("PORT", "8080")),
        )
    except KeyError as error:
        raise NotTold(
            f"{error.args[0]} is not set: the guestbook is started by vitessctl, which says where vtgate is"
        ) from error
