"""The flags in a help text, whoever's style it has: Go's flag package, pflag's, or etcd's own.

-alsologtostderr                            Go: one dash (14: two), the type behind it, the words on the next line
--port int        HTTP port for the server  pflag: two dashes, words on the same line, behind two blanks or more
--name 'default'                            etcd: the default in place of a type
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

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
    """Whether a value can certainly not be read as its kind. What Kubernetes or a person's own type fills in may be."""
    check = _CHECKS.get(kind)
    return bool(check) and "$(" not in value and not check(value) if check else False


def _is_integer(value: str) -> bool:
    try:
        int(value, 0 if not re.fullmatch(r"[-+]?0\d+", value) else 8)
    except ValueError:
        return False
    return True


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_duration(value: str) -> bool:
    """Go's, and a bare number, which flags take that once were numbers of seconds."""
    return bool(re.fullmatch(r"[-+]?((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+|[-+]?\d+", value))


_BOOLEANS = frozenset(("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"))
_CHECKS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(("int", "uint", "int32", "int64", "uint32", "uint64"), _is_integer),
    **dict.fromkeys(("float", "float32", "float64"), _is_number),
    "duration": _is_duration,
    "": _BOOLEANS.__contains__,
}
