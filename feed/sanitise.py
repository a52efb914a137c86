"""What publishers wrote, made safe to show: HTML by an allowlist, links checked, summaries cut."""

import re
from typing import Final

import nh3
from lxml import etree  # type: ignore[import-untyped]

from db.models import EntryData
from db.text import clean
from feed.wording import cut

# fmt: off
#: structure a text may keep. No images (rights and tracking), no forms, no scripts, no styles
ALLOWED_TAGS: Final = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "dl", "dt", "em",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "q", "s", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
})
#: elements that go with everything inside them; any other unknown tag leaves its text
DROPPED_WITH_CONTENT: Final = frozenset({
    "audio", "button", "canvas", "embed", "iframe", "math", "noscript", "object", "script",
    "select", "style", "svg", "template", "textarea", "title", "video",
})
# fmt: on
_ATTRIBUTES: Final = {
    "*": {"lang"},
    "a": {"href", "hreflang"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Formatting left open is opened again in every following block (HTML standard, "reconstruct the
# active formatting elements"): 30 kB of it grow to 50 MB. Past this many pairs it is closed first.
_FORMATTING: Final = re.compile(
    r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>/]", re.I
)
_MOST_PAIRS: Final = 20_000
_LINK_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_MOST_URL_CHARACTERS: Final = 2000
#: a host in brackets is an IPv6 address (RFC 3986, 3.2.2)
_WEB_ADDRESS: Final = re.compile(
    r"(?P<host>https?://(?:[^\s/?#@\[\]<>\"{}|\\^`%]*@)?(?:\[[0-9a-f:.]+\]|[^\s/?#@\[\]<>\"{}|\\^`%:]+)"
    r"(?::[0-9]*)?)(?P<rest>[/?#].*)?",
    re.IGNORECASE,
)
_NOT_IN_ADDRESS: Final = re.compile(r"[ \[\]<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")

#: characters in the summary of a feed item or a mail
SUMMARY_CHARACTERS: Final = 400


def sanitise(html: str, base_url: str) -> str:
    """Reduce HTML to allowed structure with absolute links.

    Relative links are resolved against `base_url`; without a usable one they lose their target.
    """
    base = safe_url(base_url)
    once = _allowed(_well_nested(clean(html)), base)
    # character references may stand for what `clean` removes; removing it may not open a new way in
    twice = clean(once)
    return once if twice == once else _allowed(twice, base)


def safe_url(url: str) -> str:
    """Give a web address back if it is one that may be linked to (http or https), else nothing.

    What may not stand in an address as it is (RFC 3986, 2) is escaped: some servers have files
    called `Rapport [1].pdf`, and readers and validators refuse the bare form.
    """
    address = url.strip()
    # within an address, space is a blank or a sign of something else
    if len(address) > _MOST_URL_CHARACTERS or len(address.replace(" ", "").split()) != 1:
        return ""
    found = _WEB_ADDRESS.fullmatch(address)
    if not found or clean(address) != address or not _parses(address):
        return ""
    before, marker, fragment = (found["rest"] or "").partition("#")
    rest = before + marker + fragment.replace("#", "%23")
    return found["host"] + _NOT_IN_ADDRESS.sub(lambda bad: f"%{ord(bad[0]):02X}", rest)


def summary_of(entry: EntryData, limit: int = SUMMARY_CHARACTERS) -> str:
    """Give an entry's lead, or else the beginning of its text, as one line cut at a word."""
    return cut(entry.lead, limit) or cut(entry.body_text, limit)


def _allowed(html: str, base: str) -> str:
    return nh3.clean(
        html,
        tags=set(ALLOWED_TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_LINK_SCHEMES),
        link_rel="noopener noreferrer",
        url_relative=("rewrite_with_base", base) if base else "deny",
    )


def _well_nested(html: str) -> str:
    if len(_FORMATTING.findall(html)) * html.count("<") <= _MOST_PAIRS:
        return html
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    root = etree.fromstring(html.encode(), parser)
    return str(etree.tostring(root, encoding="unicode", method="html"))


def _parses(address: str) -> bool:
    try:
        nh3.clean("", url_relative=("rewrite_with_base", address))
    except ValueError:
        return False
    return True
