"""The verdict on a crawl run.

Silence is seen: a source that is emptied, redesigned, walled or answering 200 with an error page
gets a verdict of its own. A run that stored nothing and had nothing to store is never "ok". What a
run is held against is what the source's good runs before it were like.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crawler.runs.reason import cause_of
from crawler.runs.tally import FIELDS, Tally, fields_of
from db.models import Cause, CrawlRun, EntryData, Verdict

#: fields that make an entry, where the source has them
REQUIRED = ("content", "body", "published")
#: share of entries that have a field which the source can be said to have
USUAL = 0.95
#: entries from which a share says something
_FEW, _SOME, _MANY = 3, 4, 5
_MOST_FALLBACKS = 0.2
#: verdicts that only entries which are read again can clear
_LASTING = frozenset({Cause.INCOMPLETE, Cause.FALLBACK})
_GOOD = frozenset({Verdict.OK, Verdict.QUIET})


@dataclass(frozen=True, slots=True)
class History:
    """What a run is held against."""

    #: share of entries that had each field in the source's good runs; empty without any
    usual: Mapping[str, float] = field(default_factory=dict)
    #: the run before
    previous: CrawlRun | None = None
    #: working days since the newest entry, and how many are usual at most; None if not known
    silent: int | None = None
    patience: int | None = None

    def expects(self, name: str) -> bool:
        """Tell whether an entry of the source has this field; without history it has content."""
        return self.usual.get(name, 0.0) >= USUAL if self.usual else name == "content"

    def lacking(self, data: EntryData) -> bool:
        """Tell whether an entry lacks a field that makes an entry of the source."""
        has = fields_of(data)
        return any(self.expects(name) and name not in has for name in REQUIRED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, its reason as one sentence for the operator, and what it rests on."""

    verdict: Verdict
    reason: str = ""
    cause: Cause | None = None


NO_HISTORY = History()


def usual_coverage(runs: Iterable[CrawlRun]) -> dict[str, float]:
    """Give the mean coverage of the good runs that read anything, weighed by their entries."""
    good = [run for run in runs if run.verdict in _GOOD and run.coverage]
    weights = [max(1, run.new + run.changed + run.unchanged) for run in good]
    return {
        name: sum(run.coverage.get(name, 0.0) * n for run, n in zip(good, weights, strict=True))
        / sum(weights)
        for name in (FIELDS if good else ())
    }


def judge(tally: Tally, history: History = NO_HISTORY) -> Judgement:
    """Judge a finished run."""
    return (
        _cut_short(tally)
        or _nothing_usable(tally)
        or _redesigned(tally, history)
        or _flawed(tally)
        or _thinner(tally, history)
        or _unusual(tally)
        or _lasting(tally, history)
        or _silent(history)
        or Judgement(Verdict.OK)
    )


def _cut_short(tally: Tally) -> Judgement | None:
    if not tally.obstacle:
        return None
    cause = cause_of(tally.obstacle, Cause.REDESIGNED)
    mild = tally.stored or cause is Cause.INTERRUPTED
    return Judgement(Verdict.DEGRADED if mild else Verdict.BROKEN, str(tally.obstacle), cause)


def _nothing_usable(tally: Tally) -> Judgement | None:
    if not tally.listed and not tally.lists_unchanged:
        if tally.troubles:
            return _from(tally.troubles[0], Verdict.BROKEN)
        reason = "the source lists no entries at all"
        return Judgement(Verdict.BROKEN, reason, Cause.EMPTIED)
    all_listed = 0 < tally.listed <= tally.rejected and not tally.new and not tally.changed
    none_read = tally.rejected >= _FEW and not tally.stored and not tally.read
    if not (all_listed or none_read):
        return None
    return Judgement(
        Verdict.BROKEN,
        f"none of the {tally.rejected} entries could be read: {tally.first_rejection}",
        _main_cause(tally, Cause.REDESIGNED, instead_of=Cause.REJECTED),
    )


def _redesigned(tally: Tally, history: History) -> Judgement | None:
    for name in REQUIRED:
        read = tally.read - tally.fallbacks
        missing = tally.missing(name) - tally.excused[name]
        if history.expects(name) and missing >= _FEW and 2 * missing > read:
            reason = f"{missing} of {read} entries read have no {name}; the pages have changed"
            return Judgement(Verdict.BROKEN, reason, Cause.REDESIGNED)
    return None


def _flawed(tally: Tally) -> Judgement | None:
    if tally.rejected:
        entries = "1 entry was" if tally.rejected == 1 else f"{tally.rejected} entries were"
        reason = f"{entries} rejected: {tally.first_rejection}"
        return Judgement(Verdict.DEGRADED, reason, _main_cause(tally, Cause.REJECTED))
    return _from(tally.troubles[0], Verdict.DEGRADED) if tally.troubles else None


def _thinner(tally: Tally, history: History) -> Judgement | None:
    coverage = tally.coverage
    for name in coverage:
        usual, missing = history.usual.get(name, 0.0), tally.missing(name)
        halved = tally.read >= _SOME and usual >= 0.5 and coverage[name] <= usual / 2
        lacking = name in REQUIRED and history.expects(name) and coverage[name] < USUAL
        if halved or (lacking and missing >= (1 if name in {"content", "body"} else _FEW)):
            share = f"; usually {usual:.0%} have it" if history.usual else ""
            reason = f"{missing} of {tally.read} entries read have no {name}{share}"
            return Judgement(Verdict.DEGRADED, reason, Cause.INCOMPLETE)
    return None


def _unusual(tally: Tally) -> Judgement | None:
    if tally.fallbacks > _MOST_FALLBACKS * tally.read:
        shapes = ", ".join(sorted(tally.shapes))
        reason = f"{tally.fallbacks} of {tally.read} entries were read second best ({shapes})"
        return Judgement(Verdict.DEGRADED, reason, Cause.FALLBACK)
    known = tally.changed + tally.unchanged
    if tally.changed >= _MANY and 2 * tally.changed > known:
        reason = f"{tally.changed} of {known} known entries changed at once"
        return Judgement(Verdict.DEGRADED, reason, Cause.MANY_CHANGED)
    return None


def _lasting(tally: Tally, history: History) -> Judgement | None:
    before = history.previous
    if tally.read or before is None or before.cause not in _LASTING:
        return None
    return Judgement(before.verdict or Verdict.DEGRADED, before.reason, before.cause)


def _silent(history: History) -> Judgement | None:
    if history.silent is None or history.patience is None or history.silent <= history.patience:
        return None
    reason = (
        f"nothing new for {history.silent} working days; {history.patience} would still be usual"
    )
    return Judgement(Verdict.QUIET, reason, Cause.SILENT)


def _from(reason: str, verdict: Verdict) -> Judgement:
    return Judgement(verdict, str(reason), cause_of(reason, Cause.REDESIGNED))


def _main_cause(tally: Tally, otherwise: Cause, *, instead_of: Cause | None = None) -> Cause:
    """Give the most frequent cause of rejections, unless it says nothing."""
    main = tally.causes.most_common(1)[0][0] if tally.causes else otherwise
    return otherwise if main is instead_of else main
