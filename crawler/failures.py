"""Words for what goes wrong between us and a publisher's server."""

from http import HTTPStatus

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.addresses import origin
from db.text import one_line


def describe_failure(error: BaseException, request: Request) -> str:
    """Say in one sentence why a request brought nothing."""
    url = request.url
    match error:
        case HttpError():
            return f"{error.response.url} answered {describe_status(error.response.status)}"
        case DownloadConnectionRefusedError():
            return f"{origin(url)} refused the connection"
        case CannotResolveHostError():
            return f"{origin(url)} has a host name that cannot be found"
        case DownloadTimeoutError():
            return f"{url} gave no answer in time"
        case DownloadCancelledError():
            return f"{url} is larger than we take"
        case ResponseDataLossError():
            return f"{url} broke off in the middle of its answer"
        case IgnoreRequest():
            return f"{url} was not fetched: {one_line(str(error)) or 'not allowed'}"
    detail = one_line(str(error))[:200]
    return f"{url} could not be fetched: {detail or type(error).__name__}"


def describe_status(status: int) -> str:
    """Give an HTTP status with its usual words, `503 Service Unavailable`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
