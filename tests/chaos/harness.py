"""Readers and entries in a store, senders that are killed, and what must be true in the end."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import db
from builders import NEWS, PRESS, declare, entry_data
from chaos.postoffice import (
    AMBIGUOUS,
    FOR_GOOD,
    Fate,
    PostOffice,
    Taken,
    fate_of,
    open_counters,
)
from db.models import Category, Delivery, Language, Message, Precision, PublisherDate, Rhythm
from db.models import SubscriptionRequest as Request
from db.store import Store

#: when readers have signed up, and when the digest is due: 07:00 in Oslo, a day later
BEGIN = datetime(2026, 11, 23, 7, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 6, tzinfo=UTC)
QUERIES = ("q=tolk", "q=bosetting", "tag=work", f"source={NEWS.slug}", "q=skole")
#: what moves the clock on between two rounds of senders
ROUND = timedelta(minutes=7)
_ROOT = Path(__file__).parents[2]


@dataclass
class Battle:
    """One run of the harness."""

    folder: Path
    readers: int
    senders: int
    kills: int
    seed: int
    #: seconds between two looks for somebody to kill
    pause: tuple[float, float] = (0.05, 1.0)
    say: Callable[[str], object] = print
    killed: int = 0
    killed_while_planning: int = 0
    office: PostOffice = field(default_factory=PostOffice)
    faults: list[str] = field(default_factory=list)

    @property
    def database(self) -> str:
        """Give the file of the store."""
        return str(self.folder / "imdifeed.db")

    def fight(self) -> dict[str, int]:
        """Send a day's digest under fire and the next day's in peace; give the figures.

        Raises:
            AssertionError: a promise was broken.
        """
        dice = random.Random(self.seed)
        addresses = self._prepare()
        counters = open_counters(self.office)
        try:
            self._configure(counters.port)
            started = time.monotonic()
            moment = self._under_fire(dice)
            moment = self._until_settled(moment)
            first_day = list(self.office.taken)
            figures = self._judge(addresses, first_day)
            figures["seconds"] = round(time.monotonic() - started)
            self.office.in_order = True
            self._in_peace(moment + timedelta(days=1))
            self._judge_the_next_day(addresses, self.office.taken[len(first_day) :])
        finally:
            counters.stop()
        assert not self.faults, f"{len(self.faults)} faults: " + "; ".join(self.faults[:5])
        return figures

    def _prepare(self) -> list[str]:
        store = db.open_store(self.database)
        declare(store, now=BEGIN)
        addresses = [f"leser{number:05}@kommune.example" for number in range(self.readers)]
        with store.together():
            for number, address in enumerate(addresses):
                # so many may sign up in an hour
                moment = BEGIN - (self.readers - number) * timedelta(seconds=30)
                subscribe(store, address, "", moment)
                if number % 2:
                    subscribe(store, address, QUERIES[number % len(QUERIES)], moment)
            for number in range(8):
                store.entries.put(
                    entry_data(
                        key=f"{number}",
                        source=(NEWS, PRESS)[number % 2].slug,
                        title=f"Sak {number} om tolk, bosetting og skole",
                        url=f"https://www.imdi.no/sak/{number}/",
                        published=PublisherDate(BEGIN, Precision.DAY),
                    ),
                    seen=BEGIN + timedelta(hours=1 + number),
                    first_crawl=False,
                )
            # the confirmations went out long ago
            while claimed := store.digests.claim(
                "prepared",
                now=BEGIN,
                lease_for=timedelta(minutes=1),
                category=Category.CONFIRMATION,
            ):
                store.digests.settle(claimed, "prepared", Delivery.SENT, now=BEGIN)
        store.close()
        return addresses

    def _configure(self, port: int) -> None:
        (self.folder / "imdifeed.toml").write_text(
            f"""
            secret_key = "0123456789abcdef"
            site_url = "https://nytt.example"
            [mail]
            transport = "smtp"
            host = "127.0.0.1"
            port = {port}
            sender = "IMDi-nytt <nytt@nytt.example>"
            [digest]
            workers = 1
            surge = 0
            [sources.{NEWS.slug}]
            spider = "imdi"
            base_url = "https://www.imdi.no"
            [sources.{PRESS.slug}]
            spider = "prs"
            base_url = "https://kommunikasjon.ntb.no"
            publisher_id = 89626
            """,
            "utf-8",
        )

    def _send(self, moment: datetime) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "chaos.sender", "--config", "imdifeed.toml"]
        paths = os.pathsep.join((str(_ROOT), str(_ROOT / "tests")))
        with (self.folder / "sender.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "digest", "send", "--now", moment.isoformat()],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": paths},
                stdout=log,
                stderr=log,
            )

    def _under_fire(self, dice: random.Random) -> datetime:
        """Keep the senders at work and kill them at random: first the planners, then the rest."""
        moment = DUE
        alive = [self._send(moment) for _ in range(self.senders)]
        # spread over three quarters of the messages
        step, next_kill = max(1, 3 * self.readers // (4 * max(self.kills, 1))), 1
        while self.killed < self.kills:
            time.sleep(dice.uniform(*self.pause))
            moment += timedelta(seconds=20)
            attempts = self.office.attempts.total()
            planning = not attempts
            victim = dice.choice(alive)
            at_work = attempts >= next_kill or (planning and self.killed < self.kills // 5)
            if at_work and victim.poll() is None:
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                self.killed += 1
                self.killed_while_planning += planning
                next_kill = attempts + step if attempts else 1
                if self.killed % 10 == 0:
                    self.say(f"{self.killed} kills, {len(self.office.taken)} messages taken")
            alive = [self._send(moment) if one.poll() is not None else one for one in alive]
        for process in alive:
            process.wait(timeout=600)
        return moment

    def _until_settled(self, moment: datetime) -> datetime:
        for _ in range(40):
            store = db.open_store(self.database)
            counts = store.digests.counts()
            store.close()
            if not counts.get("queued") and not counts.get("sending"):
                return moment
            moment += ROUND
            for process in [self._send(moment) for _ in range(self.senders)]:
                process.wait(timeout=300)
        raise AssertionError(f"after 40 rounds the outbox still holds {counts}")

    def _in_peace(self, moment: datetime) -> None:
        assert self._send(moment).wait(timeout=600) in (0, 1)

    def _judge(self, addresses: list[str], taken: list[Taken]) -> dict[str, int]:
        log = (self.folder / "sender.log").read_text("utf-8", "replace")
        if "Traceback" in log:
            self.faults.append(f"a sender broke:\n{log[log.index('Traceback') :][:2000]}")
        mails = by_address(taken)
        lost = [a for a in addresses if fate_of(a) not in FOR_GOOD and not mails[a]]
        if lost:
            self.faults.append(f"{len(lost)} got nothing, such as {lost[0]} ({fate_of(lost[0])})")
        wrongly = [a for a in addresses if fate_of(a) in FOR_GOOD and mails[a]]
        if wrongly:
            self.faults.append(f"{wrongly[0]} was refused and got a mail")
        doubled = {a: found for a, found in mails.items() if len(found) > 1}
        for address, found in doubled.items():
            if len({(one.message_id, one.data) for one in found}) > 1:
                self.faults.append(f"{address} got messages that differ")
            if any(one.known for one in found[:-1]):
                self.faults.append(f"{address} got a second mail though the first was known")
        fates = Counter(fate_of(address) for address in doubled)
        return {
            "readers": len(addresses),
            "kills": self.killed,
            "of them while planning": self.killed_while_planning,
            "attempts": self.office.attempts.total(),
            "addresses refused for good": sum(fate_of(a) in FOR_GOOD for a in addresses),
            "lost": len(lost),
            "exactly one mail": sum(len(found) == 1 for found in mails.values()),
            "more than one, same Message-ID": len(doubled),
            "of them by an ambiguous answer": sum(fates[fate] for fate in AMBIGUOUS),
            "of them by a kill": sum(fates.values()) - sum(fates[fate] for fate in AMBIGUOUS),
        }

    def _judge_the_next_day(self, addresses: list[str], taken: list[Taken]) -> None:
        """See that the next digest carries what was refused, to whom it may be written."""
        mails = by_address(taken)
        for address in addresses:
            owed = fate_of(address) in FOR_GOOD - {Fate.NOBODY}
            if len(mails[address]) != owed:
                self.faults.append(
                    f"{address} ({fate_of(address)}) got {len(mails[address])} mails"
                )
            for one in mails[address]:
                if one.data.count(b"https://www.imdi.no/sak/") < 8:
                    self.faults.append(f"{address} was not told everything the next day")


def by_address(taken: list[Taken]) -> dict[str, list[Taken]]:
    """Give the messages by address, in the order they were taken."""
    found: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        found[one.address].append(one)
    return found


def subscribe(store: Store, address: str, query: str, moment: datetime) -> None:
    """Confirm a subscription of an address, daily and in bokmål."""
    token = f"{address} {query}"
    store.subscriptions.request(
        Request(email=address, query=query, rhythm=Rhythm.DAILY, language=Language.BOKMAL),
        token_hash=token,
        message=Message(
            category=Category.CONFIRMATION, recipient=address, message_id="<x@x>", data=b"",
            dedupe_key=token,
        ),
        now=moment,
        expires=moment + timedelta(days=7),
    )  # fmt: skip
    store.subscriptions.confirm(token, now=moment)
