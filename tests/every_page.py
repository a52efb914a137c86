"""A site in which every page has something to show, and the address of each page."""

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy

from flask import abort

from builders import (
    CRITERIA,
    ENTRIES,
    INTERPRETERS,
    SOURCES,
    TAGS,
    entry_data,
    fill_many,
    put,
)
from db.models import (
    Attachment,
    Category,
    DeadlineKind,
    Delivery,
    DigestContents,
    EntryTag,
    FoundDeadline,
    Kind,
    Language,
    Message,
    Precision,
    PublisherDate,
    Shared,
    Tag,
    Told,
    Verdict,
)
from db.store import Store
from feed.digest_view import DigestView, page_of
from feed.stories import Group, Story, Words
from web.mail.tokens import hash_token
from web_site import Running

READER = "leser@kommune.example"
#: words as long as officials make them, in both forms of Norwegian and in English
LONGEST = (
    "Menneskerettighetskonvensjonsbestemmelsenes",
    "Integreringstilskotsutbetalingsreglementsendringane",
    "Counterinterdisciplinaryreinstitutionalisation",
)
EVERY_KIND = "sak-med-alt"


def fill_every_page(store: Store, running: Running, now: datetime) -> dict[str, str]:
    """Fill a store through the doors its users have; give each page's address by a name."""
    store.vocabulary.declare(SOURCES, [*TAGS, Tag("long", *LONGEST)], now=now)
    numbers = {data.key: put(store, data, seen=now, first_crawl=True) for data in ENTRIES}
    fill_many(store, 60, seen=now - timedelta(days=2))
    whole = _entry_with_everything(store, now)
    gone = put(store, entry_data(key="gone", title="Borte vekk"), seen=now)
    store.entries.withdraw("imdi-news", ["gone"], now=now)
    joined = put(store, entry_data(key="twin", url="https://www.imdi.no/twin/"), seen=now)
    store.stories.join(numbers[INTERPRETERS.key], joined, by_person=True, now=now)
    _runs(store, now)
    _routes_that_fail(running)
    return {
        "listing": "/",
        "second page": "/?page=2&tag=work",
        "search": "/?q=tolk&tag=interpreting&from=2023-01-01&to=2023-12-31",
        "search in part": "/?q=tolk+kommune+utgifter",
        "exact search": "/?q=tolk&exact=1",
        "empty search": "/?q=finnesikkexyz&tag=work",
        "entry": f"/entries/{whole}",
        "summary": f"/entries/{numbers[CRITERIA.key]}",
        "withdrawn": f"/entries/{gone}",
        "history": f"/entries/{whole}/history",
        "tags": "/tags",
        "follow": "/follow",
        "follow a search": "/follow?q=tolk&tag=long",
        "sources": "/sources",
        "about": "/about",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
        "not found": "/nothing",
        "unknown value": "/?tag=nothing",
        "bad value": "/?from=yesterday",
        "gone": "/fail/410",
        "too many": "/fail/429",
        "fault": "/fail/500",
        **_pages_of_a_reader(store, running, now),
    }


def _entry_with_everything(store: Store, now: datetime) -> int:
    data = entry_data(
        key=EVERY_KIND,
        title=f"Utlysing: {' '.join(LONGEST)}",
        lead="Kommunane kan søkje om tilskot. Fristen er 15. desember 2026.",
        kind=Kind.NOTICE,
        url="https://www.imdi.no/tilskudd/integreringstilskotsutbetalingsreglementsendringane/",
        body="<p>Kommunane kan søkje om tilskot.</p><h4>Kven kan søkje</h4><ul><li>Kommunar</li>"
        "<li>Fylkeskommunar</li></ul><table><tr><th>År</th><th>Kroner</th></tr>"
        f"<tr><td>2026</td><td>1 000 000</td>{'<td>busetjingsoppmoding</td>' * 9}</tr></table>"
        f"<pre>{'x' * 400}</pre><p>{LONGEST[1]} {LONGEST[1]}</p>"
        '<blockquote><p>Sitat</p></blockquote><p><a href="https://www.imdi.no/">Les meir</a></p>',
        language=Language.NYNORSK,
        chapter=LONGEST[1],
        work="w",
        series="s",
        keywords=("tilskot",),
        shape="imdi_page",
        updated=PublisherDate(now - timedelta(days=1), Precision.MINUTE),
        attachments=(
            Attachment("https://www.imdi.no/a.pdf", f"{LONGEST[1]}.pdf", "application/pdf", 9000),
            Attachment("", "Rettleiing", "application/msword", 2_400_000),
        ),
        tags=(
            EntryTag("work", "tittel: «arbeid»", 3.0),
            EntryTag("long", "ingress: «lang» (2); tekst: «langt»", 3.0),
        ),
        deadlines=(
            FoundDeadline(
                kind=DeadlineKind.APPLICATION,
                day=(now + timedelta(days=20)).date(),
                time=time(12, 0),
                sentence="Fristen er 15. desember 2026.",
                wording="Fristen er.",
            ),
            FoundDeadline(
                kind=DeadlineKind.OTHER,
                day=(now - timedelta(days=20)).date(),
                sentence="Fristen er ute.",
                wording="Fristen er ute.",
            ),
        ),
    )
    before = replace(data, lead="Kommunane kan søkje.", body_text="Kommunar kan søkje no.")
    put(store, before, seen=now - timedelta(days=3))
    number = put(store, data, seen=now)
    for key, changes in (
        ("english", {"language": Language.ENGLISH, "work": "w", "title": "Call for proposals"}),
        ("older", {"series": "s", "work": "", "title": "Utlysing for i fjor"}),
    ):
        put(store, replace(data, key=key, deadlines=(), **changes), seen=now)  # type: ignore[arg-type]
    return number


