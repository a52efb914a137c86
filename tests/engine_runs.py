"""One engine, driven and asked in every way, to be held against the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from builders import DISTRICTS, EXPENSES, INTERPRETERS, NEWS, PRESS, SOURCES, TAGS
from db.errors import StoreError
from db.models import (
    AttachmentState,
    Category,
    DeadlineKind,
    EntryData,
    EntryTag,
    FormerTag,
    FoundDeadline,
    Kind,
    Language,
    Message,
    Page,
    Rhythm,
    Stretch,
    SubscriptionRequest,
    Verdict,
)
from db.query import EntryQuery, Paging, Sort
from db.store import Store
from imdifeed.config import load_settings
from imdifeed.sending.digests import plan_and_queue
from imdifeed.sending.handover import hand_over, manner_of, transport_for

DAY = timedelta(days=1)


QUERIES = (
    *(
        "",
        "tolk",
        "tolkene bosetting",
        '"på arbeid"',
        '"i og på"',
        "title:tolk",
        "title:bosetting*",
    ),
    *("bos*", "inn* -tolk", "-tolk", "tolk OR flyktning", "arbeidsliv", "introduksjonsprogram"),
    *("flyktninger i arbeid", "busetjing", "2025", "15400", "åse", "aase", "straße", "komune"),
    *("hvordan går det med flyktninger i arbeid og bosetting", '"', "%_'\\", "title:", "?"),
)


@dataclass
class Run:
    """One engine, driven through the operations that the other one has too."""

    store: Store
    now: datetime
    folder: Path
    #: addresses of the readers by their links
    links: dict[str, str] = field(default_factory=dict)

    def put(self, key: int, first: bool, changes: dict[str, Any]) -> object:
        base = (INTERPRETERS, DISTRICTS, EXPENSES)[key % 3]
        source = (NEWS, PRESS)[key % 2].slug
        data = replace(base, source=source, key=str(key), **changes)
        return self.store.entries.put(data, seen=self.now, first_crawl=first)

    def reread(self, number: int, changes: dict[str, Any]) -> object:
        data = self.store.entries.get(number)
        return self.store.entries.reread(number, replace(_data_of(data), **changes), now=self.now)

    def retag(self, number: int, tag: str) -> object:
        return self.store.entries.retag(number, [EntryTag(tag, "", 1.5)], now=self.now)

    def withdraw(self, key: int) -> object:
        return self.store.entries.withdraw((NEWS, PRESS)[key % 2].slug, [str(key)], now=self.now)

    def join(self, one: int, other: int, by_person: bool) -> object:
        return self.store.stories.join(one, other, by_person=by_person, now=self.now)

    def split(self, number: int) -> object:
        return self.store.stories.split(number, now=self.now)

    def take_down(self, number: int) -> object:
        return self.store.takedowns.take_down(
            number, reason="etter ønske", is_about=lambda _: True, now=self.now
        )

    def lift(self, number: int) -> object:
        return self.store.takedowns.lift(number, now=self.now)

    def read_file(self, number: int, pages: list[str]) -> object:
        return self.store.attachments.read(
            self.store.entries.get(number).id,
            0,
            AttachmentState.READ,
            pages,
            length=17,
            now=self.now,
        )

    def deadline(self, number: int, days: int) -> object:
        found = FoundDeadline(
            kind=DeadlineKind.APPLICATION,
            day=self.now.date() + days * DAY,
            time=None,
            sentence=f"Frist om {days} dager.",
            wording="Frist om dager.",
        )
        known = self.store.entries.get(number)
        return self.store.deadlines.replace(known.id, [found], now=self.now)

    def crawl(self, source: int, verdict: str) -> object:
        run = self.store.crawls.begin((NEWS, PRESS)[source % 2].slug, now=self.now)
        done = replace(run, finished=self.now, complete=True, verdict=Verdict(verdict), new=1)
        self.store.crawls.finish(done)
        return run.first, run.thorough

    def page(self, key: int) -> object:
        return self.store.pages.put(
            Page(
                source=NEWS.slug, url=f"https://www.imdi.no/{key}", keys=(str(key),),
                content="x", fetched=self.now, due=self.now,
            )
        )  # fmt: skip

    def rename(self, back: bool) -> object:
        old, new = ("arbeid", "work") if back else ("work", "arbeid")
        tags = [replace(tag, slug=new) if tag.slug in ("work", "arbeid") else tag for tag in TAGS]
        former = [FormerTag(slug=old, label="Arbeid", now=new)]
        return self.store.vocabulary.declare(SOURCES, tags, former=former, now=self.now)

    def subscribe(self, reader: int, query: str, rhythm: str) -> object:
        token = f"{reader}/{query}/{self.now}"
        email = f"leser{reader}@kommune.example"
        request = SubscriptionRequest(
            email=email, query=query, rhythm=Rhythm(rhythm), language=Language.BOKMAL,
            corrections=reader == 1,
        )  # fmt: skip
        message = Message(
            category=Category.CONFIRMATION, recipient=email, message_id=f"<{token}>",
            data=b"Bekreft\0", dedupe_key=token,
        )  # fmt: skip
        self.store.subscriptions.request(
            request, token_hash=token, message=message, now=self.now, expires=self.now + DAY
        )
        return _known(self.store.subscriptions.confirm(token, now=self.now))

    def follow_else(self, reader: int, what: str) -> object:
        found = self.store.readers.by_email(f"LESER{reader}@kommune.example")
        if found is None or not found.subscriptions:
            return None
        one = found.subscriptions[-1]
        if what == "pause":
            return self.store.readers.pause(found, one.id, now=self.now)
        if what == "resume":
            return self.store.readers.resume(found, one.id, now=self.now)
        if what == "erase":
            return self.store.readers.erase(found, now=self.now)
        return self.store.readers.end(found, [one.id], reason=what, now=self.now)

    def send(self) -> object:
        made = self.folder / "imdifeed.toml"
        made.write_text('secret_key = "0123456789abcdef0123456789"\n', "utf-8")
        chosen = load_settings(made, {})
        plan_and_queue(self.store, chosen, now=self.now)
        with transport_for(chosen.mail) as transport:
            hand_over(self.store, transport, manner_of(chosen), clock=lambda: self.now)
        return self.store.digests.counts()

    def reindex(self) -> object:
        return self.store.entries.reindex()


def _data_of(entry: Any) -> EntryData:
    return EntryData(**{name: getattr(entry, name) for name in EntryData.__dataclass_fields__})


def _known(subscription: Any) -> object:
    # numbers are given with gaps where a sign-up came to nothing new
    return replace(subscription, id=0)


def outcome(action: Callable[..., object], given: Iterable[object]) -> object:
    """Give what comes of it, an error of ours by its name and words."""
    try:
        return action(*given)
    except StoreError as error:
        return type(error).__name__, str(error)


def seen(run: Run) -> Iterator[tuple[str, object]]:
    """Give everything that can be asked, by name."""
    store, now = run.store, run.now
    entries = list(store.entries.walk())
    yield "entries", entries
    yield "revisions", [store.entries.revisions(one.id) for one in entries]
    yield "related", [[like.id for like in store.entries.related(one.id, 5)] for one in entries]
    yield "versions", [store.entries.versions(one.id) for one in entries]
    yield "editions", [store.entries.editions(one.id) for one in entries]
    yield "near", [store.stories.near(one.id, within=90 * DAY) for one in entries]
    yield "takedowns", store.takedowns.all()
    yield "crawls", store.crawls.latest()
    yield "pages", store.pages.due(NEWS.slug, now=now, limit=9)
    yield "unread", store.attachments.unread(NEWS.slug)
    yield "tags", (store.vocabulary.tags(), store.vocabulary.former())
    yield "state", store.entries.state()
    yield "figures", replace(store.upkeep.figures(), size=0)
    yield "horizon", store.digests.horizon(cutoff=now)
    yield (
        "readers",
        [
            (reader.email, [_known(one) for one in reader.subscriptions])
            for reader in store.readers.all()
        ],
    )
    yield (
        "told",
        [_without_ids(store.readers.personal_data(reader)) for reader in store.readers.all()],
    )
    for q in QUERIES:
        for query in (EntryQuery(q=q), EntryQuery(q=q, exact=True)):
            yield f"search {query}", _found(store, query)
    for query in (
        EntryQuery(), EntryQuery(tags=("work",)), EntryQuery(kinds=(Kind.NEWS,), q="bosetting"),
        EntryQuery(from_date=date(2025, 1, 1), q="tolk"), EntryQuery(sort=Sort.OLDEST),
        EntryQuery(sources=(NEWS.slug,), languages=(Language.NYNORSK, Language.BOKMAL)),
    ):  # fmt: skip
        yield f"search {query}", _found(store, query)
        yield f"listing {query}", list(_listing(store, query, now))


def _found(store: Store, query: EntryQuery) -> object:
    page = store.entries.search(query, Paging(page=1, per_page=4))
    beyond = store.entries.search(query, Paging(page=2, per_page=4))
    more = [[entry.id for entry in one.entries] for one in (page, beyond)]
    return replace(page, entries=()), more, store.entries.facets(query)


def _listing(store: Store, query: EntryQuery, now: datetime) -> Iterator[object]:
    numbers = [entry.id for entry in store.entries.newest(query, 50)]
    yield numbers
    yield [entry.id for entry in store.entries.chosen(query)]
    yield store.entries.months(query)
    yield store.entries.pace(query, now)
    yield [(one.entry_id, one.moment) for one in store.feeds.states(query, 50)]
    yield [store.feeds.count_before(query, number) for number in numbers]
    yield [store.feeds.before(query, number, 2) for number in numbers]
    yield [store.feeds.after(query, number, 2) for number in numbers]
    if numbers:
        part = Stretch(numbers[-1], numbers[0], max(numbers))
        yield [entry.id for entry in store.feeds.read(query, 50, within=part)]
    yield store.feeds.alterations(query, limit=20)
    yield store.deadlines.ahead(query, from_day=now.date(), limit=9)
    yield store.deadlines.calendar(query, limit=9)
    yield {entry.id for entry in store.entries.changes(query, since=0, limit=50).entries}
    yield store.digests.candidates(
        query, beyond=0, after=now - 400 * DAY, cutoff=now, not_older_than=30 * DAY
    )


def _without_ids(personal: dict[str, object]) -> object:
    def cleared(value: object) -> object:
        if isinstance(value, dict):
            # a message's id is drawn
            hidden = ("id", "subscription", "message_id")
            return {name: cleared(one) for name, one in value.items() if name not in hidden}
        return [cleared(one) for one in value] if isinstance(value, list) else value

    return cleared(personal)
