"""Every address and permanent id that pages, feeds and mails point to, built in one place."""

import re
import unicodedata
from urllib.parse import quote, urlencode

from db.models import Entry, Language
from db.query import EntryQuery
from feed.site import Site

#: longest slug of an entry's address
MOST_SLUG_CHARACTERS = 80
#: slug of a title without a single letter or digit
EMPTY_SLUG = "sak"
#: last parts of addresses below an entry that are no slugs
RESERVED_SLUGS = frozenset({"history"})

# Letters that decomposition (NFKD) leaves whole: Norwegian, North Sámi and their neighbours.
_ASCII = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t", "ð": "d", "þ": "th", "ß": "ss"}
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slug(title: str) -> str:
    """Give a title as lower-case ASCII words joined by hyphens; never empty."""
    plain = title[: 4 * MOST_SLUG_CHARACTERS].lower().translate(_ASCII)
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    words = _NOT_SLUG.sub("-", letters).strip("-")
    if len(words) > MOST_SLUG_CHARACTERS:
        words = words[: MOST_SLUG_CHARACTERS + 1].rpartition("-")[0] or words[:MOST_SLUG_CHARACTERS]
    if words in RESERVED_SLUGS:
        return f"{words}-{EMPTY_SLUG}"
    return words or EMPTY_SLUG


def entry_uri(site: Site, entry_id: int) -> str:
    """Give an entry's permanent id (RFC 4151): no host, title or slug can change it."""
    return f"tag:{site.authority}:entry/{entry_id}"


def feed_uri(site: Site, query: EntryQuery) -> str:
    """Give the permanent id of a query's feed, the same in every format."""
    return f"tag:{site.authority}:feed{_suffix(query.selection())}"


def entry_url(site: Site, entry: Entry) -> str:
    """Give the canonical address of an entry's page."""
    return title_url(site, entry.id, entry.title)


def title_url(site: Site, entry_id: int, title: str) -> str:
    """Give the canonical address of the page of an entry known by number and title."""
    return f"{site.base}/entries/{entry_id}/{slug(title)}"


def history_url(site: Site, entry_id: int) -> str:
    """Give the address of an entry's earlier wordings."""
    return f"{site.base}/entries/{entry_id}/history"


def listing_url(site: Site, query: EntryQuery) -> str:
    """Give the address of a query's listing."""
    return f"{site.base}/{_suffix(query)}"


def feed_url(site: Site, query: EntryQuery, format_name: str) -> str:
    """Give the address of a query's feed; `format_name` is a key of `feed.FORMATS`."""
    return f"{site.base}/feed.{format_name}{_suffix(query.selection())}"


def changes_url(site: Site, query: EntryQuery) -> str:
    """Give the address of the feed of what was altered among a query's entries."""
    return f"{site.base}/changes.atom{_suffix(query.selection())}"


def changes_uri(site: Site, query: EntryQuery) -> str:
    """Give the permanent id of the feed of what was altered among a query's entries."""
    return f"tag:{site.authority}:changes{_suffix(query.selection())}"


def archive_url(site: Site, query: EntryQuery, format_name: str, part: str) -> str:
    """Give the address of a document of the archive of a query's feed."""
    pairs = sorted([*query.selection().parameters(), ("archive", part)])
    return f"{site.base}/feed.{format_name}?{urlencode(pairs)}"


def entry_file_url(site: Site, entry_id: int, name: str) -> str:
    """Give the address of an entry as data: `json`, or a key of `CITATION_FORMATS`."""
    return f"{site.base}/entries/{entry_id}.{name}"


def export_url(site: Site, query: EntryQuery, name: str) -> str:
    """Give the address of all of a query in one file: `csv`, or a key of `CITATION_FORMATS`."""
    return f"{site.base}/export.{name}{_suffix(query)}"


def calendar_url(site: Site, query: EntryQuery) -> str:
    """Give the address of the deadlines of a query as a calendar."""
    return f"{site.base}/deadlines.ics{_suffix(query.selection())}"


def confirm_url(site: Site, token: str) -> str:
    """Give the address that shows a sign-up and its confirm button."""
    return f"{site.base}/confirm/{quote(token, safe='')}"


def refuse_url(site: Site, token: str) -> str:
    """Give the address where whoever did not ask for a confirmation can refuse further ones."""
    return f"{site.base}/refuse/{quote(token, safe='')}"


def manage_url(site: Site, token: str) -> str:
    """Give the address of a reader's subscriptions."""
    return f"{site.base}/subscriptions/{quote(token, safe='')}"


def digest_page_url(site: Site, token: str) -> str:
    """Give the address of a digest as a page, which names nobody."""
    return f"{site.base}/digests/{quote(token, safe='')}"


def unsubscribe_url(site: Site, token: str) -> str:
    """Give the address that ends what the token stands for, by POST."""
    return f"{site.base}/unsubscribe/{quote(token, safe='')}"


def in_language(url: str, language: Language) -> str:
    """Give a page's address so that it opens in a language; as it is for bokmål."""
    return url if language is Language.BOKMAL else f"{url}?ui={language.value}"


def _suffix(query: EntryQuery) -> str:
    parameters = query.canonical()
    return f"?{parameters}" if parameters else ""
