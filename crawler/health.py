"""The verdict on a crawl run.

Silence is seen: a source that is emptied, redesigned, walled or answering 200 with an error page
gets a verdict of its own. A run that stored nothing and had nothing to store is never "ok".
"""

from dataclasses import dataclass, field

from db.models import Outcome, Verdict


@dataclass(slots=True)
class Tally:
    """What one crawl run has met so far."""

    requests: int = 0
    #: entries the source's lists named
    listed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: entries that could not be fetched, read or used
    rejected: int = 0
    #: those of them that a server did not hand over
    unfetched: int = 0
    #: the first of them, with the reason
    first_rejection: str = ""
    #: a further page of the list could not be had
    cut_short: bool = False
    #: what went wrong besides single entries, a sentence each
    troubles: list[str] = field(default_factory=list)
    #: what ended the run before its time
    obstacle: str = ""

    @property
    def stored(self) -> int:
        """How many entries reached the store."""
        return self.new + self.changed + self.unchanged

    @property
    def complete(self) -> bool:
        """Whether the run came to the end of what the source lists."""
        return bool(self.listed) and not (self.obstacle or self.cut_short)

    @property
    def done(self) -> int:
        """How many entries were settled, one way or the other."""
        return self.stored + self.rejected

    def count(self, outcome: Outcome) -> None:
        """Count what the store did with one entry."""
        match outcome:
            case Outcome.NEW:
                self.new += 1
            case Outcome.CHANGED:
                self.changed += 1
            case Outcome.UNCHANGED:
                self.unchanged += 1


def judge(tally: Tally) -> tuple[Verdict, str]:
    """Judge a finished run; give the verdict and its reason, one sentence for the operator."""
    if tally.obstacle:
        return (Verdict.DEGRADED if tally.stored else Verdict.BROKEN), tally.obstacle
    if not tally.listed:
        return Verdict.BROKEN, _first(tally.troubles) or "the source lists no entries at all"
    if tally.rejected and not tally.stored:
        return (
            Verdict.BROKEN,
            f"none of the {tally.rejected} entries could be read: {tally.first_rejection}",
        )
    if tally.rejected:
        entries = "1 entry was" if tally.rejected == 1 else f"{tally.rejected} entries were"
        return Verdict.DEGRADED, f"{entries} rejected: {tally.first_rejection}"
    if tally.troubles:
        return Verdict.DEGRADED, _first(tally.troubles)
    return Verdict.OK, ""


def _first(sentences: list[str]) -> str:
    return sentences[0] if sentences else ""
