"""Running a program of this machine once, for what it prints. Touches neither the state folder nor what runs."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vitessctl.errors import NotReadyError
from vitessctl.targets.base import Answer, Question, Verdict
from vitessctl.targets.local.account import Account
from vitessctl.targets.local.binaries import MYSQL_FOLDERS, MYSQLD, Binaries, MissingBinaries
from vitessctl.targets.local.launch import own_environment, package_root
from vitessctl.targets.local.state import StateFolder

SECONDS = 20.0
"""How long a program may take to print its help: 0.1 s on an idle machine."""
_AT_ONCE = 4
"""How many programs are asked for their help side by side."""


class OnceRunner:
    """Runs them as the servers' user, in an environment as supervisord's."""

    def __init__(
        self, state: StateFolder, binaries: Binaries, account: Account, release: str, environ: Mapping[str, str]
    ) -> None:
        """`release` is what stand-ins are told to be, as their documents tell them."""
        self._binaries = binaries
        self._account = account
        self._environment = {**own_environment(state, environ), "VITESSCTL_RELEASE": release, "HOME": "/"}

    def answers(self, questions: Sequence[Question], cancelled: threading.Event) -> list[Answer]:
        """One answer a question, in their order. Raises NotReadyError where `cancelled` is set."""

        def answer(question: Question) -> Answer:
            if cancelled.is_set():
                raise NotReadyError("the programs were not waited for any longer")
            return self.run(question)

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="once") as pool:
            return list(pool.map(answer, questions))

    def run(self, question: Question) -> Answer:
        """What a program prints, or why it cannot be run."""
        command = self._command(question.program)
        if not command:
            missing = MissingBinaries((question.program,), self._binaries.searched)
            return Answer(question, trouble=Verdict.doomed(f"{missing.what} ({missing.why})", missing.fix))
        try:
            ended = self._ended([*command, question.argument])
        except OSError as error:
            return Answer(question, trouble=_not_run(command[0], error))
        except subprocess.TimeoutExpired:
            reason = f"{command[0]} {question.argument} did not end within {SECONDS:.0f} s"
            return Answer(question, trouble=Verdict.doomed(reason, "run it by hand to see what it waits for"))
        return Answer(question, tuple(ended.stdout.splitlines()), ended.returncode)

    def _ended(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        other = self._account.is_other
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            cwd="/",
            env=self._environment,
            user=self._account.uid if other else None,
            group=self._account.gid if other else None,
            extra_groups=[] if other else None,
        )

    def _command(self, program: str) -> list[str]:
        """How a program is called; empty where it is not on this machine."""
        if os.path.dirname(program):
            return [program]
        if self._binaries.rehearsal:
            return [sys.executable, "-c", _STAND_IN.format(root=package_root(), program=program)]
        found = self._mysqld() if program == MYSQLD else self._binaries.programs.get(program)
        return [str(found)] if found else []

    def _mysqld(self) -> Path | None:
        root = self._binaries.mysql_root
        folders = [root / folder for folder in MYSQL_FOLDERS] if root else []
        return next((folder / MYSQLD for folder in folders if (folder / MYSQLD).exists()), None)


_STAND_IN = (
    "import sys; sys.path.insert(0, {root!r}); from vitessctl.rehearsal.launch import leave, main;"
    " leave(main([{program!r}, *sys.argv[1:]]))"
)


def _not_run(program: str, error: OSError) -> Verdict:
    if error.errno == errno.ENOEXEC:
        return Verdict.doomed(
            f"{program} is made for another kind of processor than this machine has (exec format error)",
            "get the programs for this kind of processor",
        )
    return Verdict.doomed(f"{program} cannot be run: {error.strerror}", "mend the path, or its permissions")
