"""A number for each request: in every line logged for it, and in an answer that went wrong."""

import secrets
from contextvars import ContextVar

from flask import Flask, Response

_current: ContextVar[str] = ContextVar("request_id", default="")
HEADER = "X-Request-Id"


def current() -> str:
    """Give the number of the request this thread answers; empty outside of one."""
    return _current.get()


def install(app: Flask) -> None:
    """Number the requests of an application. What a client calls its request is not believed."""

    @app.before_request
    def _number() -> None:
        _current.set(secrets.token_hex(6))

    @app.after_request
    def _tell(response: Response) -> Response:
        if response.status_code >= 500:
            response.headers[HEADER] = current()
        return response

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        _current.set("")
