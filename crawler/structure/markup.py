"""Publishers' HTML, read into blocks: hostile, broken or endlessly nested as it may be.

BeautifulSoup reads them; its tree is walked without recursion, so depth costs nothing. What may
come out is the small set of `crawler/structure/blocks.py`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from crawler.structure.arrangement import arranged
from crawler.structure.blocks import LISTS, Block, Run, lines, tidy
from db.text import clean

#: characters of HTML that are read; no article is longer
LONGEST = 5_000_000
#: tags that are read; each costs about a kilobyte of memory
MOST_TAGS = 200_000
#: containers within containers that are kept; deeper ones count as paragraphs
DEEPEST = 12
#: a bold line longer than this is an emphasised sentence, not a sub-heading
LONGEST_HEADING = 120

_TAG = re.compile("<")
_NO_TEXT = """
    script style iframe img figure figcaption form button noscript template svg math object embed
    video audio canvas select input textarea head title meta link map area progress
"""
_DROPPED = frozenset(_NO_TEXT.split())
_STRONG = frozenset({"b", "strong"})
_EM = frozenset({"i", "em", "cite", "dfn"})
_CONTAINERS = frozenset(
    {*LISTS, "li", "blockquote", "table", "thead", "tbody", "tfoot", "tr", "td", "th"}
)
_HEADING_TAGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
#: elements that run along in the line; every other one ends a paragraph
_IN_LINE = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp
    small span strike strong sub sup time tt u var wbr
"""
_INLINE = frozenset(_IN_LINE.split())
_SCRIPTS = frozenset({"sub", "sup"})


def read_blocks(html: str) -> list[Block]:
    """Read an HTML fragment or page into blocks, without what is no text.

    Takes any string and never fails. What stands beyond five million characters, or two hundred
    thousand tags, is not read.
    """
    text = clean(html[:LONGEST])
    if not text.strip():
        return []
    last = next(islice(_TAG.finditer(text), MOST_TAGS, None), None)
    # the comment says that this is markup, even where it looks like an address or a file name
    soup = BeautifulSoup("<!---->" + text[: last.start() if last else None], "lxml")
    builder = _Builder()
    _walk(soup, builder)
    return arranged(builder.root.children)


def _walk(soup: BeautifulSoup, builder: "_Builder") -> None:
    """Tell the builder of every beginning, text and end, in reading order."""
    open_tags: list[tuple[str, Iterator[PageElement]]] = [("", iter(soup.contents))]
    while open_tags:
        name, rest = open_tags[-1]
        node = next(rest, None)
        if node is None:
            open_tags.pop()
            builder.end(name)
        elif isinstance(node, Tag):
            builder.start(node.name, node.attrs)
            open_tags.append((node.name, iter(node.contents)))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            builder.data(str(node))


