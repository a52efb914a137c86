"""Rows of listings that are kept: never older than the entry, its story or the names it shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import SOURCES, TAGS, entry_data, fill, put
from db.models import Attachment, AttachmentState, EntryTag, Republish, Source, Tag, Version
from db.store import Store
from web.listing import rows
from web.listing.forms import Text
from web.listing.written import MOST_BYTES, RowName, WrittenRow, WrittenRows
from web_site import Running, read, run_site

LATER = timedelta(hours=3)


@pytest.fixture
def site(store: Store, now: datetime) -> Running:
    fill(store, seen=now)
    return run_site(store, lambda: now + timedelta(days=1))


@pytest.fixture
def written(site: Running, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Titles of the rows that were written."""
    titles: list[str] = []
    inner = rows._write

    def write(entry, names, served):  # type: ignore[no-untyped-def]
        titles.append(entry.title)
        return inner(entry, names, served)

    monkeypatch.setattr(rows, "_write", write)
    return titles


def change_title(store: Store, now: datetime) -> None:
    put(store, replace(entry_data(), title="En ny tittel"), seen=now + LATER)


def change_tags(store: Store, now: datetime) -> None:
    store.entries.retag(first(store), [EntryTag("work", "ord", 1.0)], now=now + LATER)


def withdraw(store: Store, now: datetime) -> None:
    data = entry_data()
    store.entries.withdraw(data.source, [data.key], now=now + LATER)


def rename_tags(store: Store, now: datetime) -> None:
    labels = ((tag.slug, tag.label_nb, tag.label_nn, tag.label_en) for tag in TAGS)
    tags = [Tag(slug, *(f"{label} 2" for label in said)) for slug, *said in labels]
    store.vocabulary.declare(SOURCES, tags, now=now + LATER)


def rename_sources(store: Store, now: datetime) -> None:
    sources: list[Source] = [replace(source, name=f"{source.name} nå") for source in SOURCES]
    store.vocabulary.declare(sources, TAGS, now=now + LATER)


def join_story(store: Store, now: datetime) -> None:
    data = entry_data(source="imdi-news", key="other", url="https://www.imdi.no/other")
    other = put(store, data, seen=now + LATER)
    store.stories.join(first(store), other, by_person=True, now=now + LATER)


def take_down(store: Store, now: datetime) -> None:
    join_story(store, now)
    shown = first(store)
    (other,) = store.entries.get(shown).also_at
    for number in (other.entry_id, shown):
        store.takedowns.take_down(number, reason="", is_about=lambda _: False, now=now + LATER)


def first(store: Store) -> int:
    entry = store.entries.by_key(entry_data().source, entry_data().key)
    assert entry is not None
    return entry.id


@pytest.mark.parametrize(
    "alter",
    [change_title, change_tags, withdraw, rename_tags, rename_sources, join_story, take_down],
)
@pytest.mark.parametrize("address", ["/", "/?q=tolk", "/?ui=nn", "/?ui=en&q=tolk"])
def test_a_kept_row_is_what_would_be_written_now(
    site: Running,
    store: Store,
    now: datetime,
    alter: Callable[[Store, datetime], None],
    address: str,
) -> None:
    before = site.client.get(address).text
    alter(store, now)
    after = site.client.get(address).text
    fresh = run_site(store, lambda: now + timedelta(days=1)).client.get(address).text
    assert after == fresh
    assert after != before


def test_only_what_changed_is_written_again(
    site: Running, store: Store, now: datetime, written: list[str]
) -> None:
    site.client.get("/")
    assert len(written) > 1
    written.clear()
    change_title(store, now)
    assert "En ny tittel" in site.client.get("/?q=tolk").text
    assert written == ["En ny tittel"]


def test_a_language_has_rows_of_its_own(site: Running, written: list[str]) -> None:
    for address in ("/?ui=nn", "/", "/?ui=nb"):
        written.clear()
        text = site.client.get(address).text
        assert written
        assert ("?ui=" in text.split('<ol class="entries"')[1].split("</ol>")[0]) == (
            "?" in address
        )


def test_a_text_that_may_only_be_summarised_or_is_withdrawn_shows_no_other_place(
    site: Running, store: Store, now: datetime
) -> None:
    def shows() -> bool:
        return "<mark>barnehage</mark> med mange" in site.client.get("/?q=barnehage").text

    text = "Noe annet. " * 60 + "En barnehage med mange."
    data = entry_data(key="long", title="Ny", lead="", body_text=text)
    put(store, data, seen=now)
    assert shows()
    for republish in (Republish.SUMMARY, Republish.FULL):
        sources = [replace(source, republish=republish) for source in SOURCES]
        store.vocabulary.declare(sources, TAGS, now=now + LATER)
        assert "Noe annet." in site.client.get("/?q=barnehage").text
        assert shows() == (republish is Republish.FULL)
    store.entries.withdraw(data.source, [data.key], now=now + LATER)
    assert not shows()


def test_a_row_tells_of_a_file_that_was_read_since(
    site: Running, store: Store, now: datetime
) -> None:
    file = Attachment(url="https://www.imdi.no/r.pdf", label="Rapport")
    number = put(store, entry_data(key="with-file", title="Ny", attachments=(file,)), seen=now)
    assert "Treff i Rapport" not in site.client.get("/?q=barnehage").text
    store.attachments.read(
        number, 0, AttachmentState.READ, ["Om tolk", "Om barnehage"], now=now + LATER
    )
    assert "Treff i Rapport, side 2" in site.client.get("/?q=barnehage").text


@pytest.mark.parametrize(
    "address",
    ["/", "/?q=tolk", "/?q=script", "/?q=onerror+img", "/?q=mark", "/?q=%3Cscript%3E", "/?q=b*"],
)
def test_nothing_that_a_row_shows_can_be_more_than_text(
    site: Running, store: Store, now: datetime, address: str
) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)> tolk\0 </mark> &lt;b&gt;'
    shown = hostile.replace("\0", "")
    tags = [Tag(tag.slug, f"{tag.slug} {shown}", shown, shown) for tag in TAGS]
    sources = [replace(source, name=shown) for source in SOURCES]
    store.vocabulary.declare(sources, tags, now=now)
    file = Attachment(url="https://www.imdi.no/r.pdf", label=hostile)
    for key, title, lead, text in [
        ("all", hostile, hostile, hostile),
        ("text", "", "", "Noe annet. " * 40 + hostile),
        ("file", "Rapport", "", ""),
    ]:
        data = entry_data(key=key, title=title, lead=lead, body_text=text, attachments=(file,))
        number = put(store, replace(data, tags=(EntryTag("work", hostile, 1.0),)), seen=now)
        pages = ["Forord", f"barnehage {hostile}"]
        store.attachments.read(number, 0, AttachmentState.READ, pages, now=now)
    for _ in range(2):
        page = read(site.client.get(address).text)
        assert not page.all("img")
        assert not page.all("script")


@pytest.mark.parametrize(("letter", "least"), [("a", 1_500), ("😀", 16_000)])
def test_so_many_bytes_of_rows_are_kept(letter: str, least: int) -> None:
    kept = WrittenRows()
    text = Text("Et ord " * 100).to_keep()
    html = ("", "", "", letter * 4_000)
    for number in range(10_000):
        name = RowName(Version(number, number), 1, "nb", "")
        kept.put(name, WrittenRow(html, text, text, True, False, False))
    held = [n for n in range(10_000) if kept.get(RowName(Version(n, n), 1, "nb", ""))]
    assert held[-1] == 9_999
    assert 100 < len(held) < MOST_BYTES / least
