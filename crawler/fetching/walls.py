"""Pages that stand where another was asked for: error pages, log-ins and challenges.

Servers send them as 200, so only what they say tells. Every pattern is one that no heading of an
article has, and the pages of a publisher that merely offers a log-in pass.
"""

import re
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, Response

from crawler.fetching.challenge import is_challenge
from crawler.fetching.roles import asked_url
from crawler.runs.reason import Reason
from db.models import Cause
from db.text import one_line

#: bytes of a page that are looked through
_HEAD = 200_000
_CHALLENGE_STATUSES = frozenset({200, 403, 429, 503})
_CHALLENGE_TITLES = re.compile(
    r"just a moment|attention required|vent litt|et øyeblikk|checking your browser"
    r"|pardon our interruption|ddos-guard|are you a robot|er du et menneske|access denied",
    re.IGNORECASE,
)
_PAGE = r"(?:siden|sida|denne siden|artikkelen|dokumentet|innholdet)"
_STATUS_WORDS = (
    r"feil|error|not found|page not found|ikke funnet|siden (?:finnes|ble) ikke|fant ikke"
    r"|internal server error|service unavailable|bad gateway"
)
#: what no heading of an article says
_ERROR_TITLES = re.compile(
    "|".join(
        (
            r"(?:http |feil |error |http error )?(?:404|410|500|502|503)"
            rf"(?:[ :–—.-]{{1,4}}(?:{_STATUS_WORDS}).{{0,80}})?[.!]?",
            rf"(?:(?:beklager|oops|ops|uff)[,!. –-]{{1,4}})?{_PAGE}"
            r"(?: du (?:leter|lette|ser) etter)?"
            r" (?:finnes ikke|fins ikke|finst ikkje|eksisterer ikke|ble ikke funnet"
            r"|vart ikkje funnen|er ikke tilgjengelig|er fjernet|er slettet).{0,60}",
            rf"(?:beklager[,!. –-]{{1,4}})?(?:vi )?(?:fant|finner|fann|finn) ikk(?:e|je) {_PAGE}"
            r".{0,60}",
            r"(?:the |this )?page (?:(?:was |could |can)?(?:not|no longer))(?: be)?"
            r" (?:found|exists?).{0,60}",
            r"(?:not found|ikke funnet|bad gateway|internal server error|service unavailable)[.!]?",
        )
    ),
    re.IGNORECASE,
)
#: what an article's heading may say too, so that only a page without a text is one of an error
_ERROR_TITLES_WITHOUT_TEXT = re.compile(
    "|".join(
        (
            r"(?:beklager[,!. –-]{1,4})?(?:det )?(?:har )?oppst(?:od|ått|o)(?: en| ein)? feil"
            r".{0,60}",
            r"(?:beklager[,!. –-]{1,4})?(?:en |teknisk |en teknisk )feil.{0,60}",
            r"(?:oops[,!. –-]{1,4})?(?:noe gikk galt|something went wrong).{0,60}",
            r"(?:siden|nettstedet|nettsiden|tjenesten) er (?:midlertidig )?(?:utilgjengelig|nede)"
            r".{0,60}",
        )
    ),
    re.IGNORECASE,
)
_LOGIN_TITLES = re.compile(
    r"(?:vennligst )?(?:logg inn|logg på|innlogging|pålogging|log ?in|sign ?in|login)\b.{0,60}",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:login|log-in|logg-inn|logginn|signin|sign-in|innlogging|oauth2?|saml|adfs)\b",
    re.IGNORECASE,
)
#: a page with fewer, and hardly any text, is a form
_FEW_LINKS = 15
_FRONT_PAGES = frozenset({"", "/", "/no", "/nb", "/nn", "/en"})


def wall_before(response: Response) -> Reason | None:
    """Say what stands where the page should be; None where it is the page, for all we can tell."""
    url = response.url
    titles = _titles(response)
    if response.status in _CHALLENGE_STATUSES and _is_challenge(response, titles):
        words = f"{url} answered with a challenge that asks for a browser"
        return Reason(words, Cause.CHALLENGE)
    if response.status != 200:
        return None
    if _is_login(response, titles):
        return Reason(f"{url} asks us to log in", Cause.LOGIN)
    if error := next((title for title in titles if _says_error(title, response)), ""):
        return Reason(f"{url} answered 200 with an error page (“{error}”)", Cause.ERROR_PAGE)
    if _leads_to_front_page(response):
        words = f"{_asked(response)} leads to the front page"
        return Reason(words, Cause.ERROR_PAGE)
    return None


def _is_challenge(response: Response, titles: list[str]) -> bool:
    if (response.headers.get("cf-mitigated") or b"").lower() == b"challenge":
        return True
    if any(_CHALLENGE_TITLES.match(title) for title in titles):
        # a heading of an article may begin so too; a wall has nothing else to say
        return response.status != 200 or not _has_article(response)
    return is_challenge(response.body[:_HEAD]) and not _has_article(response)


def _says_error(title: str, response: Response) -> bool:
    return is_error_title(title) or (
        _ERROR_TITLES_WITHOUT_TEXT.fullmatch(title) is not None and not _has_text(response)
    )


def _is_login(response: Response, titles: list[str]) -> bool:
    if not isinstance(response, HtmlResponse):
        return False
    was_sent_there = _asked(response) != response.url and bool(
        _LOGIN_PATH.search(urlsplit(response.url).path)
    )
    asks_password = bool(response.css('input[type="password" i]'))
    named = any(_LOGIN_TITLES.fullmatch(title) for title in titles)
    says_little = len(response.css("a")) < _FEW_LINKS and not _has_text(response)
    return was_sent_there or (asks_password and (named or says_little))


def _leads_to_front_page(response: Response) -> bool:
    asked = urlsplit(_asked(response)).path.rstrip("/").lower()
    got = urlsplit(response.url).path.rstrip("/").lower()
    return asked not in _FRONT_PAGES and got in _FRONT_PAGES


def is_error_title(title: str) -> bool:
    """Tell whether a heading is that of an error page, and of nothing a publisher writes."""
    return _ERROR_TITLES.fullmatch(title) is not None


def is_login_title(title: str) -> bool:
    """Tell whether a heading is that of a page to log in by."""
    return _LOGIN_TITLES.fullmatch(title) is not None


def _titles(response: Response) -> list[str]:
    """Give heading and title of a page, and the parts of the title between its dividers."""
    if not isinstance(response, HtmlResponse):
        return []
    title = one_line(" ".join(response.xpath("//head/title[1]//text()").getall()))[:500]
    headings = response.xpath("(//h1)[position() <= 3]")
    found = [one_line(" ".join(heading.xpath(".//text()").getall()))[:500] for heading in headings]
    parts = re.split(r" [|–—•·-] ", title)
    return [text for text in (*found, title, parts[0]) if text]


def _has_article(response: Response) -> bool:
    return _has_text(response) and (
        not isinstance(response, HtmlResponse) or bool(response.css("article, main"))
    )


def _has_text(response: Response) -> bool:
    """Tell whether a page has more than a form's worth of running text."""
    if not isinstance(response, HtmlResponse):
        return True
    words = response.xpath("//p//text()").getall()
    return sum(len(text) for text in words) > 600


def _asked(response: Response) -> str:
    return asked_url(response.request) if response.request else response.url