def _runs(store: Store, now: datetime) -> None:
    verdicts = (Verdict.OK, Verdict.BROKEN, Verdict.DEGRADED)
    for source, verdict in zip(SOURCES, verdicts, strict=True):
        run = store.crawls.begin(source.slug, now=now)
        done = replace(
            run, finished=now, verdict=verdict, reason="the list is empty", complete=True
        )
        store.crawls.finish(done)


def _routes_that_fail(running: Running) -> None:
    def fail(status: int) -> str:
        if status == 500:
            raise ZeroDivisionError
        abort(status)

    running.app.add_url_rule("/fail/<int:status>", "fail", fail)


def _pages_of_a_reader(store: Store, running: Running, now: datetime) -> dict[str, str]:
    post = running.client.post
    post("/subscribe", data={"email": READER, "tag": "long", "q": LONGEST[1]})
    confirm, refuse = _links(store, now)
    post(confirm)
    post("/subscribe", data={"email": READER, "tag": "work", "rhythm": "weekly"})
    waiting = _links(store, now)[0]
    post("/subscriptions", data={"email": READER})
    (manage,) = _links(store, now)
    return {
        "sign up": "/subscribe?tag=work",
        "sign up for all": "/subscribe",
        "confirm": waiting,
        "confirmed": confirm,
        "refuse": refuse,
        "link to subscriptions": "/subscriptions",
        "subscriptions": manage,
        **_digest(store, now),
    }


def _digest(store: Store, now: datetime) -> dict[str, str]:
    story = Story(
        title=LONGEST[1], url="https://www.imdi.no/x/", facts="Nyhet · IMDi",
        summary="Samandrag", language="nn", also=("søk «lov»",), elsewhere="regjeringen.no",
        passage=(Words("Uten "), Words("tolk", marked=True)),
    )  # fmt: skip
    group = Group(
        "søk «tolk»", "ord «tolk»", "https://imdifeed.example/?q=tolk", "", (story,),
        rest=3, older=12, amended=(replace(story, title="Rettet sak"),),
    )  # fmt: skip
    view = DigestView(
        Language.BOKMAL, "4 nye saker", "23. november 2026", (group,), (), ("IMDi: stille",)
    )
    message = Message(
        category=Category.DIGEST, recipient=READER, message_id="<d@x>", data=b"x", dedupe_key="d"
    )
    contents = DigestContents(
        told=(Told(subscription_id=1, story=1),),
        tokens=((hash_token("leave"), (1,)),),
        page=(hash_token("page"), Shared.of(page_of(view))),
    )
    store.digests.enqueue(message, contents, now=now)
    return {"unsubscribe": "/unsubscribe/leave", "digest": "/digests/page"}


def _links(store: Store, now: datetime) -> list[str]:
    """Give the paths of the links in the newest mail, and hand it over."""
    claimed = store.digests.claim("test", now=now, lease_for=timedelta(minutes=5))
    assert claimed
    store.digests.settle(claimed, "test", Delivery.SENT, now=now)
    mail = message_from_bytes(claimed.message.data, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body
    return re.findall(
        r"https?://[^/\s]+(/(?:confirm|refuse|subscriptions)/\S+)", body.get_content()
    )
