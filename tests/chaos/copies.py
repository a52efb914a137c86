"""Crawlers, senders and sites in several copies over one PostgreSQL, all of which are killed."""

import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

import db
import postgres_server
from chaos import judging
from chaos.fleet import Fleet
from chaos.harness import ROUND
from chaos.node import LASTING
from chaos.postoffice import PostOffice, open_counters
from chaos.rooms import Rooms, open_rooms
from db.models import Category, Delivery, Language, Message, Rhythm, SubscriptionRequest
from db.store import Store
from postgres_server import Server

DAY = timedelta(days=1)


@dataclass
class Copies:
    """One run of the harness."""

    folder: Path
    server: Server
    address: str
    kills: int
    seed: int
    crawlers: int = 3
    senders: int = 3
    sites: int = 2
    hosts: int = 4
    rooms: int = 12
    readers: int = 60
    restarts: int = 3
    #: seconds between two kills, from and to
    pause: tuple[float, float] = (0.5, 3.0)
    say: Callable[[str], object] = print
    killed: Counter[str] = field(default_factory=Counter)
    office: PostOffice = field(default_factory=PostOffice)
    faults: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    #: crawlers that were killed or suspended, and may have asked to the last
    cut_off: set[str] = field(default_factory=set)

    def fight(self) -> dict[str, int]:
        """Publish, crawl, tell and serve while everything is killed; give the figures.

        Raises:
            AssertionError: a promise was broken.
        """
        fleet = Fleet(self.folder)
        fleet.add("crawler", self.crawlers, "crawl")
        fleet.add("sender", self.senders, "digest", "send")
        fleet.add("site", self.sites, "serve")
        counters, over = open_counters(self.office), threading.Event()
        reader = threading.Thread(target=self._read, args=(fleet, over))
        try:
            with open_rooms(self.hosts, self.rooms) as rooms:
                self._configure(rooms, counters.port)
                addresses = self._prepare(fleet, rooms)
                reader.start()
                started = time.monotonic()
                self._under_fire(fleet, rooms, random.Random(self.seed))
                figures = {"seconds under fire": round(time.monotonic() - started)}
                figures["mails under fire"] = len(self.office.taken)
                self._come_to_rest(fleet)
                over.set()
                reader.join()
                figures |= self._judge(rooms, addresses)
                self._judge_sites(fleet)
        finally:
            over.set()
            fleet.end()
            counters.stop()
        assert not self.faults, f"{len(self.faults)} faults: " + "; ".join(self.faults[:5])
        return figures

    def _configure(self, rooms: Rooms, port: int) -> None:
        sources = "".join(
            f"""
            [sources.room-{room}]
            spider = "prs"
            base_url = "http://{rooms.host_of(room)}:{rooms.port}"
            publisher_id = {room + 1}
            delay = 0.05
            """
            for room in range(self.rooms)
        )
        (self.folder / "imdifeed.toml").write_text(
            f"""
            secret_key = "0123456789abcdef"
            site_url = "https://nytt.example"
            database = "{self.address}"
            [mail]
            transport = "smtp"
            host = "127.0.0.1"
            port = {port}
            sender = "IMDi-nytt <nytt@nytt.example>"
            [digest]
            surge = 0
            {sources}
            """,
            "utf-8",
        )

    def _prepare(self, fleet: Fleet, rooms: Rooms) -> list[str]:
        """Crawl what is history, and let readers sign up."""
        for room in range(self.rooms):
            for _ in range(2):
                rooms.publish(room, days_ago=60)
        assert fleet.begin("crawler-0", "crawl").wait(timeout=180) == 0
        addresses = [f"leser{number:05}@kommune.example" for number in range(self.readers)]
        now = datetime.now(UTC)
        with self._store() as store:
            for number, address in enumerate(addresses):
                # so many may sign up in an hour
                subscribe(store, address, now - DAY - (self.readers - number) * ROUND)
            while claimed := store.digests.claim("x", now=now, lease_for=DAY):
                store.digests.settle(claimed, "x", Delivery.SENT, now=now)
        return addresses

    @contextmanager
    def _store(self) -> Iterator[Store]:
        store = db.open_store(self.address)
        try:
            yield store
        finally:
            store.close()

    def _under_fire(self, fleet: Fleet, rooms: Rooms, dice: random.Random) -> None:
        """Keep all at work, publish, and kill at random; restart the server now and then."""
        restarts = {self.kills * (n + 1) // (self.restarts + 1) for n in range(self.restarts)}
        while self.killed.total() < self.kills:
            fleet.keep_going(fleet.nodes)
            time.sleep(dice.uniform(*self.pause))
            rooms.publish(dice.randrange(self.rooms))
            # whoever has just begun has nothing to lose yet
            grown = [one for one in fleet.nodes if time.monotonic() - one.since > 1.5]
            victim = dice.choice([one for one in grown if one.is_alive] or fleet.nodes)
            if not victim.is_alive:
                continue
            if victim.kind == "crawler":
                self.cut_off.add(victim.agent)
            if victim.kind == "crawler" and dice.random() < 0.3:
                fleet.suspend(victim, LASTING.total_seconds() * 1.5)
                self.killed["crawler suspended"] += 1
            else:
                fleet.kill(victim)
                self.killed[victim.kind] += 1
            done = self.killed.total()
            if done in restarts:
                restarts.remove(done)
                self._restart(dice)
            if done % 10 == 0:
                self.say(f"{done} kills, {len(self.office.taken)} messages taken")

    def _restart(self, dice: random.Random) -> None:
        self.server.stop(dice.choice(("immediate", "fast")))
        time.sleep(dice.uniform(0.2, 2))
        self.server.start()
        self.killed["server"] += 1

    def _come_to_rest(self, fleet: Fleet) -> None:
        """Let everything be found and told, the clock of the senders ahead."""
        fleet.wait_for("crawler")
        fleet.wait_for("sender")
        fleet.keep_going(fleet.of("site"))
        time.sleep(LASTING.total_seconds())
        # what a killed run had found is told once a later one has proved good
        assert fleet.begin("crawler-0", "crawl").wait(timeout=300) == 0
        moment = datetime.now(UTC)
        for _ in range(60):
            now = ("digest", "send", "--now", moment.isoformat())
            for process in [fleet.begin(node.name, *now) for node in fleet.of("sender")]:
                process.wait(timeout=300)
            with self._store() as store:
                counts = store.digests.counts()
            if not counts.get("queued") and not counts.get("sending"):
                return
            moment += ROUND
        raise AssertionError(f"after 60 rounds the outbox still holds {counts}")

    def _judge(self, rooms: Rooms, addresses: list[str]) -> dict[str, int]:
        with self._store() as store:
            entries = list(store.entries.walk())
            runs = {
                source.slug: store.crawls.recent(source.slug, limit=10_000)
                for source in store.vocabulary.sources()
            }
        published = sorted(one for numbers in rooms.published.values() for one in numbers)
        fresh = set(published[2 * self.rooms :])
        taken = self.office.taken
        self.faults += judging.stored(entries, published)
        self.faults += judging.crawled(runs)
        self.faults += judging.asked(rooms.asked, self.cut_off)
        self.faults += judging.told(taken, addresses, fresh)
        self.faults += judging.logged(self.folder)
        return {
            **{f"killed: {kind}": times for kind, times in sorted(self.killed.items())},
            "entries": len(entries),
            "crawls that came to their end": sum(map(len, runs.values())),
            "requests to publishers": len(rooms.asked),
            "mails": len(taken),
            "of them the same once more, for nobody knew": judging.repeated(taken),
            "stories told to each reader": len(fresh),
            **{f"answers: {status}": times for status, times in sorted(self.answers.items())},
        }

    def _read(self, fleet: Fleet, over: threading.Event) -> None:
        """Ask the sites now and then, as readers do."""
        while not over.wait(0.1):
            for node in fleet.of("site"):
                self.answers[node.status("/feed.json")] += 1

    def _judge_sites(self, fleet: Fleet) -> None:
        deadline = time.monotonic() + 60
        for node in fleet.of("site"):
            while node.status("/readyz") != "200" and time.monotonic() < deadline:
                time.sleep(0.2)
        path = "/api/entries?per_page=1000&sort=oldest"
        answers = [json.loads(node.get(path)) for node in fleet.of("site")]
        if any(one != answers[0] for one in answers):
            self.faults.append("the sites do not say the same")
        if odd := self.answers.keys() - {"200", "503", "none"}:
            self.faults.append(f"the sites answered {sorted(odd)}")


def subscribe(store: Store, address: str, moment: datetime) -> None:
    """Confirm a subscription of an address to everything, at once."""
    store.subscriptions.request(
        SubscriptionRequest(
            email=address, query="", rhythm=Rhythm.IMMEDIATE, language=Language.BOKMAL
        ),
        token_hash=address,
        message=Message(
            category=Category.CONFIRMATION, recipient=address, message_id="<x@x>", data=b"",
            dedupe_key=address,
        ),
        now=moment,
        expires=moment + 7 * DAY,
    )  # fmt: skip
    store.subscriptions.confirm(address, now=moment)


@contextmanager
def own_server(folder: Path) -> Iterator[Server]:
    """Run a PostgreSQL of our own that loses nothing it said is stored, though it is killed."""
    server = Server(folder, synchronous_commit="on")
    server.set_up()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@click.command()
@click.option("--kills", default=60, show_default=True)
@click.option("--readers", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True, help="of the dice that choose whom and when")
def main(kills: int, readers: int, seed: int) -> None:
    """Let copies work under fire, and say what came of it; fail where a promise was broken."""
    if reason := postgres_server.why_not():
        raise click.ClickException(reason)
    with (
        tempfile.TemporaryDirectory(prefix="imdifeed-copies-") as folder,
        tempfile.TemporaryDirectory(prefix="imdifeed-postgres-") as data,
        own_server(Path(data)) as server,
    ):
        address = server.make("copies")
        copies = Copies(Path(folder), server, address, kills, seed, readers=readers, say=click.echo)
        copies.office.pause = 0.05
        for name, figure in copies.fight().items():
            click.echo(f"{name}: {figure}")


if __name__ == "__main__":
    main()
