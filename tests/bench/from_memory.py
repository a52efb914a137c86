"""`python -m bench.from_memory PORT FILE TYPE`: a Flask view that returns the same bytes always."""

import sys
from pathlib import Path

from flask import Flask, Response
from granian.constants import Interfaces
from granian.server import Server


def build() -> Flask:
    """Make the application."""
    content, media_type = Path(sys.argv[2]).read_bytes(), sys.argv[3]
    app = Flask(__name__)

    @app.get("/")
    def answer() -> Response:
        return Response(content, content_type=media_type)

    return app


if __name__ == "__main__":
    Server(
        "memory", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        blocking_threads=4, websockets=False, log_access=False,
    ).serve(target_loader=build, wrap_loader=False)  # fmt: skip
