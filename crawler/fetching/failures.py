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

from crawler.errors import WallError
from crawler.fetching.addresses import origin
from crawler.runs.reason import Reason, cause_of
from db.models import Cause
from db.text import one_line

_FORBIDDING = frozenset({401, 403, 407, 451})
_GONE = frozenset({404, 410})


def describe_failure(error: BaseException, request: Request) -> tuple[str, str]:
    """Say what brought nothing and why: an address, and the words that go on from it."""
    url = request.url
    match error:
        case WallError(args=[str(reason)]):
            # it says itself which page it was
            address, _, words = reason.partition(" ")
            return address, words
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


def reason_of(error: BaseException, request: Request) -> Reason:
    """Say in one sentence why a request brought nothing, with the cause."""
    return Reason(" ".join(describe_failure(error, request)), cause_of_failure(error))


def cause_of_failure(error: BaseException) -> Cause:
    """Tell what sort of failure it was."""
    match error:
        case WallError(args=[str(reason)]):
            return cause_of(reason, Cause.ERROR_PAGE)
        case HttpError():
            return cause_of_status(error.response.status)
        case IgnoreRequest():
            return cause_of(error.args[0] if error.args else "", Cause.FORBIDDEN)
    return Cause.UNREACHABLE


def cause_of_status(status: int) -> Cause:
    """Tell what an HTTP status that is no success means for a source."""
    if status in _FORBIDDING:
        return Cause.FORBIDDEN
    return Cause.MOVED if status in _GONE else Cause.UNREACHABLE


def is_gone(error: BaseException) -> bool:
    """Tell whether a server said that there is no such page."""
    return isinstance(error, HttpError) and error.response.status in _GONE


def describe_status(status: int) -> str:
    """Give an HTTP status with its usual words, `503 Service Unavailable`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
