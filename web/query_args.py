"""From the parameters of an address or a form to an `EntryQuery` and a `Paging`."""

from collections.abc import Iterable

from db.errors import BadValueError
from db.query import EntryQuery, Paging, Vocabulary
from db.text import clean

#: bytes of `q`, in UTF-8; longer is a paste by accident or a probe
MOST_Q_BYTES = 10_000
#: everything that belongs to a query, as against paging and form fields
QUERY_PARAMETERS = frozenset({"q", "tag", "kind", "source", "lang", "from", "to", "sort", "exact"})
#: values of one request; more name the same few things over and over
MOST_VALUES = 200

Pairs = Iterable[tuple[str, str]]


def read_query(pairs: Pairs, vocabulary: Vocabulary | None) -> EntryQuery:
    """Read the query; characters nobody sees are taken out of `q`.

    Without a vocabulary tags and sources are not checked: a stored query outlives them.

    Raises:
        UnknownValueError: a tag, kind, source or language that does not exist.
        BadValueError: a date or order that cannot be read, or a `q` over `MOST_Q_BYTES`.
    """
    given = [(name, value) for name, value in pairs if name in QUERY_PARAMETERS]
    if len(given) > MOST_VALUES:
        raise BadValueError("", "", f"more than {MOST_VALUES} query parameters")
    words = " ".join(value for name, value in given if name == "q")
    if len(words.encode("utf-8", "replace")) > MOST_Q_BYTES:
        raise BadValueError("q", words, f"q is longer than {MOST_Q_BYTES} bytes")
    return EntryQuery.parse(((name, clean(value)) for name, value in given), vocabulary)


def read_whole(pairs: Pairs, vocabulary: Vocabulary | None) -> EntryQuery:
    """Read the query of what has no pages; `page` and `per_page` choose nothing, but must be right.

    Raises:
        UnknownValueError, BadValueError: as `read_query` and `read_paging` do.
    """
    given = list(pairs)
    read_paging(given)
    return read_query(given, vocabulary)


def read_paging(pairs: Pairs, *, most: int = 100) -> Paging:
    """Read `page` and `per_page`, at most `most` on a page. Raises `BadValueError`."""
    return Paging.parse(pairs, most=most)
