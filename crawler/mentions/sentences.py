"""A line of text as sentences, with care for dates and abbreviations. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_END = re.compile(r"[.!?…]+[»”\")]*\s+(?=[«“\"(–-]?\s?[A-ZÆØÅÄÖÁČĐŊŠŦŽ0-9])")
#: what a full stop after it does not end
_ABBREVIATION = re.compile(
    r"(?:\b(?:kl|ca|jf|jfr|nr|pst|mill|mrd|dr|prof|kap|pkt|art|bl\.a|f\.eks|t\.d|m\.m|dvs|evt|ev|eks"
    r"|tlf|st|nos?|e\.g|i\.e)|(?:^|\s)[0-9]{1,2}|(?:^|\s)[A-ZÆØÅ])\.$",
    re.I,
)
_LONGEST_ABBREVIATION = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where in its line it stands."""

    line: str
    start: int
    end: int

    @property
    def text(self) -> str:
        """Give its words."""
        return self.line[self.start : self.end].strip()


def sentences(line: str, whole: Sequence[tuple[int, int]] = ()) -> Iterator[Sentence]:
    """Part a line into sentences; the spans in `whole`, in order, are not parted."""
    start, place = 0, 0
    for end in _END.finditer(line):
        stop = end.start()
        while place < len(whole) and whole[place][1] <= stop + 1:
            place += 1
        if place < len(whole) and whole[place][0] <= stop:
            continue
        before = line[max(0, stop + 1 - _LONGEST_ABBREVIATION) : stop + 1]
        # a number that ends a date does end a sentence
        dated = any(span[1] in (stop, stop + 1) for span in whole[max(0, place - 1) : place + 1])
        if not dated and _ABBREVIATION.search(before):
            continue
        yield Sentence(line, start, end.end())
        start = end.end()
    if start < len(line):
        yield Sentence(line, start, len(line))
