"""What is asked of which program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from vitessctl.probe.programs import Program
from vitessctl.targets.base import Question

HELP, VERSION = "--help", "--version"
MYSQLD = "mysqld"


class About(Enum):
    """What the answer tells."""

    FLAGS = "flags"
    VITESS = "vitess"
    """The version of Vitess in an image."""
    MYSQL = "mysql"
    ETCD = "etcd"


@dataclass(frozen=True)
class Asked:
    """A question and what it is for."""

    about: About
    program: Program
    question: Question


def ask(programs: Sequence[Program]) -> list[Asked]:
    """Every program for its flags, every image for its version, and the MySQL beside each mysqlctld for its own."""
    asked: list[Asked] = []
    versioned: set[str] = set()
    for program in programs:
        asked.append(_asked(asked, About.FLAGS, program, program.component, program.path, HELP))
        if program.component == "etcd":
            asked.append(_asked(asked, About.ETCD, program, "etcd", program.path, VERSION))
        elif program.image not in versioned:
            versioned.add(program.image)
            asked.append(_asked(asked, About.VITESS, program, program.component, program.path, VERSION))
        if program.component == "mysqlctld":
            asked.append(_asked(asked, About.MYSQL, program, MYSQLD, MYSQLD, VERSION))
    return asked


def _asked(before: Sequence[Asked], about: About, program: Program, component: str, path: str, argument: str) -> Asked:
    taken = {each.question.name for each in before}
    name = next(name for name in _names(f"{component}-{argument.strip('-')}") if name not in taken)
    return Asked(about, program, Question(name, program.document, program.container, path, argument))


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
