"""`python -m guestbook`: serves the guestbook until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from waitress import serve

from .database import Messages, connector
from .settings import NotTold, from_environment
from .web import create_app

THREADS = 8


def main() -> None:
    """Serve. Ends with a sentence where a variable is missing."""
    try:
        settings = from_environment(os.environ)
    except NotTold as error:
        sys.exit(f"guestbook: {error}")
    signal.signal(signal.SIGTERM, _end)
    app = create_app(Messages(connector(settings), settings.primary, settings.replica))
    print(f"guestbook: listens on {settings.host}:{settings.port}", flush=True)  # noqa: T201
    serve(app, host=settings.host, port=settings.port, threads=THREADS, ident="")


def _end(number: int, frame: FrameType | None) -> None:
    """SIGTERM would end Python where it stands; this lets waitress close its sockets."""
    raise SystemExit(0)


if __name__ == "__main__":
    main()
