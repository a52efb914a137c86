"""Answers that were made before and are still right, given ahead of Flask.

Whoever makes an answer offers it. It is kept as it was sent, under the number of the store's state
and all of a request that it may depend on. The number is looked at for every request, so that no
answer is older than the store.
"""

import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Flask, Response, g, request

from db.errors import StoreError
from web.every_request.asked import Asked, is_short, read_asked
from web.every_request.bounded import Bounded
from web.every_request.guard import Guard
from web.every_request.meter import Meter
from web.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: bytes of answers that are kept, each with what it takes besides its own
MOST_BYTES: Final = 32 * 1024 * 1024
_BESIDES: Final = 4_000
#: a tag of ours is weak; the same as a strong one is left to Flask
_ONE_TAG: Final = re.compile(r'W/"[\x21\x23-\x7e]*"')


class _Answer(NamedTuple):
    #: number of the state that it was made from, and until when it is right
    change: int
    until: datetime | None
    #: empty where it is no more than the word that nothing changed
    tag: str
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    #: as what it is counted
    view: str
    searched: bool


def offer(change: int, moment: datetime | None, *, now: datetime, until: datetime | None) -> None:
    """Let the present answer be given again while the state's number is `change`, until a moment.

    `moment` is when its content last changed: while that second is running, `Last-Modified` is not
    final (`web.every_request.headers.last_modified`), and nothing is kept.
    """
    if moment is None or now >= moment.replace(microsecond=0) + timedelta(seconds=1):
        g.offered = change, until


class Ready:
    """Stands before an application, for the threads of one process."""

    def __init__(self, app: Flask, served: Services, meter: Meter, guard: Guard) -> None:
        self._inner: WSGIApplication = app.wsgi_app
        self._present, self._clock = served.store.entries.change, served.settings.clock
        self._meter, self._guard = meter, guard
        self._answers: Bounded[Asked, _Answer] = Bounded(
            MOST_BYTES, lambda _, answer: _BESIDES + len(answer.body)
        )
        self._change = -1
        # what is registered first comes last: the answer is complete
        app.after_request(self._keep)
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Give the answer that is ready, or else Flask's."""
        begun = time.perf_counter()
        answer = self._find(read_asked(environ))
        if answer is None or not self._is_right(answer) or self._guard.wait(environ):
            return self._inner(environ, start_response)
        # a server may change the list it is given (PEP 3333)
        start_response(answer.status, answer.headers.copy())
        taken = time.perf_counter() - begun
        self._meter.count(answer.view, answer.status[:3], taken, answer.searched)
        return [answer.body]

    def _find(self, asked: Asked) -> _Answer | None:
        answer, condition = self._answers.get(asked), asked[0]
        if answer is None and condition and _ONE_TAG.fullmatch(condition):
            # who has an older version is given what everybody is; but not what a date made of it:
            # beside a tag no date counts (RFC 9110, 13.2.2)
            answer = self._answers.get((None, *asked[1:]))
            if answer and answer.tag in ("", condition):
                return None
        return answer

    def _is_right(self, answer: _Answer) -> bool:
        try:
            present = self._present()
        except StoreError:
            return False
        return present == answer.change and (answer.until is None or self._clock() < answer.until)

    def _keep(self, response: Response) -> Response:
        offered, asked = g.pop("offered", None), read_asked(request.environ)
        if offered and is_short(asked) and response.status_code in {200, 304}:
            change, until = offered
            if change != self._change:
                self._answers.clear()
                self._change = change
            body, status, headers = response.get_wsgi_response(request.environ)
            tag = response.headers["ETag"] if response.status_code == 200 else ""
            view, searched = request.endpoint or "none", bool(request.args.get("q"))
            answer = _Answer(change, until, tag, status, headers, b"".join(body), view, searched)
            self._answers.put(asked, answer)
        return response
