"""What a run of measuring found, and the table that shows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import mean

from quality.judged import LATER

#: texts and queries written after the rules were done, and never tuned on
UNSEEN = "unseen"
PARTS = ("tune", "report", UNSEEN)
#: the sets that others wrote and judged later
LATER_PARTS = tuple(tuple(later.queries.values()) for later in LATER)
_EVERY = (*PARTS, *chain(*LATER_PARTS))
#: whose faults may be looked at
TUNED = frozenset(part for part in _EVERY if part.endswith("tune"))
#: what was never tuned on, and all of it together
REPORTED = tuple(part for part in _EVERY if part not in TUNED)
TOGETHER = "all not tuned on"
_SINGLE = [parts[0] for parts in LATER_PARTS if len(parts) == 1]
#: parts that fit side by side
_SIDE_BY_SIDE = 4


def _rows(parts: Iterable[str]) -> Iterator[Sequence[str]]:
    every = list(parts)
    return (every[at : at + _SIDE_BY_SIDE] for at in range(0, len(every), _SIDE_BY_SIDE))


#: which parts the table shows side by side
_BLOCKS = (
    PARTS,
    *(parts for parts in LATER_PARTS if len(parts) > 1),
    *_rows(part for part in _SINGLE if part in TUNED),
    *_rows(part for part in _SINGLE if part in REPORTED),
)
MEASURES = ("recall@10", "nDCG@10", "MRR", "first", "F1")


@dataclass(frozen=True)
class Measured:
    """All that one run found out."""

    #: by part, kind of query and name of measure; the systems by their name
    search: Mapping[str, Mapping[tuple[str, str], Mapping[str, float]]]
    #: right, wrong and missed, by part and tag
    tags: Mapping[tuple[str, str], "Counts"]
    #: whether each answer was right, by part and what was looked at
    language: Mapping[tuple[str, str], Sequence[bool]]
    #: what went wrong in the part to tune on, one line each
    faults: Sequence[str]


@dataclass
class Counts:
    """How a tag was given."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def scores(self) -> tuple[float, float, float]:
        """Give precision, recall and F1."""
        given, wanted = self.right + self.wrong, self.right + self.missed
        both = given + wanted
        return (
            self.right / given if given else 1.0,
            self.right / wanted if wanted else 1.0,
            2 * self.right / both if both else 1.0,
        )


def table(measured: Measured) -> str:
    """Write what was measured: the parts side by side, and the later sets' below them."""
    return "\n\n".join(_parts(measured, parts) for parts in (*_BLOCKS, (TOGETHER,)))


def with_together(measured: Measured) -> Measured:
    """Measure all that was never tuned on as one part as well: small parts tell little alone."""
    search = {
        system: {**rows, **{(TOGETHER, kind): _mean(rows, kind) for _, kind in rows}}
        for system, rows in measured.search.items()
    }
    tags = {
        (TOGETHER, slug): _sum([measured.tags.get((part, slug), Counts()) for part in REPORTED])
        for _, slug in measured.tags
    }
    language = {
        (TOGETHER, what): [*chain(*(measured.language.get((part, what), ()) for part in REPORTED))]
        for _, what in measured.language
    }
    return Measured(
        search, {**measured.tags, **tags}, {**measured.language, **language}, measured.faults
    )


def _mean(rows: Mapping[tuple[str, str], Mapping[str, float]], kind: str) -> dict[str, float]:
    """Give the measures of one kind of query over all that was never tuned on."""
    found = [rows[part, kind] for part in REPORTED if (part, kind) in rows]
    count = sum(row["n"] for row in found)
    means = {
        name: sum(row["n"] * row[name] for row in found) / count if count else 0.0
        for name in MEASURES
    }
    return {"n": count, **means}


def _parts(measured: Measured, parts: Sequence[str]) -> str:
    lines = []
    heads = "".join(f"{'n':>5}" + "".join(f"{name:>10}" for name in MEASURES) for _ in parts)
    for system, rows in measured.search.items():
        lines += [f"{'':28}" + "".join(f"{part:>55}" for part in parts), f"{system:28}{heads}"]
        kinds = list(dict.fromkeys(kind for part, kind in rows if part in parts))
        totals = ["short", "longer", "all"]
        shown = [kind for kind in kinds if kind not in totals] if system == "imdifeed" else []
        lines += [f"  {kind:26}" + _search_cells(rows, kind, parts) for kind in [*shown, *totals]]
        lines.append("")
    lines += [*_tags(measured, parts), ""]
    lines.append(f"{'':28}" + "".join(f"{part:>35}" for part in parts))
    lines.append(f"{'language':28}" + "".join(f"{'n':>25}{'right':>10}" for _ in parts))
    for what in dict.fromkeys(what for part, what in measured.language if part in parts):
        cells = ""
        for part in parts:
            found = measured.language.get((part, what), ())
            cells += f"{len(found):>25}{mean(found):>10.3f}" if found else f"{'':35}"
        lines.append(f"  {what:26}{cells}")
    return "\n".join(lines)


def _tags(measured: Measured, parts: Sequence[str]) -> list[str]:
    names = ("precision", "recall", "F1")
    heads = "".join(f"{'n':>5}" + "".join(f"{name:>10}" for name in names) for _ in parts)
    slugs = sorted({slug for _, slug in measured.tags})
    macro = "".join(f"{macro_f1(measured, part):>35.3f}" for part in parts)
    return [
        f"{'':28}" + "".join(f"{part:>35}" for part in parts),
        f"{'tags':28}{heads}",
        *(f"  {slug:26}" + _tag_cells(measured, [slug], parts) for slug in slugs),
        f"  {'all, micro':26}" + _tag_cells(measured, slugs, parts),
        f"  {'all, macro F1':26}{macro}",
    ]


def macro_f1(measured: Measured, part: str) -> float:
    """Give the mean F1 over the tags of a part."""
    return mean(counts.scores[2] for (where, _), counts in measured.tags.items() if where == part)


def _search_cells(
    rows: Mapping[tuple[str, str], Mapping[str, float]], kind: str, parts: Sequence[str]
) -> str:
    cells = ""
    for part in parts:
        row = rows.get((part, kind))
        if row is None:
            cells += f"{'':55}"
            continue
        cells += f"{row['n']:>5.0f}" + "".join(f"{row[name]:>10.3f}" for name in MEASURES)
    return cells


def _tag_cells(measured: Measured, slugs: Sequence[str], parts: Sequence[str]) -> str:
    cells = ""
    for part in parts:
        found = [measured.tags.get((part, slug), Counts()) for slug in slugs]
        total = _sum(found)
        cells += f"{total.right + total.missed:>5}"
        cells += "".join(f"{value:>10.3f}" for value in total.scores)
    return cells


def _sum(found: Sequence[Counts]) -> Counts:
    return Counts(
        sum(c.right for c in found), sum(c.wrong for c in found), sum(c.missed for c in found)
    )
