"""A process tree that is kept going: what runs always, and what runs by the clock.

Each job is a process of its own, and the leader of a process group, so that whatever it has started
ends with it. Should the supervisor itself be killed, Linux tells its children (prctl(2),
PR_SET_PDEATHSIG).
"""

import ctypes
import json
import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType
from typing import Protocol

from imdifeed.running.schedule import (
    LONGEST_ABSENCE,
    LONGEST_PAUSE,
    STEADY,
    is_due,
    last_of,
    pause_after,
)

logger = logging.getLogger(__name__)

#: what a command ends with that was done, needs a person, or was wrongly set up
_EXPECTED = range(3)
#: seconds all jobs together are given to end; systemd and people expect ten at most
PATIENCE = 7.0
#: seconds between two looks at the clock, and between two at what others have done
_TICK = 1.0
_LOOK = 15.0
_PR_SET_PDEATHSIG = 1


class Turn(Protocol):
    """Whether it is for us to do a thing that others may be doing."""

    def take(self, now: datetime) -> bool:
        """Tell whether to begin; asked now and then, as it may be due at any time."""

    def keep(self, now: datetime) -> None:
        """Hear, every second or so, that it is being done."""

    def give_back(self, now: datetime, *, done: bool) -> None:
        """Hear that it has ended, and whether it is done with for this time."""


@dataclass(slots=True, kw_only=True)
class Job:
    """One thing to do: for ever, or ever so often."""

    name: str
    #: the command with its arguments
    command: Sequence[str]
    #: from one beginning to the next; None for what runs always
    every: timedelta | None = None
    #: when it was last begun
    last: datetime | None = None
    #: decides when it is due, in place of `last`, where others do it too
    turn: Turn | None = None
    #: the job that is due at once when this one has ended
    then: str = ""
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    #: by the monotonic clock, in seconds
    begun: float = field(default=0.0, init=False)
    #: not before this moment of the monotonic clock
    not_before: float = field(default=0.0, init=False)
    #: failures in a row, and in all
    failures: int = field(default=0, init=False)
    crashes: int = field(default=0, init=False)
    #: how it ended last, in words
    ended: str = field(default="", init=False)

    def is_due(self, now: datetime, seconds: float) -> bool:
        """Tell whether to begin, by the clock on the wall and by the monotonic one."""
        if self.process is not None or seconds < self.not_before:
            return False
        if self.turn and self.every:
            self.not_before = seconds + _LOOK
            return self.turn.take(now)
        return self.every is None or self.failures > 0 or is_due(self.last, self.every, now=now)


class Supervisor:
    """Begins jobs when they are due, again when they fail, and ends them together."""

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        clock: Callable[[], datetime],
        on_change: Callable[[str], None],
    ) -> None:
        self.jobs = {job.name: job for job in jobs}
        self._clock = clock
        self._on_change = on_change
        self._stopping = False
        self._started = clock()

    def run(self) -> None:
        """Keep the jobs going until a signal asks to stop; then end them all."""
        reading, writing = os.pipe()
        for end in (reading, writing):
            os.set_blocking(end, False)
        before = signal.set_wakeup_fd(writing)
        handlers = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
        }
        try:
            while not self._stopping:
                self.step()
                select.select([reading], [], [], _TICK)
                with suppress(BlockingIOError):
                    os.read(reading, 4096)
        finally:
            self.stop()
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._stopping = True

    def step(self) -> None:
        """Look after every job once."""
        changed = [self._look_after(job) for job in self.jobs.values()]
        if any(changed):
            self._on_change(self.state())

    def _look_after(self, job: Job) -> bool:
        if job.process is not None:
            status = job.process.poll()
            if status is None:
                if job.turn:
                    job.turn.keep(self._clock())
                return False
            self._end(job, status)
            return True
        if job.is_due(self._clock(), time.monotonic()):
            self._begin(job)
            return True
        return False

    def _begin(self, job: Job) -> None:
        job.last = self._clock()
        job.begun = time.monotonic()
        job.process = subprocess.Popen(  # noqa: S603 - our own command
            job.command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_together
        )
        logger.info("%s: begun as process %d", job.name, job.process.pid)

    def _end(self, job: Job, status: int) -> None:
        assert job.process is not None  # noqa: S101 - whoever calls has looked
        _kill_group(job.process)
        job.process = None
        job.ended = _in_words(status)
        steady = time.monotonic() - job.begun > STEADY.total_seconds()
        if status in _EXPECTED and job.every is not None:
            job.failures = 0
            if status:
                logger.warning("%s: %s; its last words say what is wrong", job.name, job.ended)
        else:
            job.failures = 1 if steady else job.failures + 1
            job.crashes += 1
            longest = LONGEST_ABSENCE if job.every is None else LONGEST_PAUSE
            pause = pause_after(job.failures, longest).total_seconds()
            job.not_before = time.monotonic() + pause
            logger.error("%s: %s; it begins again in %d seconds", job.name, job.ended, pause)
        if job.turn:
            job.turn.give_back(self._clock(), done=status in _EXPECTED)
        if job.every is not None and job.last is not None:
            job.last = last_of(job.last, self._clock(), job.every)
        if job.then:
            self.jobs[job.then].last = None

    def stop(self) -> None:
        """End every job: ask, wait a little, and then end what is left by force."""
        running = [job for job in self.jobs.values() if job.process is not None]
        for job in running:
            assert job.process is not None  # noqa: S101 - chosen by it
            job.process.terminate()
        deadline = time.monotonic() + PATIENCE
        for job in running:
            assert job.process is not None  # noqa: S101 - chosen by it
            try:
                job.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.warning("%s: did not end in time and was killed", job.name)
            _kill_group(job.process)
            job.process.wait()
            job.process = None
            if job.turn:
                job.turn.give_back(self._clock(), done=False)
            logger.info("%s: ended", job.name)

    def state(self) -> str:
        """Give what others may read of all this, as JSON."""
        jobs = {
            job.name: {
                "process": job.process.pid if job.process else None,
                "begun": job.last.isoformat(timespec="seconds") if job.last else None,
                "crashes": job.crashes,
                "ended": job.ended,
            }
            for job in self.jobs.values()
        }
        started = self._started.isoformat(timespec="seconds")
        return json.dumps({"process": os.getpid(), "started": started, "jobs": jobs})


def _in_words(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    # the leader's number stays the group's as long as one member is left
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


_libc = ctypes.CDLL(None)


def _die_together() -> None:
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
