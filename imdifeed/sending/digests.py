"""Plan the digests that are due and put them into the outbox.

Safe to run twice, at once, and after any crash: a window is planned once, and a message is stored
together with what it tells. `imdifeed.sending.handover` takes it from there.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from db.errors import AlreadyToldError
from db.models import DigestRun, Progress
from db.store import Store
from feed.delivery import FolderTransport
from imdifeed.sending.addressing import Rendered
from imdifeed.sending.composing import Composer
from imdifeed.sending.floods import MOST_RUNS, too_much
from imdifeed.sending.selection import Choice, Selector
from imdifeed.sending.windows import Rests, Window, due_windows, is_norwegian_holiday, never_rests
from imdifeed.settings import Settings

#: subscriptions without news whose progress is stored together
_TOGETHER = 1000
#: rendered messages that are stored together, with all that each does: half a second. Fewer write
#: the same pages of the store over and over: 500 at a time 2.5 times as much as 2,000
_MESSAGES_TOGETHER = 2_000

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Planned:
    """How planning went."""

    #: messages put into the outbox
    queued: int = 0
    #: why runs wait for a person, a sentence each
    held: list[str] = field(default_factory=list)
    #: numbers of entries that would have broken a message; they stay untold
    left_out: set[int] = field(default_factory=set)
    #: subscriptions of readers whose message cannot be written
    unwritable: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Extent:
    """How much a run tells."""

    #: that tell of anything new
    messages: int = 0
    #: numbers of the stories that any of them tells
    stories: set[int] = field(default_factory=set)

    def add(self, stories: Iterable[int]) -> None:
        """Count a message with the stories it tells, if it tells any."""
        told = set(stories)
        self.messages += bool(told)
        self.stories |= told


def plan_and_queue(
    store: Store, settings: Settings, *, now: datetime, let_go: bool = False
) -> Planned:
    """Put the due digests into the outbox. Safe to repeat after any crash.

    A run out of proportion to earlier ones is held, nothing of it queued, unless `let_go` is set.
    """
    planned = Planned()
    for window in due_windows(now, _rests(settings)):
        if not store.digests.lowest(window.rhythm):
            continue
        run = store.digests.plan(window.rhythm, window.name, cutoff=window.cutoff)
        if run.completed is None:
            _run(store, settings, run, planned, now=now, let_go=let_go)
    return planned


def write_dry_run(store: Store, settings: Settings, folder: Path, *, now: datetime) -> int:
    """Write the digests that would be sent now as .eml files; change nothing in the store."""
    written = 0
    with FolderTransport(folder) as transport:
        for window in due_windows(now, _rests(settings)):
            if store.digests.is_over(window.rhythm, window.name, cutoff=window.cutoff):
                continue
            composer = Composer(store, settings, window, now=now)
            selector = Selector(store, window.rhythm, cutoff=window.cutoff, now=now)
            for choices in selector.readers():
                if rendered := composer.digest(choices):
                    message = rendered.message
                    transport.hand_over(settings.mail.sender, message.recipient, message.mail())
                    written += 1
    return written


def _rests(settings: Settings) -> Rests:
    return is_norwegian_holiday if settings.digest.rest_on_holidays else never_rests


def _run(
    store: Store,
    settings: Settings,
    run: DigestRun,
    planned: Planned,
    *,
    now: datetime,
    let_go: bool,
) -> None:
    """Queue all that a window has to tell, and record that it is done."""
    selector = Selector(store, run.rhythm, cutoff=run.cutoff, now=now)
    reason = "" if let_go else _too_much(store, settings, run, selector)
    if reason:
        store.digests.hold(run.id, reason=reason)
        planned.held.append(f"the {run.rhythm} digests of {run.window} are held: {reason}")
        return
    composer = Composer(store, settings, Window(run.rhythm, run.window, run.cutoff), now=now)
    extent = Extent()
    while _pass(store, composer, selector, planned, extent, now=now):
        # another run came between: what is left untold is less each time
        _log.info("the %s digests of %s are looked through again", run.rhythm, run.window)
        selector = Selector(store, run.rhythm, cutoff=run.cutoff, now=now)
    selector.pass_over()
    store.digests.complete(run.id, messages=extent.messages, stories=len(extent.stories), now=now)


def _too_much(store: Store, settings: Settings, run: DigestRun, selector: Selector) -> str:
    """Say what of a run is out of proportion to earlier ones, if anything is."""
    earlier = store.digests.runs(run.rhythm, limit=MOST_RUNS)
    surge = settings.digest.surge
    # what there is at most is found at once; who is told what takes as long as telling it
    if not too_much(*selector.at_most(), earlier, surge=surge):
        return ""
    extent = Extent()
    for choices in selector.readers():
        extent.add(one.story for choice in choices for one in choice.fresh)
    return too_much(extent.messages, len(extent.stories), earlier, surge=surge)


def _pass(
    store: Store,
    composer: Composer,
    selector: Selector,
    planned: Planned,
    extent: Extent,
    *,
    now: datetime,
) -> bool:
    """Look through every reader; True where one was told something else meanwhile."""
    overtaken = False
    silent: list[Progress] = []
    waiting: list[Rendered] = []
    for choices in selector.readers():
        rendered = _rendered(composer, choices, planned)
        if rendered:
            waiting.append(rendered)
            extent.add(one.story for one in rendered.contents.told)
        elif not any(choice.fresh for choice in choices):
            silent += [choice.progress for choice in choices]
        if len(waiting) >= _MESSAGES_TOGETHER:
            overtaken |= _queue(store, waiting, planned, now=now)
            waiting = []
        if len(silent) >= _TOGETHER:
            store.digests.advance(silent)
            silent = []
    overtaken |= _queue(store, waiting, planned, now=now)
    store.digests.advance(silent)
    return overtaken


def _queue(store: Store, messages: Sequence[Rendered], planned: Planned, *, now: datetime) -> bool:
    """Store messages in one transaction; True where a reader was told something else meanwhile."""
    try:
        with store.together():
            queued = [_enqueue(store, one, now) for one in messages]
    except AlreadyToldError:
        # nothing of them is stored: each for itself
        overtaken = False
        for one in messages:
            try:
                planned.queued += _enqueue(store, one, now)
            except AlreadyToldError:
                overtaken = True
        return overtaken
    planned.queued += sum(queued)
    return False


def _enqueue(store: Store, rendered: Rendered, now: datetime) -> bool:
    return store.digests.enqueue(rendered.message, rendered.contents, now=now)


def _rendered(composer: Composer, choices: Sequence[Choice], planned: Planned) -> Rendered | None:
    """Render a reader's digest; None where there is nothing to tell, or no way to write it."""
    try:
        rendered = composer.digest(choices)
    except ValueError:
        numbers = [choice.follower.subscription.id for choice in choices]
        if planned.unwritable.isdisjoint(numbers):
            _log.exception("no digest can be written for subscriptions %s", numbers)
        planned.unwritable.update(numbers)
        return None
    if rendered:
        planned.left_out.update(rendered.left_out)
    return rendered
