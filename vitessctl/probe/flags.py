"""A rendered command line beside the help of the program that gets it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vitessctl import releases
from vitessctl.errors import VitessctlError
from vitessctl.probe.checked import ImageDiffers
from vitessctl.probe.helptext import Help, wrong_value
from vitessctl.probe.programs import Flag, Program
from vitessctl.releases.knowledge import flag_key

_NAMES = 4


class FlagRefused(ImageDiffers):
    """The program would end at once, because of a flag that it does not take."""

    def __init__(self, flag: Flag, what: str, why: str, fix: str, close: str = "") -> None:
        """`close`: what the program has that is most like it, without dashes."""
        self.flag, self.close = flag.written, close
        super().__init__(what, where=flag.place, why=why, fix=fix)

    @property
    def line(self) -> str:
        """In one line, as evidence of something larger."""
        return f"{self.where}: {self.what}" + (f" (it has --{self.close})" if self.close else "")


@dataclass(frozen=True)
class Compared:
    """What came out of it."""

    errors: Sequence[VitessctlError] = ()
    notes: Sequence[str] = ()


def compare(declared: str, program: Program, found: Help, like: str) -> Compared:
    """Differences, and flags that the help hides.

    `declared`: the release of the spec; `like`: the one whose flags the program lists, whose table knows also what
    help texts hide (deprecated flags, and those of glog).
    """
    errors: list[VitessctlError] = []
    unlisted = []
    for flag in program.flags.values():
        if flag.name in found.flags or _normalised(flag, found, program, like):
            errors += _misused(flag, program, found)
        elif like and releases.get(like).accepts(program.component, flag.name):
            unlisted.append(flag.written)
        else:
            errors.append(_refused(declared, flag, program, found, like))
    return Compared(tuple(errors), tuple(_unlisted(program, unlisted, like)))


def _normalised(flag: Flag, found: Help, program: Program, like: str) -> bool:
    """Whether it is listed with dashes, and the release takes underscores too."""
    listed = {flag_key(name) for name in found.flags}
    return bool(like) and flag_key(flag.name) in listed and releases.get(like).accepts(program.component, flag.name)


def _misused(flag: Flag, program: Program, found: Help) -> Iterator[VitessctlError]:
    kind = found.flags.get(flag.name)
    if flag.dashes == "-" and not found.single and len(flag.name) > 1:
        yield FlagRefused(
            flag,
            f"{program.component} wants two dashes: --{flag.name}",
            f"its parser reads {flag.written} as one-letter flags ({_origin(flag)})",
            "write it with two dashes in the template",
        )
    if kind is not None and found.kinds and flag.value is not None and wrong_value(kind, flag.value):
        yield FlagRefused(
            flag,
            f"{program.component} cannot read {flag.value!r} as the value of {flag.written}",
            f"by its help that is {_article(kind or 'boolean')} ({_origin(flag)})",
            "mend the value in cluster.yaml (extra_flags) or in the template",
        )


def _refused(declared: str, flag: Flag, program: Program, found: Help, like: str) -> VitessctlError:
    close = _closest(flag, found)
    release = f"it looks like Vitess {like} by its flags" if like else ""
    history = releases.get(like).explain_unknown(program.component, flag.name) if like else ""
    facts = [f"{_in(program)} does not list it", release if like != declared else "", history, _origin(flag)]
    return FlagRefused(
        flag,
        f"{program.component} has no flag {flag.written}",
        "; ".join(fact for fact in facts if fact),
        f"{f'the closest that it has is --{close}: ' if close else ''}{_remedy(declared, like)}",
        close,
    )


def _remedy(declared: str, like: str) -> str:
    if like and like != declared:
        return f'say `release: "{like}"` in the spec, or use an image of Vitess {declared}'
    return "take it out of extra_flags or of the template, or use an image that has it"


def _closest(flag: Flag, found: Help) -> str:
    """The same in another spelling, else what is written most like it."""
    same = [name for name in found.flags if flag_key(name) == flag_key(flag.name)]
    return next(iter(same or difflib.get_close_matches(flag.name, found.flags, n=1, cutoff=0.6)), "")


def _unlisted(program: Program, flags: Sequence[str], like: str) -> Iterator[str]:
    if flags:
        more = len(flags) - _NAMES
        names = ", ".join(flags[:_NAMES]) + (f" and {more} more" if more > 0 else "")
        yield f"{program.component}: {names} not listed in help; the table of Vitess {like} has it"


def _in(program: Program) -> str:
    return f"{program.path} of {program.image}" if program.image else program.path


def _origin(flag: Flag) -> str:
    return f"rendered by {flag.document.template}"


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
