"""Addresses of PRS press rooms: which release, language and publisher they name, and how to ask.

Forms seen: `/pressemelding/<slug>?publisherId=1&releaseId=2&lang=no`,
`/pressemelding/<id>/<slug>?publisherId=1&lang=no` and the interface's `/release/<id>/<slug>`, each
with any of its parts missing.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from crawler.fetching.addresses import web_address


@dataclass(frozen=True, slots=True)
class HostWords:
    """What differs between the hosts of the family."""

    #: in addresses of releases, where the interface says "release"
    release: str
    #: in addresses of press rooms
    room: str
    #: key of the language that is meant where none is named
    language: str


NORWEGIAN = HostWords("pressemelding", "presserom", "no")
#: words by host, without `www.`; any other host is taken for a Norwegian one
WORDS = {
    "via.ritzau.dk": HostWords("pressemeddelelse", "nyhedsrum", "da"),
    "sttinfo.fi": HostWords("tiedote", "uutishuone", "fi"),
    "via.tt.se": HostWords("pressmeddelande", "pressrum", "sv"),
}
_WORD = "|".join(["release", NORWEGIAN.release, *(words.release for words in WORDS.values())])
_RELEASE_PATH = re.compile(rf"/(?:{_WORD})/.")
_ROOMS = "|".join([NORWEGIAN.room, *(words.room for words in WORDS.values())])
_ROOM_PATH = re.compile(rf"/(?:{_ROOMS})/([0-9]{{1,18}})(?:/|$)")
_NUMBER = re.compile(r"[0-9]{1,18}")
_SHORT_MESSAGE = re.compile(r"sm-([0-9]{1,18})")
_LANGUAGE = re.compile(r"[a-z]{2}")


def words_of_host(base_url: str) -> HostWords:
    """Give the words that the host of an address uses."""
    host = urlsplit(base_url).hostname or ""
    return WORDS.get(host.removeprefix("www."), NORWEGIAN)


def public_url(given: str, number: int, base_url: str) -> str:
    """Give the page's address for readers; the interface's own form begins with /release/."""
    url = web_address(given or f"/release/{number}", base_url)
    parts = urlsplit(url or web_address(f"/release/{number}", base_url))
    word = words_of_host(parts.geturl()).release
    return parts._replace(path=re.sub(r"^/release/", f"/{word}/", parts.path)).geturl()


def release_number(url: str) -> int | None:
    """Give the number of the release at an address, or None where it is no release's.

    A fragment `#sm-1` names one of several short messages on a page.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not _RELEASE_PATH.match(parts.path):
        return None
    message = _SHORT_MESSAGE.fullmatch(parts.fragment)
    named = [message[1]] if message else parse_qs(parts.query).get("releaseId", [])
    for number in (*named, *parts.path.split("/")):
        if _NUMBER.fullmatch(number):
            return int(number)
    return None


def room_number(url: str) -> int | None:
    """Give the number of the press room at an address, or None where it is no press room's."""
    try:
        found = _ROOM_PATH.match(urlsplit(url).path)
    except ValueError:
        return None
    return int(found[1]) if found else None


def publisher_numbers(url: str) -> set[str]:
    """Give the publishers that an address names, none or one as a rule."""
    try:
        return set(parse_qs(urlsplit(url).query).get("publisherId", []))
    except ValueError:
        return set()


def language_key(given: str, base_url: str) -> str:
    """Give the interface's key for a language: `no` for nb, nn and nb-NO; the host's own for none.

    Takes a key, a BCP 47 tag, or an address with the parameter `lang`.
    """
    if "/" in given:
        try:
            given = parse_qs(urlsplit(given).query).get("lang", [""])[0]
        except ValueError:
            given = ""
    key = given.strip().lower().replace("_", "-").partition("-")[0]
    if key in ("nb", "nn"):
        return "no"
    return key if _LANGUAGE.fullmatch(key) else words_of_host(base_url).language
