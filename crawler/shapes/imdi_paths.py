"""Addresses at imdi.no, of today's site and of yesterday's: what may lie behind each.

Paths are canonical (`crawler/fetching/addresses.py`). Older news stood directly under the root, so
a path alone never tells that something is no news; it tells what is.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from crawler.fetching.addresses import canonical_path, origin, same_site, web_address

#: where lists of news have been seen, today's first; the front page comes last
NEWS_LISTS = ("/aktuelt/", "/aktuelt/nyheter/", "/om-imdi/aktuelt-na/", "/")
#: where lists of reports have been seen, or may stand
REPORT_LISTS = (
    "/tall-og-fakta/rapporter/",
    "/om-imdi/rapporter/",
    "/rapporter/",
    "/arkiv/arkiverte-publikasjoner/",
)

_HOSTS = frozenset({"imdi.no", "www.imdi.no"})
_FRONT_PAGES = frozenset({"/", "/en/", "/english/", "/en/english/"})
_NEWS = re.compile(
    r"/(?:aktuelt|om-imdi/aktuelt-na|arkiv/arkiverte-nyheter|(?:en/)?(?:english/)?news)/(.*)"
)
_NEWS_LIST_PART = re.compile(r"nyheter(?:-[0-9]{4})?|[0-9]{4}|arkiv|rapporter")
_REPORTS = re.compile(
    r"rapport(?:er|ar)(?:-og-[a-z-]*)?|forskningsrapporter|fou-rapporter|publikasjoner"
    r"|arkiverte-publikasjoner|reports|publications"
)
_YEAR = re.compile("[0-9]{4}")
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|csv|zip|jpe?g|png|gif|svg|mp4|xml)/?$", re.I
)
_PAGE_PARAMETERS = frozenset({"page", "side", "p"})
_LOGIN = re.compile(r"/(?:util/)?(?:log-?in|logg-?inn|signin|sign-in|account)(?:[/.]|$)", re.I)
#: topics and fittings of the site: they name no single piece of news
_SECTIONS = re.compile(
    "aktuelt|arkiv|bosetting|en|english|frivillighet|innloggede-tjenester|kontakt"
    "|kurs-og-arrangementer|kvalifisering|maler|negativ-sosial-kontroll|om-imdi"
    "|om-integrering-i-norge|personvern|planlegging-og-bosetting|regelverk|sok|tall-og-fakta"
    "|tilgjengelighetserklaring|tilskudd|tolk"
)
#: words in the name of an article under the root; a section's name is shorter
_HEADLINE_WORDS = 4


def site_address(href: str, url: str) -> str:
    """Give a link as the address its page is fetched by, or nothing where it leaves the site.

    Links that name imdi.no lead to the site that `url` stands at, so that a copy on another host
    is read from there. Scheme, `www.`, final slash, tracking and fragment make no difference.
    """
    target = web_address(href, url)
    if not target:
        return ""
    if not same_site(target, url) and urlsplit(target).hostname not in _HOSTS:
        return ""
    return origin(url) + canonical_path(target)


def is_front_page(path: str) -> bool:
    """Tell whether a path is the front page in any language."""
    return path in _FRONT_PAGES


def is_login(url: str) -> bool:
    """Tell whether an address asks who the visitor is."""
    return bool(_LOGIN.search(urlsplit(url).path))


def is_file(path: str) -> bool:
    """Tell whether a path ends in the name of a file."""
    return bool(_FILE.search(path))


def is_page_of_list(url: str) -> bool:
    """Tell whether an address names a page of a list."""
    return any(name.lower() in _PAGE_PARAMETERS for name, _ in parse_qsl(urlsplit(url).query))


def is_news_list(path: str) -> bool:
    """Tell whether a path is one under which news is listed, or a year of its archive."""
    found = _NEWS.fullmatch(path)
    return found is not None and all(map(_NEWS_LIST_PART.fullmatch, _parts(found[1])))


def is_news_path(path: str) -> bool:
    """Tell whether a path lies where news alone lies."""
    found = _NEWS.fullmatch(path)
    if found is None or is_news_list(path) or is_report_path(path):
        return False
    return not is_file(path) and "?" not in path


def is_report_list(path: str) -> bool:
    """Tell whether a path is one under which reports are listed, or a year of it."""
    below = _below_reports(path)
    if below is None or "?" in path:
        return False
    return not below or (len(below) == 1 and bool(_YEAR.fullmatch(below[0])))


def is_report_path(path: str) -> bool:
    """Tell whether a path lies deeper than a list of reports."""
    below = _below_reports(path)
    return bool(below) and not is_report_list(path) and not is_file(path) and "?" not in path


def may_be_news(path: str) -> bool:
    """Tell whether a path could be an article; what says that it is must come from elsewhere."""
    parts = _parts(path)
    if (
        not parts
        or "?" in path
        or is_file(path)
        or (len(parts) == 1 and _SECTIONS.fullmatch(parts[0]))
    ):
        return False
    return not (is_front_page(path) or is_news_list(path) or _below_reports(path) is not None)


def may_be_root_news(path: str) -> bool:
    """Tell whether a path could be an article directly under the root, by its length alone."""
    parts = _parts(path)
    return len(parts) == 1 and parts[0].count("-") >= _HEADLINE_WORDS - 1 and may_be_news(path)


def _below_reports(path: str) -> list[str] | None:
    """Give the parts of a path after the list of reports in it; None where there is no list."""
    parts = _parts(path)
    place = next((place for place, part in enumerate(parts) if _REPORTS.fullmatch(part)), None)
    return None if place is None else parts[place + 1 :]


def _parts(path: str) -> list[str]:
    return [part for part in path.partition("?")[0].split("/") if part]
