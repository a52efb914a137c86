"""What lists of a PRS press room have in common: releases named, to be asked for one by one."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.errors import ShapeError, WrongPublisherError
from crawler.fetching.addresses import web_address
from crawler.shapes.html_page import attribute, read_page, words_of
from crawler.shapes.prs_addresses import (
    language_key,
    public_url,
    publisher_numbers,
    release_number,
)
from crawler.shapes.rss import parse_rss
from db.text import one_line


@dataclass(frozen=True, slots=True)
class StubVersion:
    """One language version of a release, as a list names it."""

    #: identity of its entry, `17918186/no`
    key: str
    #: its page for readers
    url: str
    # what the list says of it, as far as it does
    title: str = ""
    #: HTML or text
    description: str = ""
    #: as written
    date: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseStub:
    """A release as a list names it."""

    id: int
    versions: tuple[StubVersion, ...]
    #: whether there are other versions that are asked for in other ways
    has_others: bool = False

    @property
    def several(self) -> bool:
        """Tell whether the release has several language versions."""
        return self.has_others or len(self.versions) > 1

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the keys of its versions."""
        return tuple(version.key for version in self.versions)

    @property
    def wording(self) -> str:
        """Hash what the list says of it, so that a change shows."""
        said = sorted(
            [one.key, one_line(one.title), one_line(one.description), one.date]
            for one in self.versions
        )
        return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """One page of a list, newest first."""

    releases: tuple[ReleaseStub, ...]
    #: whether the list ends here, as far as it says
    is_last: bool
    #: records that cannot be used: which, and why
    rejected: tuple[tuple[str, str], ...] = ()
    #: how many releases there are on all pages; None where it does not say
    count: int | None = None


def parse_feed(body: bytes, *, base_url: str, publisher_id: int | None) -> ReleaseList:
    """Read `/rss/releases/latest?publisherId=…`: the newest releases, each with its page.

    Raises:
        ShapeError: no RSS, or a feed of which no item names a release.
    """
    found: list[tuple[int, StubVersion]] = []
    rejected: list[tuple[str, str]] = []
    items = parse_rss(body)
    for item in items:
        url = web_address(item.link, base_url) or web_address(item.guid, base_url)
        number = release_number(url)
        try:
            if number is None:
                raise ShapeError(f"it links to no release: {url[:200] or 'no address'}")
            require_own(publisher_numbers(url), publisher_id)
        except ShapeError as error:
            rejected.append((item.title[:80] or "an item without title", str(error)))
            continue
        key = f"{number}/{language_key(url, base_url)}"
        page = public_url(url, number, base_url)
        version = StubVersion(key, page, item.title, item.description, item.published)
        found.append((number, version))
    if items and not found:
        raise ShapeError(f"no item of the feed can be used: {rejected[0][0]}: {rejected[0][1]}")
    return ReleaseList(_gathered(found), True, tuple(rejected))


def parse_room(
    body: bytes, *, url: str, content_type: str, publisher_id: int | None
) -> ReleaseList:
    """Read a press room's page in any markup: the links to its releases, in order.

    Raises:
        ShapeError: not HTML, a challenge in place of the page, or no link to a release.
    """
    page = read_page(body, content_type)
    found: list[tuple[int, StubVersion]] = []
    for link in page.xpath("//a[@href]"):
        target = web_address(attribute(link, "href"), url)
        number = release_number(target)
        others = publisher_numbers(target) - {str(publisher_id)}
        if number is None or (others and publisher_id is not None):
            continue
        key = f"{number}/{language_key(target, url)}"
        found.append((number, StubVersion(key, public_url(target, number, url), words_of(link))))
    if not found:
        raise ShapeError("the page links to no release of the press room")
    return ReleaseList(_gathered(found), True)


def require_own(found: Iterable[object], publisher_id: int | None) -> None:
    """Refuse a release by the publishers it names: one that ignores a filter answers with all.

    Raises:
        WrongPublisherError: one of them is not ours.
    """
    strangers = sorted({str(one) for one in found} - {str(publisher_id)})
    if publisher_id is not None and strangers:
        name = strangers[0][:20]
        raise WrongPublisherError(f"it belongs to publisher {name}, not {publisher_id}")


def _gathered(found: Iterable[tuple[int, StubVersion]]) -> tuple[ReleaseStub, ...]:
    """Bring the versions of a release together, each once, in the order of the list."""
    releases: dict[int, dict[str, StubVersion]] = {}
    for number, version in found:
        versions = releases.setdefault(number, {})
        known = versions.get(version.key)
        # an image and a heading may both link to the release; the words are with one of them
        if known is None or (version.title and not known.title):
            versions[version.key] = version
    return tuple(
        ReleaseStub(number, tuple(versions.values())) for number, versions in releases.items()
    )
