"""The flags in a help text, whoever's style it has: Go's flag package, pflag's, or etcd's own.

-alsologtostderr                            Go: one dash (14: two), the type behind it, the words on the next line
--port int        HTTP port for the server  pflag: two dashes, words on the same line, behind two blanks or more
--name 'default'                            etcd: the default in place of a type
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vitessctl.releases import values

_FLAG = re.compile(
    r"^ {2,8}(?:etcd |-\w, )?(?P<dashes>--?)(?P<name>[A-Za-z][\w.-]*)(?:\[=\S*\])?"
    r"(?:[ =](?P<kind>[^\s']\S*|'[^']*'))?(?:(?: {2,}|\s*\t).*|\s*)$"
)


@dataclass(frozen=True)
class Help:
    """What a program says that it takes."""

    flags: Mapping[str, str] = field(default_factory=dict)
    """Name without dashes to its kind of value (`int`, `duration`, …), as the help spells both; "" where it says none,
    which for Go and pflag means a boolean."""
    single: bool = False
    """Whether one dash is right too: Go's own parser."""

    @property
    def kinds(self) -> bool:
        """Whether what stands behind a flag is its kind; etcd has its default there."""
        return not any(kind.startswith("'") for kind in self.flags.values())


def parse(lines: Iterable[str]) -> Help:
    """The flags that a help text lists; none where the text is something else."""
    flags: dict[str, str] = {}
    dashes = set()
    wide = False
    for line in lines:
        match = _FLAG.match(line.rstrip("\r\n"))
        if match:
            flags.setdefault(match["name"], match["kind"] or "")
            dashes.add(match["dashes"])
            wide = wide or line.startswith("      --")
    return Help(flags, single=bool(flags) and not wide)


def wrong_value(kind: str, value: str) -> bool:
    """Whether a value can certainly not be read as its kind. What Kubernetes or a person's own type fills in may be.

    A bare number is right for every duration: flags take it that once were numbers of seconds.
    """
    known = _KINDS.get(kind, kind)
    if "$(" in value or (known == "duration" and re.fullmatch(r"[-+]?\d+", value)):
        return False
    return not values.parses(known, value)


_KINDS: Mapping[str, str] = {
    "": "bool",
    **dict.fromkeys(("int32", "int64"), "int"),
    **dict.fromkeys(("uint32", "uint64"), "uint"),
    **dict.fromkeys(("float32", "float64"), "float"),
}
"""What help texts call otherwise than vitessctl.releases.values does."""
