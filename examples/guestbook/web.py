"""The pages of the guestbook."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from .database import NEWEST, Answer, Message, Unavailable

PAGES = 100
"""Pages are numbered from 1. The front page leads to any of them, so that a sharded keyspace is used evenly."""
LONGEST = 2000
"""Characters of a message; its column holds 10000."""
RETRY_SECONDS = 3600
"""How old the moment of an earlier try may be that a form repeats."""
CATCH_UP_SECONDS = 1.0
"""How long a page waits for a message that was just written to reach the replica."""
LOOK_SECONDS = 0.05
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
NOT_SAVED = (
    "Your message was not confirmed, so it may not be saved. It is still in the form below: press Post again in a"
    " moment. It will not appear twice."
)
NOT_READ = "The messages of this page cannot be read at the moment. Reload it a little later."
ON_ITS_WAY = "Your message is saved. It is on its way to the replica that this page was read from: reload to see it."
ELSEWHERE = "This form was sent from another site, so nothing was posted."


class Store(Protocol):
    """What the pages need of guestbook.database.Messages. Both methods raise Unavailable."""

    def newest(self, page: int) -> Answer:
        """What a page shows."""

    def add(self, page: int, message: Message) -> Message:
        """Write a message, and give it as it is there; again is safe."""


@dataclass(frozen=True)
class Clock:
    """Time, for tests to hold."""

    now_ns: Callable[[], int] = time.time_ns
    """Nanoseconds since 1970."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Form:
    """What a person typed, and what is to be said about it."""

    text: str = ""
    created_ns: int = 0
    """The moment of the first try, which makes all tries one message; 0: it was not tried yet."""
    error: str = ""
    detail: str = ""
    notice: str = ""


def create_app(store: Store, clock: Clock | None = None, choose: Callable[[int], int] | None = None) -> Flask:
    """The web application. `choose`: gives one of that many pages, from 1."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.jinja_env.filters["moment"] = moment
    pages = Pages(store, clock or Clock(), choose or (lambda count: random.randint(1, count)))
    app.add_url_rule("/", view_func=pages.front)
    app.add_url_rule("/page/<int:number>", view_func=pages.show, methods=["GET"])
    app.add_url_rule("/page/<int:number>", view_func=pages.post, methods=["POST"], endpoint="post")
    app.add_url_rule("/healthz", view_func=pages.health)
    app.register_error_handler(404, lambda error: pages.missing())
    app.after_request(_guarded)
    return app


class Pages:
    """The views."""

    def __init__(self, store: Store, clock: Clock, choose: Callable[[int], int]) -> None:
        self._store = store
        self._clock = clock
        self._choose = choose
        self._has_read = False

    def front(self) -> AnyResponse:
        """Any page."""
        return redirect(url_for("show", number=self._choose(PAGES)))

    def show(self, number: int) -> Response:
        """A page. `?after=` names a message that it waits for a moment."""
        if not 1 <= number <= PAGES:
            return self.missing()
        return self._page(number, Form(), awaited=_whole_number(request.args.get("after", "")))

    def post(self, number: int) -> AnyResponse:
        """Write a message, and lead to the page that shows it; where that fails, the form keeps what was typed."""
        if not 1 <= number <= PAGES:
            return self.missing()
        text = request.form.get("message", "").replace("\r\n", "\n").strip()
        form = Form(text, self._created(request.form.get("created", "")))
        if _is_from_elsewhere():
            return self._page(number, Form(text, error=ELSEWHERE), status=403)
        if not text or len(text) > LONGEST:
            error = f"The message has {len(text)} characters; it may have {LONGEST}." if text else "Write something."
            return self._page(number, Form(text, error=error), status=400)
        try:
            written = self._store.add(number, Message(form.created_ns, text))
        except Unavailable as error:
            failed = Form(text, form.created_ns, NOT_SAVED, str(error))
            return self._page(number, failed, status=503)
        return redirect(url_for("show", number=number, after=written.created_ns), 303)

    def health(self) -> Response:
        """Ready as soon as the messages could be read once; later the pages themselves say what is wrong."""
        try:
            if not self._has_read:
                self._store.newest(1)
                self._has_read = True
        except Unavailable as error:
            return Response(f"the messages cannot be read: {error}\n", 503, mimetype="text/plain")
        return Response("ok\n", mimetype="text/plain")

    def missing(self) -> Response:
        """There is no such page."""
        return Response(render_template("missing.html", pages=PAGES), 404)

    def _created(self, repeated: str) -> int:
        """The moment of the message: that of an earlier try which the form repeats, if it can be one, else now."""
        now, before = self._clock.now_ns(), _whole_number(repeated)
        return before if now - RETRY_SECONDS * 10**9 < before <= now else now

    def _page(self, number: int, form: Form, status: int = 200, awaited: int = 0) -> Response:
        begun = self._clock.monotonic()
        answer: Answer | None = None
        try:
            answer = self._newest(number, awaited)
            self._has_read = True
        except Unavailable as error:
            status = 503
            form = form if form.error else Form(form.text, form.created_ns, NOT_READ, str(error))
        if answer and awaited and not _holds(answer, awaited):
            form = Form(notice=ON_ITS_WAY)
        body = render_template(
            "page.html",
            number=number,
            pages=PAGES,
            longest=LONGEST,
            form=form,
            answer=answer,
            awaited=awaited,
            milliseconds=round((self._clock.monotonic() - begun) * 1000),
        )
        return Response(body, status, {"Retry-After": "5"} if status == 503 else None)

    def _newest(self, number: int, awaited: int) -> Answer:
        """The page; read again for a moment while it lacks the message that is awaited."""
        deadline = self._clock.monotonic() + CATCH_UP_SECONDS
        answer = self._store.newest(number)
        while awaited and not _holds(answer, awaited) and self._clock.monotonic() < deadline:
            self._clock.sleep(LOOK_SECONDS)
            answer = self._store.newest(number)
        return answer


def _holds(answer: Answer, created_ns: int) -> bool:
    """Whether the message is there; one that as many newer ones as are shown have pushed off the page counts, too."""
    moments = [message.created_ns for message in answer.messages]
    return created_ns in moments or (len(moments) >= NEWEST and min(moments) > created_ns)


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _is_from_elsewhere() -> bool:
    """Whether a browser says that another site made it send this form (cross-site request forgery).

    Every browser of today sends Sec-Fetch-Site, older ones Origin; what sends neither is no browser, and has no
    cookies or logins that could be misused.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def moment(created_ns: int) -> datetime:
    """The moment of a message, in UTC."""
    return datetime.fromtimestamp(created_ns // 10**9, timezone.utc)
