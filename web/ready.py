"""Answers that were made before and are still right, given ahead of Flask.

An answer is kept under the state it was made from and all of a request that it may depend on. The
state is looked at for every request, so no answer is older than the store. What is kept was given
by Flask to a request like it: the host was allowed, the headers are on it.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept, LanguageAccept
from werkzeug.http import is_resource_modified, parse_accept_header, remove_entity_headers

from db.errors import StoreError
from web.compression import coding_for
from web.guard import Guard
from web.language import preferred
from web.metrics import Meter
from web.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: bytes of answers that are kept, each with what it takes besides its own
MOST_BYTES = 32 * 1024 * 1024
_BESIDES = 4_000
#: characters of an address and of what is negotiated, beyond which nothing is kept
_LONGEST = 1_000
_ASKED = (
    "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_HOST", "PATH_INFO", "QUERY_STRING"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Answer:
    change: int
    until: datetime | None
    view: str
    searched: bool
    tag: str
    modified: str | None
    headers: list[tuple[str, str]]
    brief: list[tuple[str, str]]
    #: None where only those who have it already have asked
    body: bytes | None

    @property
    def weight(self) -> int:
        """How many bytes it takes, roughly."""
        return _BESIDES + len(self.body or b"")


def offer(change: int, moment: datetime | None, *, now: datetime, until: datetime | None) -> None:
    """Let the present answer be given again while the state's number is `change`, until a moment.

    `moment` is when its content last changed: while that second is running, `Last-Modified` is not
    final (`web.headers.last_modified`), and nothing is kept.
    """
    if moment is None or now >= moment.replace(microsecond=0) + timedelta(seconds=1):
        g.offered = (change, until)


class Ready:
    """Stands before an application, for the threads of one process."""

    def __init__(self, app: Flask, served: Services, meter: Meter, guard: Guard) -> None:
        self._inner: WSGIApplication = app.wsgi_app
        self._served, self._meter, self._guard = served, meter, guard
        self._answers: dict[tuple[str, ...], _Answer] = {}
        self._size, self._change = 0, -1
        self._lock = threading.Lock()
        # what is registered first comes last: the answer is complete
        app.after_request(self._keep)
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Give the answer that is ready, or else Flask's."""
        begun = time.perf_counter()
        answer = self._answers.get(_key(environ))
        if answer is None or "HTTP_IF_MATCH" in environ or not self._is_right(answer):
            return self._inner(environ, start_response)
        # the same is told sooner than what is read first
        known = environ.get("HTTP_IF_NONE_MATCH") == answer.tag or not is_resource_modified(
            environ, answer.tag, None, answer.modified
        )
        if (answer.body is None and not known) or self._guard.wait(environ):
            return self._inner(environ, start_response)
        start_response(
            *(("304 NOT MODIFIED", answer.brief) if known else ("200 OK", answer.headers))
        )
        self._meter.count(
            view=answer.view,
            status=304 if known else 200,
            seconds=time.perf_counter() - begun,
            searched=answer.searched and not known,
        )
        return [] if known or environ["REQUEST_METHOD"] == "HEAD" else [answer.body or b""]

    def _is_right(self, answer: _Answer) -> bool:
        if answer.until and self._served.settings.clock() >= answer.until:
            return False
        try:
            return self._served.store.entries.change() == answer.change
        except StoreError:
            return False

    def _keep(self, response: Response) -> Response:
        key, offered = _key(request.environ), g.pop("offered", None)
        whole = response.status_code == 200 and not response.is_streamed
        if not (
            key and offered and request.method == "GET" and (whole or response.status_code == 304)
        ):
            return response
        change, until = offered
        headers = list(response.get_wsgi_headers(request.environ))
        brief = [*headers]
        remove_entity_headers(brief)
        answer = _Answer(
            change=change,
            until=until,
            view=request.endpoint or "none",
            searched=bool(request.args.get("q")),
            tag=response.headers["ETag"],
            modified=response.headers.get("Last-Modified"),
            headers=headers,
            brief=brief,
            body=response.get_data() if whole else None,
        )
        self._put(key, answer)
        return response

    def _put(self, key: tuple[str, ...], answer: _Answer) -> None:
        with self._lock:
            if self._change != answer.change:
                self._answers, self._size, self._change = {}, 0, answer.change
            if known := self._answers.pop(key, None):
                self._size -= known.weight
            self._answers[key] = answer
            self._size += answer.weight
            while self._size > MOST_BYTES:
                # the one that was kept first
                self._size -= self._answers.pop(next(iter(self._answers))).weight


def _key(environ: "WSGIEnvironment") -> tuple[str, ...]:
    """Give all of a request that its answer may depend on; empty where nothing may be kept."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return ()
    asked = tuple([environ.get(name, "") for name in _ASKED])
    if sum(map(len, asked)) > _LONGEST:
        return ()
    return (*asked[2:], *_negotiated(*asked[:2]))


@lru_cache(maxsize=1_000)
def _negotiated(encodings: str, languages: str) -> tuple[str, str]:
    return (
        coding_for(parse_accept_header(encodings, Accept)),
        preferred(parse_accept_header(languages, LanguageAccept)),
    )
