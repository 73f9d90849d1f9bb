"""A command line of vtctlclient, sent to vtctld without it: the legacy service takes the words as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from vitessctl.vtctld.channel import Channel
from vitessctl.vtctld.errors import VtctldError, VtctldUnreachableError

SECONDS = 3600.0
"""How long a command may take: what vtctlclient gives it, too."""


def run_command(address: str, words: Sequence[str], out: TextIO, err: TextIO, seconds: float = SECONDS) -> int:
    """Run it; what it prints goes to `out` as it comes, its log lines to `err`. Gives vtctlclient's exit code.

    Raises VtctldUnreachableError.
    """
    channel = Channel(address)
    try:
        for printed, text in channel.follow(words, seconds):
            stream = out if printed else err
            stream.write(text if printed else f"{text.rstrip()}\n")
            stream.flush()
    except VtctldUnreachableError:
        raise
    except VtctldError as error:
        err.write(f"{words[0]} Error: {error.text or error.what}\n")
        return 1
    finally:
        channel.close()
    return 0
