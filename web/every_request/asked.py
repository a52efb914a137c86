"""All of a request that its answer may depend on."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from werkzeug.datastructures import Accept, LanguageAccept
from werkzeug.http import parse_accept_header

from web.every_request.compression import coding_for
from web.language import preferred

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: the first is what the client has already
_PARTS: Final = (
    *("HTTP_IF_NONE_MATCH", "REQUEST_METHOD", "HTTP_HOST", "PATH_INFO", "QUERY_STRING"),
    *("HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
)
#: characters of it beyond which no answer is kept
_LONGEST: Final = 1_000

#: `If-None-Match`, the other parts, and what comes of `Accept-Encoding` and `Accept-Language`
Asked = tuple[str | None, ...]


def read_asked(environ: "WSGIEnvironment") -> Asked:
    """Read what a request asks for."""
    encodings = environ.get("HTTP_ACCEPT_ENCODING", "")
    languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    if len(encodings) + len(languages) <= _LONGEST:
        encodings, languages = _negotiated(encodings, languages)
    return (*map(environ.get, _PARTS), encodings, languages)


def is_short(asked: Asked) -> bool:
    """Tell whether an answer may be kept under this."""
    return sum(len(part or "") for part in asked) <= _LONGEST


@lru_cache(maxsize=1_000)
def _negotiated(encodings: str, languages: str) -> tuple[str, str]:
    return (
        coding_for(parse_accept_header(encodings, Accept)),
        preferred(parse_accept_header(languages, LanguageAccept)),
    )
