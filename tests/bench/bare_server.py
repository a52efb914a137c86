"""`python -m bench.bare_server PORT FILE TAG`: our server with two lines in place of a site."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def build() -> "WSGIApplication":
    """Make an application that gives bytes, or 304 to who has them."""
    body, tag = [Path(sys.argv[2]).read_bytes()], sys.argv[3]
    headers = [("ETag", tag), ("Content-Encoding", "gzip"), ("Content-Type", "text/xml")]

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        known = environ.get("HTTP_IF_NONE_MATCH") == tag
        start_response("304 NOT MODIFIED" if known else "200 OK", headers)
        return [] if known else body

    return answer


if __name__ == "__main__":
    Server(
        "bare", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        blocking_threads=4, websockets=False, log_access=False,
    ).serve(target_loader=build, wrap_loader=False)  # fmt: skip
