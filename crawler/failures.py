"""Words for what goes wrong between us and a publisher's server."""

from http import HTTPStatus

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.web.client import ResponseNeverReceived

from crawler.addresses import origin
from db.text import one_line


def describe_failure(error: BaseException, request: Request) -> tuple[str, str]:
    """Say what brought nothing and why: an address, and the words that go on from it."""
    url = request.url
    match error:
        case HttpError():
            return error.response.url, f"answered {describe_status(error.response.status)}"
        case DownloadConnectionRefusedError():
            return origin(url), "refused the connection"
        case CannotResolveHostError():
            return origin(url), "has a host name that cannot be found"
        case DownloadTimeoutError():
            return url, "gave no answer in time"
        case DownloadCancelledError():
            return url, "is larger than we take"
        case ResponseDataLossError():
            return url, "broke off in the middle of its answer"
        case ResponseNeverReceived() | DownloadFailedError():
            return url, "closed the connection without an answer"
        case IgnoreRequest():
            return url, f"was not fetched: {one_line(str(error)) or 'not allowed'}"
    detail = one_line(str(error))[:200]
    return url, f"could not be fetched: {detail or type(error).__name__}"


def describe_status(status: int) -> str:
    """Give an HTTP status with its usual words, `503 Service Unavailable`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
