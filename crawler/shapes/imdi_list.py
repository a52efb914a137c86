"""Lists at imdi.no, in any markup: of news, of reports, and the front page's teasers.

How the site's lists are made is not known, so links are read from the main part of a page. Below
the addresses of news every link counts; elsewhere the page itself must set a link out as news, by a
kicker ("Siste oppdateringer:") above it or by making it a heading.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsel import Selector

from crawler.fetching.addresses import canonical_path
from crawler.shapes.html_page import attribute, main_part, read_page, refuse_stand_in
from crawler.shapes.imdi_files import is_file_link
from crawler.shapes.imdi_paths import (
    is_file,
    is_front_page,
    is_news_list,
    is_news_path,
    is_page_of_list,
    is_report_list,
    is_report_path,
    may_be_news,
    may_be_root_news,
    site_address,
)
from crawler.shapes.imdi_text import without_fittings
from crawler.shapes.sitemap import Sitemap
from crawler.structure.blocks import HEADINGS, TEXTS, Block
from crawler.structure.markup import read_blocks

_IN_FURNITURE = "ancestor::*[self::nav or self::header or self::footer or self::aside]"
#: words above a teaser that say what sort it is
_KICKER = re.compile(
    r"(?:aktuelt(?: nå)?|siste (?:oppdatering(?:er|ar)|nytt|nyheter)|nyhet(?:er)?|nyhende"
    r"|ny (?:imdi-?)?rapport|(?:tilleggs)?(?:utlysning|utlysing)(?:er)?"
    r"|(?:nytt )?(?:tilskudd|tilskot)|kronikk|pressemelding|news|update)\s*:?"
    r"|[^\W\d_][^:.!?]{1,58}:",
    re.I,
)
_LEADING_KICKER = re.compile(
    r"(?P<kicker>(?:aktuelt nå|siste oppdatering(?:er|ar)|ny imdi-rapport|(?:tilleggs)?"
    r"(?:utlysning|utlysing)):)\s*(?P<rest>\S.*)",
    re.I,
)
_GENERIC = re.compile(
    r"(?:les (?:mer|meir|hele|heile|saken|saka)|read more|se (?:mer|alle)).*", re.I
)


@dataclass(slots=True)
class Teaser:
    """A link to one entry, with what the list says of it."""

    url: str
    title: str = ""
    lead: str = ""
    kicker: str = ""
    #: whether its title is a heading of the list
    headed: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list leads to, in its order."""

    teasers: tuple[Teaser, ...] = ()
    #: further lists: the next page, a year, a section within the section
    further: tuple[str, ...] = ()
    #: pages that may be entries; they must say so themselves
    doubtful: tuple[Teaser, ...] = ()


def parse_news_list(body: bytes, *, url: str, content_type: str = "") -> Listing:
    """Read a list of news, or the front page.

    Raises:
        ShapeError: not HTML; a challenge, an error or a login in place of the page.
    """
    page = read_page(body, content_type)
    refuse_stand_in(page)
    here = canonical_path(url)
    shown = {teaser.url: teaser for teaser in teasers_of(page, url)}
    found: dict[str, Teaser] = {}
    further: dict[str, None] = {}
    for link, target in _links(page, url):
        path = canonical_path(target)
        if _is_further(link, target, here) or (is_news_list(path) and path != here):
            further[target] = None
        elif path != here and not link.xpath(_IN_FURNITURE):
            teaser = shown.get(target) or Teaser(target)
            if is_news_path(path) or _is_set_out(teaser, path, here):
                found[target] = teaser
    return Listing(tuple(found.values()), tuple(further))


def parse_report_list(body: bytes, *, url: str, content_type: str = "") -> Listing:
    """Read a list of reports; of any other page, take the lists of reports it links to.

    Raises:
        ShapeError: not HTML; a challenge, an error or a login in place of the page.
    """
    page = read_page(body, content_type)
    refuse_stand_in(page)
    here = canonical_path(url)
    shown = {teaser.url: teaser for teaser in teasers_of(page, url)}
    found: dict[str, Teaser] = {}
    further: dict[str, None] = {}
    for link in page.xpath("//body//a[@href]"):
        target = site_address(attribute(link, "href"), url)
        if target and is_report_list(canonical_path(target)) and canonical_path(target) != here:
            further[target] = None
    for link, target in _links(page, url):
        path = canonical_path(target)
        if _is_further(link, target, here):
            further[target] = None
        elif is_report_path(path) and path != here and not is_file_link(link, target):
            found.setdefault(target, shown.get(target) or Teaser(target))
    return Listing(tuple(found.values()), tuple(further))


