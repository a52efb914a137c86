"""What a run of measuring found, as a table for people and a JSON line for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from statistics import median


class Better(StrEnum):
    """Which way a ratio of ours to the reference is better."""

    HIGHER = "≥"
    LOWER = "≤"


@dataclass(frozen=True)
class Figure:
    """One path, measured in pairs: ours and the reference, one after the other."""

    path: str
    #: what is counted, such as `requests/s` or `ms`
    unit: str
    ours: Sequence[float]
    #: what ours is compared with, and what it gave in the same pairs; both empty for a plain limit
    against: str
    reference: Sequence[float]
    better: Better
    #: None where both are only set side by side
    aim: float | None

    @property
    def ratio(self) -> float:
        """Give the median of the pairs' ratios; of our own figures where there is no reference."""
        if not self.reference:
            return median(self.ours)
        return median(
            mine / other for mine, other in zip(self.ours, self.reference, strict=True) if other
        )

    @property
    def reached(self) -> bool:
        """Tell whether the aim is met."""
        if self.aim is None:
            return True
        return self.ratio >= self.aim if self.better is Better.HIGHER else self.ratio <= self.aim


def as_table(figures: Sequence[Figure], machine: str) -> str:
    """Give the figures as a Markdown table, with the machine named."""
    lines = [
        f"Machine: {machine}",
        "",
        "| path | ours | reference | ratio | aim | |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join((*lines, *map(as_row, figures)))


def as_row(figure: Figure) -> str:
    """Give one figure as a row of the table."""
    reference = ratio = "–"
    if figure.reference:
        reference = f"{_short(median(figure.reference))} ({figure.against})"
        ratio = _short(figure.ratio)
    ours = f"{_short(median(figure.ours))} {figure.unit}"
    return f"| {figure.path} | {ours} | {reference} | {ratio} | {_verdict(figure)} |"


def as_json_line(figures: Sequence[Figure], machine: str) -> str:
    """Give everything measured as one line of JSON."""
    found = [
        {**asdict(one), "ratio": round(one.ratio, 4), "reached": one.reached} for one in figures
    ]
    return json.dumps({"machine": machine, "figures": found}, ensure_ascii=False)


def _verdict(figure: Figure) -> str:
    if figure.aim is None:
        return "– | "
    reached = "yes" if figure.reached else "**no**"
    return f"{figure.better} {_short(figure.aim)} | {reached}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
