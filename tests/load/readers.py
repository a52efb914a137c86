"""Readers of a site: people who look and search, and programs that fetch feeds."""

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

_WORDS = ("bosetting", "tolk", "arbeid", "norskopplæring", "flyktninger", "kommunene melder")
_FEEDS = ("/feed.atom", "/feed.rss", "/feed.json", "/feed.atom?tag=settlement", "/feed.rss?q=tolk")
_PAGES = ("/", "/?page=2", "/?tag=work", "/sources", "/entries/1", "/entries/3.json", "/about")
#: seconds between two requests of one reader
_PAUSE = 0.02
#: seconds an answer may take before it counts as none
_PATIENCE = 30


@dataclass(slots=True)
class Tally:
    """What the readers met."""

    answers: Counter[str] = field(default_factory=Counter)
    #: seconds of every answer, by what was asked for
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    #: attempts that met no server at all
    unreached: int = 0


class Reader(threading.Thread):
    """Asks for one thing after another until told to stop."""

    def __init__(self, port: int, seed: int, tally: Tally, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._chance = random.Random(seed)
        self._tally = tally
        self._stop_asked = stop
        self._tags: dict[str, str] = {}

    def run(self) -> None:
        """Ask."""
        while not self._stop_asked.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
            try:
                for _ in range(20):
                    if not self._stop_asked.wait(_PAUSE):
                        self._ask(connection)
            except (OSError, http.client.HTTPException):
                self._tally.unreached += 1
                time.sleep(0.1)
            finally:
                connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        kind = self._chance.choice(("page", "search", "feed", "validated"))
        path = {
            "page": self._chance.choice(_PAGES),
            "search": f"/?q={quote(self._chance.choice(_WORDS))}",
        }.get(kind) or self._chance.choice(_FEEDS)
        headers = {"Accept-Encoding": "gzip"}
        if kind == "validated" and path in self._tags:
            headers["If-None-Match"] = self._tags[path]
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        self._tally.seconds.append(time.perf_counter() - begun)
        self._tally.answers[f"{kind} {response.status}"] += 1
        if response.status not in {200, 304, 301, 302, 308} and not (
            response.status == 404 and path.startswith("/entries/")
        ):
            self._tally.wrong.append(f"{path}: {response.status}")
        if tag := response.headers.get("ETag"):
            self._tags[path] = tag