class _Builder:
    """Receives what a document consists of and lays text into blocks."""

    def __init__(self) -> None:
        self.root = Block("root")
        self._containers = [self.root]
        #: for each open container element, whether it became a container
        self._taken: list[bool] = []
        self._runs: list[Run] = []
        #: the last characters of them
        self._tail = ""
        self._tag = "p"
        self._dropped = 0
        self._strong = self._em = 0
        self._hrefs: list[str] = []
        #: whether an element began or ended since the last text, and one that may not part words
        self._boundary = False
        self._script = False
        #: whether a link ended and no text has come since
        self._after_link = False

    def start(self, tag: str, attributes: Mapping[str, object]) -> None:
        if self._dropped or tag in _DROPPED:
            self._dropped += 1
            return
        if tag in _INLINE:
            self._start_inline(tag, attributes)
        elif tag == "br":
            self._runs.append(self._run("\n"))
            self._tail = ""
        else:
            self._flush()
            if tag in _HEADING_TAGS:
                self._tag = _HEADING_TAGS[tag]
            elif tag in _CONTAINERS:
                self._open(tag)

    def end(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
        elif tag in _INLINE:
            self._end_inline(tag)
        elif tag != "br":
            self._flush()
            if tag in _HEADING_TAGS:
                self._tag = "p"
            elif tag in _CONTAINERS and self._taken and self._taken.pop():
                self._containers.pop()

    def data(self, text: str) -> None:
        if self._dropped:
            return
        if not text.isprintable():
            # in HTML a line end is white space; only <br> breaks a line
            text = re.sub(r"\s", " ", text)
        if self._boundary and not self._script and _glued(self._tail, text):
            text = " " + text
        self._tail = (self._tail + text[-3:])[-3:]
        self._boundary = self._script = self._after_link = False
        self._runs.append(self._run(text))

    def _start_inline(self, tag: str, attributes: Mapping[str, object]) -> None:
        # icon fonts write the icon's name as text and hide it from those who listen
        if tag in ("span", "i") and attributes.get("aria-hidden") == "true":
            self._dropped += 1
            return
        self._boundary = True
        self._script = self._script or tag in _SCRIPTS
        self._strong += tag in _STRONG
        self._em += tag in _EM
        if tag == "a":
            if self._after_link:
                # two links in a row are two things, even without a space
                self._runs.append(Run(" "))
                self._tail = " "
            self._hrefs.append(str(attributes.get("href") or ""))

    def _end_inline(self, tag: str) -> None:
        self._boundary = True
        self._script = self._script or tag in _SCRIPTS
        self._strong = max(0, self._strong - (tag in _STRONG))
        self._em = max(0, self._em - (tag in _EM))
        if tag == "a" and self._hrefs:
            self._hrefs.pop()
            self._after_link = True

    def _run(self, text: str) -> Run:
        href = self._hrefs[-1] if self._hrefs else ""
        return Run(text, self._strong > 0, self._em > 0, href)

    def _open(self, tag: str) -> None:
        taken = len(self._containers) <= DEEPEST
        self._taken.append(taken)
        if taken:
            block = Block("tbody" if tag == "tfoot" else tag)
            self._containers[-1].children.append(block)
            self._containers.append(block)

    def _flush(self) -> None:
        if self._runs:
            within = self._containers[-1]
            runs = tidy(self._runs)
            if self._tag != "p":
                # a heading is bold by being one
                plain = tidy(Run(run.text, em=run.em, href=run.href) for run in runs)
                within.children.extend([Block(self._tag, plain)] if plain else [])
            elif within.tag in ("li", "td", "th"):
                flat = tidy(run.with_text(re.sub(r"\n+", " ", run.text)) for run in runs)
                within.children.extend([Block("p", flat)] if flat else [])
            else:
                within.children.extend(_paragraphs(runs))
        self._runs = []
        self._tail = ""
        self._boundary = self._script = self._after_link = False


def _glued(before: str, after: str) -> bool:
    """Tell whether two texts that meet at a tag are two words written without the space.

    Where a tag stands inside a word (`inte<b>gre</b>ring`) nothing may be put between.
    """
    left, right = before[-1:], after[:1]
    if not right.isalnum() or left.isspace():
        return False
    if left in "!?;)»":
        return True
    if left in ".,":
        return right.isupper()
    if left == ":":
        return not before[-2:-1].isdigit() or right.isupper()
    if left.isdigit():
        return right.isalpha()
    if right.isdigit():
        return len(before) > 2 and before.isalpha() and before.islower()
    return left.islower() and right.isupper()


def _paragraphs(runs: list[Run]) -> list[Block]:
    """Divide a paragraph at empty lines, and part bold lines that serve as sub-headings."""
    if not any("\n" in run.text for run in runs):
        return [Block("p", runs)] if runs else []
    blocks: list[Block] = []
    pending: list[Run] = []

    def settle() -> None:
        kept = tidy(pending)
        if kept:
            blocks.append(Block("p", kept))
        pending.clear()

    divided = lines(runs)
    for number, line in enumerate(divided):
        last = number == len(divided) - 1
        if not any(run.text.strip() for run in line):
            settle()
        elif not last and not pending and _is_sub_heading(line):
            blocks.append(Block("h3", tidy(Run(run.text, href=run.href) for run in line)))
        else:
            pending += [Run("\n"), *line] if pending else line
    settle()
    return blocks


def _is_sub_heading(line: Iterable[Run]) -> bool:
    words = [run for run in line if run.text.strip()]
    length = sum(len(run.text) for run in words)
    return all(run.strong for run in words) and length <= LONGEST_HEADING
