"""Answers that were made before and are still right, given ahead of Flask.

Whoever makes an answer offers it. It is kept as it was sent, under the number of the store's state
and all of a request that it may depend on. The number is looked at for every request, so that no
answer is older than the store.
"""

import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept, LanguageAccept
from werkzeug.http import parse_accept_header

from db.errors import StoreError
from web.every_request.bounded import Bounded
from web.every_request.compression import coding_for
from web.every_request.guard import Guard
from web.every_request.meter import Meter
from web.language import preferred
from web.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: bytes of answers that are kept, each with what it takes besides its own
MOST_BYTES: Final = 32 * 1024 * 1024
_BESIDES: Final = 4_000
#: characters of all that an answer may depend on, beyond which it is not kept
_LONGEST: Final = 1_000
#: what an answer may depend on besides what is negotiated
_ASKED: Final = (
    *("REQUEST_METHOD", "HTTP_HOST", "PATH_INFO", "QUERY_STRING"),
    *("HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
)

#: a tag of ours is weak; the same as a strong one is left to Flask
_ONE_TAG: Final = re.compile(r'W/"[\x21\x23-\x7e]*"')


class _Offer(NamedTuple):
    change: int
    until: datetime | None
    view: str
    searched: bool


class _Answer(NamedTuple):
    offer: _Offer
    tag: str
    status: str
    headers: list[tuple[str, str]]
    body: list[bytes]

    @property
    def is_whole(self) -> bool:
        """Whether it is more than the word that nothing changed."""
        return self.status.startswith("200")


_Name = tuple[str | None, ...]


def offer(change: int, moment: datetime | None, *, now: datetime, until: datetime | None) -> None:
    """Let the present answer be given again while the state's number is `change`, until a moment.

    `moment` is when its content last changed: while that second is running, `Last-Modified` is not
    final (`web.every_request.headers.last_modified`), and nothing is kept.
    """
    if moment is None or now >= moment.replace(microsecond=0) + timedelta(seconds=1):
        g.offered = _Offer(change, until, request.endpoint or "none", bool(request.args.get("q")))


class Ready:
    """Stands before an application, for the threads of one process."""

    def __init__(self, app: Flask, served: Services, meter: Meter, guard: Guard) -> None:
        self._inner: WSGIApplication = app.wsgi_app
        self._present, self._clock = served.store.entries.change, served.settings.clock
        self._meter, self._guard = meter, guard
        self._answers: Bounded[_Name, _Answer] = Bounded(MOST_BYTES, _weight)
        self._change = -1
        # what is registered first comes last: the answer is complete
        app.after_request(self._keep)
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Give the answer that is ready, or else Flask's."""
        begun = time.perf_counter()
        answer = self._find(_name(environ), environ.get("HTTP_IF_NONE_MATCH"))
        if answer is None or not self._is_right(answer.offer) or self._guard.wait(environ):
            return self._inner(environ, start_response)
        # a server may change the list it is given (PEP 3333)
        start_response(answer.status, answer.headers.copy())
        _, _, view, searched = answer.offer
        self._meter.count(view, answer.status[:3], time.perf_counter() - begun, searched)
        return answer.body

    def _find(self, name: _Name, condition: str | None) -> _Answer | None:
        answer = self._answers.get((*name, condition))
        if answer is None and condition:
            # who has something older, told by one tag, is given what everyone is; but not what a
            # date made of it: beside a tag no date counts (RFC 9110, 13.2.2)
            answer = self._answers.get((*name, None))
            if answer and (not answer.is_whole or condition == answer.tag):
                return None
            if not _ONE_TAG.fullmatch(condition):
                return None
        return answer

    def _is_right(self, offered: _Offer) -> bool:
        try:
            present = self._present()
        except StoreError:
            return False
        return present == offered.change and not (offered.until and self._clock() >= offered.until)

    def _keep(self, response: Response) -> Response:
        condition = request.environ.get("HTTP_IF_NONE_MATCH")
        offered, name = g.pop("offered", None), (*_name(request.environ), condition)
        is_short = sum(len(part or "") for part in name) <= _LONGEST
        if offered and is_short and response.status_code in {200, 304}:
            if offered.change != self._change:
                self._answers.clear()
                self._change = offered.change
            body, status, headers = response.get_wsgi_response(request.environ)
            tag = response.headers["ETag"]
            self._answers.put(name, _Answer(offered, tag, status, headers, [b"".join(body)]))
        return response


def _weight(name: _Name, answer: _Answer) -> int:
    return _BESIDES + len(answer.body[0])


def _name(environ: "WSGIEnvironment") -> _Name:
    """Give all of a request that its answer may depend on."""
    encodings = environ.get("HTTP_ACCEPT_ENCODING", "")
    languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    if len(encodings) + len(languages) <= _LONGEST:
        encodings, languages = _negotiated(encodings, languages)
    return (*map(environ.get, _ASKED), encodings, languages)


@lru_cache(maxsize=1_000)
def _negotiated(encodings: str, languages: str) -> tuple[str, str]:
    return (
        coding_for(parse_accept_header(encodings, Accept)),
        preferred(parse_accept_header(languages, LanguageAccept)),
    )
