"""News at imdi.no: which page is news, which a notice of grants, and which a report."""

import re
from datetime import datetime

from parsel import Selector

from crawler.fetching.addresses import canonical_path
from crawler.items import EntryItem
from crawler.shapes.html_page import meta
from crawler.shapes.imdi_any_page import open_page, parse_any
from crawler.shapes.imdi_paths import is_news_path
from crawler.shapes.imdi_report import as_report, is_report
from db.models import Kind

_NOTICE = re.compile(
    r"^(?:tilskudd|tilskot)\b|\b(?:tilskudd|tilskot) til\b|\b(?:tilskudds|tilskots)ordning"
    r"|\b(?:tilleggs)?(?:utlysning|utlysing)|\blyser ut\b|\bsøknadsfrist"
    r"|\bsøk (?:om )?(?:tilskudd|tilskot|støtte|midler)\b"
    r"|\bcall for (?:applications|proposals)\b|\bgrants? for\b",
    re.I,
)
#: titles of what is written about a grant, not of the grant
_ABOUT = re.compile(r"(?:evaluering|rapport|analyse|kartlegging|undersøkelse)\b", re.I)
_NEWS_WORD = re.compile(r"news|article|nyhet|artikkel|aktuel|press", re.I)
_NEWS_CRUMB = re.compile(r"aktuelt(?: nå)?|nyheter|nyhende|arkiverte nyheter.{0,20}|news", re.I)
_CRUMBS = (
    "//*[contains(@class, 'readcrumb') or contains(@aria-label, 'readcrumb')"
    " or contains(@aria-label, 'rødsmule')]//a"
)


def parse_article(
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    kicker: str = "",
    now: datetime | None = None,
) -> EntryItem:
    """Read one page. Its title may come out empty; the pipelines refuse such an item.

    `kicker` is what a list printed above the page's teaser; "Tilleggsutlysning:" tells a notice. A
    page of kind report belongs to the source of reports.

    Raises:
        ShapeError: not HTML; a challenge, an error, a login or a list in place of the page; a page
            without a heading, or without any text.
    """
    page = open_page(body, url=url, content_type=content_type)
    item = parse_any(page, url=url, now=now)
    if is_report(page, item):
        return as_report(page, url=url, now=now)
    item.kind = kind_of(item, kicker)
    return item


def says_news(page: Selector, url: str) -> bool:
    """Tell whether a page says of itself that it is news, wherever it stands."""
    if is_news_path(canonical_path(url)) or meta(page, "og:type") == "article":
        return True
    sorts = [meta(page, name) for name in ("cludo:ContentTypeCategory", "cludo:contenttype")]
    if any(map(_NEWS_WORD.search, sorts)):
        return True
    crumbs = (" ".join(link.xpath("string()").get("").split()) for link in page.xpath(_CRUMBS))
    return any(map(_NEWS_CRUMB.fullmatch, crumbs))


def kind_of(item: EntryItem, kicker: str = "") -> Kind:
    """Tell a notice (grants and calls) from news, by kicker, title and address."""
    if _NOTICE.search(kicker):
        return Kind.NOTICE
    if canonical_path(item.url).startswith("/tilskudd/"):
        return Kind.NOTICE
    called = _NOTICE.search(item.title) and not _ABOUT.match(item.title)
    return Kind.NOTICE if called else Kind.NEWS