def of_sitemap(sitemap: Sitemap, *, url: str, reports: bool) -> Listing:
    """Choose what a sitemap names: reports; or news, and what may be news under the root."""
    found: dict[str, Teaser] = {}
    doubtful: dict[str, Teaser] = {}
    for address in sitemap.pages:
        target = site_address(address, url)
        path = canonical_path(target) if target else ""
        if not path:
            continue
        if is_report_path(path) if reports else is_news_path(path):
            found[target] = Teaser(target)
        elif not reports and may_be_root_news(path):
            doubtful[target] = Teaser(target)
    further = dict.fromkeys(filter(None, (site_address(one, url) for one in sitemap.sitemaps)))
    return Listing(tuple(found.values()), tuple(further), tuple(doubtful.values()))


def teasers_of(page: Selector, url: str) -> list[Teaser]:
    """Read the teasers of a page's main part: links with the kicker, heading and words of each."""
    main = without_fittings(main_part(page).get() or "")
    blocks = [part for block in read_blocks(main.get()) for part in block.walk()]
    return list(_Teasers(url).read(part for part in blocks if part.tag in TEXTS))


def _links(page: Selector, url: str) -> Iterator[tuple[Selector, str]]:
    for link in [*page.xpath("//head//link[@rel]"), *main_part(page).xpath(".//a[@href]")]:
        if target := site_address(attribute(link, "href"), url):
            yield link, target


def _is_further(link: Selector, target: str, here: str) -> bool:
    """Tell whether a link goes on with the list: marked next, or a page of it."""
    if "next" in attribute(link, "rel").lower().split():
        return True
    path = canonical_path(target).partition("?")[0]
    return is_page_of_list(target) and path == here.partition("?")[0]


def _is_set_out(teaser: Teaser, path: str, here: str) -> bool:
    """Tell whether a list sets a link out as news, though its address does not tell."""
    if not may_be_news(path) or is_file(path):
        return False
    return bool(teaser.kicker) or (teaser.headed and not is_front_page(here))


class _Teasers:
    """Reads blocks of a page in order; what lies between two links belongs to the first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.found: dict[str, Teaser] = {}
        self.current: Teaser | None = None
        self.kicker = ""
        #: a kicker that is a heading: it stands above all teasers to the next heading
        self.section = ""
        #: a heading without a link, and the words below it, that wait for "Les mer"
        self.heading = ""
        self.words = ""

    def read(self, blocks: Iterable[Block]) -> Iterable[Teaser]:
        for block in blocks:
            target = _sole_target(block, self.url)
            if target:
                self._linked(block, target)
            elif block.text:
                self._plain(block)
        return self.found.values()

    def _plain(self, block: Block) -> None:
        is_kicker = bool(_KICKER.fullmatch(block.text))
        if block.tag in HEADINGS:
            self.section = block.text if is_kicker else ""
        if is_kicker:
            self.kicker, self.current, self.heading, self.words = block.text, None, "", ""
        elif block.tag in HEADINGS:
            self.heading, self.current, self.words = block.text, None, ""
        elif self.current:
            self.current.lead = self.current.lead or block.text
        else:
            self.words = self.words or block.text

    def _linked(self, block: Block, target: str) -> None:
        text = block.text
        if self.current is None or self.current.url != target:
            self.current = self.found.setdefault(target, Teaser(target))
            self.current.kicker = self.current.kicker or self.kicker or self.section
            if self.heading and not self.current.title:
                self.current.title, self.current.lead = self.heading, self.words
                self.current.headed = True
            self.kicker = self.heading = self.words = ""
        if leading := _LEADING_KICKER.fullmatch(text):
            self.current.kicker, text = self.current.kicker or leading["kicker"], leading["rest"]
        if _GENERIC.fullmatch(text):
            return
        if block.tag in HEADINGS and not self.current.headed:
            self.current.title, self.current.headed = text, True
        elif _KICKER.fullmatch(text) and not self.current.title:
            self.current.kicker = self.current.kicker or text
        elif not self.current.title:
            self.current.title = text
        elif text != self.current.title:
            self.current.lead = self.current.lead or text


def _sole_target(block: Block, url: str) -> str:
    """Give where a block leads that is nothing but one link."""
    linked = [run for run in block.runs if run.href and run.text.strip()]
    whole = sum(len(run.text.strip()) for run in block.runs)
    targets = {site_address(run.href, url) for run in linked}
    if len(targets) != 1 or sum(len(run.text.strip()) for run in linked) * 5 < whole * 3:
        return ""
    return targets.pop()
