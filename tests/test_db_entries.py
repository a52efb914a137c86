"""What any engine must do with entries; runs against `Store`, not against SQLite."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db.errors import EntryNotFoundError
from db.models import (
    Attachment,
    EntryData,
    EntryTag,
    Kind,
    Language,
    Outcome,
    Pace,
    Precision,
    PublisherDate,
    Republish,
    Source,
    Tag,
)
from db.query import EntryQuery, Paging
from db.store import Store

pytestmark = pytest.mark.every_engine

LONG_AGO = datetime(2020, 10, 19, 10, 0, tzinfo=UTC)


def day(moment: datetime) -> PublisherDate:
    return PublisherDate(moment, Precision.DAY, "Utgitt: 19. oktober 2020")


DATA = EntryData(
    source="imdi-news",
    key="page/1",
    url="https://www.imdi.no/aktuelt/nyheter/tolker/",
    kind=Kind.NEWS,
    title="For mye bruk av ukvalifiserte tolker i det offentlige",
    lead="34 prosent av tolkeoppdragene tildeles til ukvalifiserte tolker.",
    body="<p>Loven pålegger offentlige organer å bruke kvalifisert tolk.</p>",
    body_text="Loven pålegger offentlige organer å bruke kvalifisert tolk.",
    published=day(LONG_AGO),
    keywords=("tolking", "lov"),
    attachments=(Attachment("https://www.imdi.no/a.pdf", "Tolkemonitor", "application/pdf", 2000),),
    shape="imdi_page",
    language=Language.BOKMAL,
    tags=(EntryTag("interpreting", "tittel: «tolker»", 4.0),),
)


def put(store: Store, now: datetime, *, first: bool = False, **changes: object) -> int:
    return store.entries.put(replace(DATA, **changes), seen=now, first_crawl=first).entry_id


def ids(store: Store, text: str) -> list[int]:
    query = EntryQuery.parse(parse_qsl(text, keep_blank_values=True))
    return [entry.id for entry in store.entries.search(query, Paging()).entries]


def test_an_entry_comes_back_as_it_was_put(store: Store, now: datetime) -> None:
    stored = store.entries.put(DATA, seen=now, first_crawl=False)
    entry = store.entries.get(stored.entry_id)
    assert stored.outcome is Outcome.NEW
    for name in EntryData.__dataclass_fields__:
        assert getattr(entry, name) == getattr(DATA, name), name
    assert (entry.first_seen, entry.appeared, entry.revised) == (now, now, None)
    assert entry.story == entry.id


def test_what_is_not_there_is_named(store: Store) -> None:
    for number in (1, 0, -1, 2**70):
        with pytest.raises(EntryNotFoundError, match=str(number)):
            store.entries.get(number)


def test_the_same_again_writes_nothing(store: Store, now: datetime) -> None:
    number = put(store, now)
    before = store.entries.state()
    again = store.entries.put(DATA, seen=now + timedelta(days=1), first_crawl=False)
    assert (again.entry_id, again.outcome) == (number, Outcome.UNCHANGED)
    assert store.entries.state() == before


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Ny tittel"},
        {"lead": "Ny ingress"},
        {"body_text": "Ny tekst", "body": "<p>Ny tekst</p>"},
        {"published": day(LONG_AGO + timedelta(days=1))},
        {"published": None},
        {"attachments": ()},
        {"chapter": "Serier"},
    ],
)
def test_another_wording_is_a_change_and_keeps_the_earlier_one(
    store: Store, now: datetime, change: dict[str, object]
) -> None:
    number = put(store, now)
    later = now + timedelta(days=2)
    stored = store.entries.put(replace(DATA, **change), seen=later, first_crawl=False)
    assert (stored.entry_id, stored.outcome) == (number, Outcome.CHANGED)
    entry = store.entries.get(number)
    assert (entry.first_seen, entry.appeared, entry.revised) == (now, now, later)
    (revision,) = store.entries.revisions(number)
    assert (revision.title, revision.lead, revision.published) == (
        DATA.title, DATA.lead, DATA.published,
    )  # fmt: skip
    assert (revision.since, revision.until) == (now, later)


@pytest.mark.parametrize(
    "change",
    [
        {"title": f"  {DATA.title.replace(' ', '  ')}"},
        {"url": "https://imdi.no/ny-adresse/"},
        {"body": "<div><p>Loven pålegger offentlige organer å bruke kvalifisert tolk.</p></div>"},
        {"updated": day(LONG_AGO + timedelta(days=400))},
        {"tags": (), "language": Language.NYNORSK},
    ],
)
def test_space_address_markup_and_our_own_findings_are_no_change(
    store: Store, now: datetime, change: dict[str, object]
) -> None:
    number = put(store, now)
    stored = store.entries.put(replace(DATA, **change), seen=now, first_crawl=False)
    assert stored.outcome is Outcome.UNCHANGED
    entry = store.entries.get(number)
    assert entry.revised is None
    assert store.entries.revisions(number) == []
    assert (entry.tags, entry.language) == (DATA.tags, DATA.language)
    assert entry.url == change.get("url", DATA.url)


def test_a_first_crawl_finds_history_and_a_later_one_news(store: Store, now: datetime) -> None:
    history = put(store, now, key="a", first=True)
    late_find = put(store, now, key="b")
    undated = put(store, now, key="c", first=True, published=None)
    ahead = put(store, now, key="d", first=True, published=day(now + timedelta(days=90)))
    appeared = {n: store.entries.get(n).appeared for n in (history, late_find, undated, ahead)}
    assert appeared == {history: LONG_AGO, late_find: now, undated: now, ahead: now}
    assert ids(store, "") == [ahead, undated, late_find, history]
    assert ids(store, "sort=oldest") == [history, late_find, undated, ahead]


def test_numbers_are_never_reused(store: Store, now: datetime) -> None:
    numbers = [put(store, now, key=str(n)) for n in range(5)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("q=tolk", True),
        ("q=tolkene", True),
        ("q=TOLKER", True),
        ("q=tolk+lov", True),
        ("q=tolk+fisk", False),
        ("q=tolk+OR+fisk", True),
        ("q=-tolk", False),
        ("q=-fisk", True),
        ("q=tolk+-organ", False),
        ('q="kvalifisert tolk"', True),
        ('q="tolk kvalifisert"', False),
        ("q=ukval*", True),
        ("q=kval*", True),
        ("q=title:tolker", True),
        ("q=title:prosent", False),
        ("q=tolkemonitor", True),
        ("q=tolking", True),
        ('q="', True),
        ("q=%00%00", True),
        ("tag=interpreting", True),
        ("tag=work", False),
        ("tag=work&tag=interpreting", True),
        ("kind=news&lang=nb&source=imdi-news", True),
        ("kind=report", False),
        ("lang=nn", False),
        ("source=other", False),
        ("from=2020-10-19&to=2020-10-19", True),
        ("from=2020-10-20", False),
        ("to=2020-10-18", False),
        ("from=0001-01-01&to=9999-12-31", True),
        ("q=tolk&tag=interpreting&kind=news&from=2020-01-01", True),
        ("q=tolk&tag=work", False),
    ],
)
def test_a_query_chooses(store: Store, now: datetime, text: str, found: bool) -> None:
    number = put(store, now)
    assert ids(store, text) == ([number] if found else [])


def test_days_are_those_of_oslo(store: Store, now: datetime) -> None:
    # half past midnight in Oslo is still the day before in UTC
    night = PublisherDate(datetime(2026, 6, 9, 22, 30, tzinfo=UTC), Precision.MINUTE)
    number = put(store, now, published=night)
    assert ids(store, "from=2026-06-10&to=2026-06-10") == [number]
    assert ids(store, "to=2026-06-09") == []


def test_an_unknown_date_is_in_no_range(store: Store, now: datetime) -> None:
    put(store, now, published=None)
    assert ids(store, "from=1900-01-01") == []


def test_relevance_prefers_the_title(store: Store, now: datetime) -> None:
    in_body = put(store, now, key="a", title="Noe annet", body_text="Om mangfold i arbeidslivet")
    in_title = put(store, now, key="b", title="Mangfold", body_text="Noe annet")
    assert ids(store, "q=mangfold") == [in_title, in_body]
    assert ids(store, "q=mangfold&sort=oldest") == [in_body, in_title]


def test_a_changed_entry_is_found_by_its_new_words_only(store: Store, now: datetime) -> None:
    number = put(store, now)
    put(store, now, title="Mangfold", lead="", body_text="", attachments=(), keywords=())
    assert ids(store, "q=mangfold") == [number]
    assert ids(store, "q=tolk") == []


def test_paging_goes_through_everything_once(store: Store, now: datetime) -> None:
    numbers = [put(store, now, key=str(n)) for n in range(7)]
    pages = [store.entries.search(EntryQuery(), Paging(page, 3)) for page in (1, 2, 3, 4)]
    assert [page.total for page in pages] == [7] * 4
    assert [entry.id for page in pages for entry in page.entries] == numbers[::-1]
    assert [entry.id for entry in store.entries.newest(EntryQuery(), 2)] == numbers[:-3:-1]


def test_facets_count_the_query(store: Store, now: datetime) -> None:
    put(store, now, key="a")
    put(store, now, key="b", kind=Kind.REPORT, tags=(EntryTag("work", "", 1.0),))
    put(store, now, key="c", language=Language.NYNORSK, source="imdi-reports", title="Fisk")
    facets = store.entries.facets(EntryQuery())
    assert facets.tags == {"interpreting": 2, "work": 1}
    assert facets.kinds == {"news": 2, "report": 1}
    assert facets.sources == {"imdi-news": 2, "imdi-reports": 1}
    assert facets.languages == {"nb": 2, "nn": 1}
    assert store.entries.facets(EntryQuery(q="fisk")).tags == {"interpreting": 1}


def test_known_keys_are_told_in_any_number(store: Store, now: datetime) -> None:
    put(store, now, key="17")
    asked = [str(n) for n in range(2000)]
    assert store.entries.known_keys("imdi-news", asked) == {"17"}
    assert store.entries.known_keys("other", asked) == set()


def test_the_addresses_of_a_source_are_told(store: Store, now: datetime) -> None:
    put(store, now)
    put(store, now, key="b", url="")
    put(store, now, key="c", source="other", url="https://other.example/")
    assert store.entries.urls("imdi-news") == {DATA.url}


def test_retagging_moves_the_state_only_when_tags_differ(store: Store, now: datetime) -> None:
    number = put(store, now)
    before = store.entries.state()
    assert not store.entries.retag(number, DATA.tags, now=now)
    assert store.entries.state() == before
    assert store.entries.retag(number, [EntryTag("work", "tittel", 2.0)], now=now)
    assert store.entries.state().change > before.change
    entry = store.entries.get(number)
    assert [tag.slug for tag in entry.tags] == ["work"]
    assert (entry.revised, entry.appeared) == (None, now)


def test_reindexing_finds_the_same(store: Store, now: datetime) -> None:
    number = put(store, now)
    before = store.entries.state()
    assert store.entries.reindex() == 1
    assert ids(store, "q=tolk") == [number]
    assert store.entries.state() == before


def test_the_state_moves_with_what_readers_see(store: Store, now: datetime) -> None:
    assert (store.entries.state().change, store.entries.state().moment) == (0, None)
    put(store, now)
    first = store.entries.state()
    assert first.moment == now
    put(store, now, title="Ny tittel")
    assert store.entries.state().change > first.change


def test_the_vocabulary_is_declared_and_known(store: Store, now: datetime) -> None:
    source = Source("imdi-news", "imdi", "IMDi: nyheter", "IMDi", republish=Republish.SUMMARY)
    source = replace(source, words=("tolk", "integrering*"))
    tag = Tag("work", "Arbeid", "Arbeid", "Work")
    store.vocabulary.declare([source], [tag], now=now)
    state = store.entries.state()
    store.vocabulary.declare([source], [tag], now=now + timedelta(days=1))
    assert store.entries.state() == state
    assert store.vocabulary.sources() == [source]
    assert store.vocabulary.tags() == [tag]
    store.vocabulary.declare([], [tag], now=now)
    assert store.vocabulary.known().sources == {"imdi-news"}
    assert store.vocabulary.known().tags == {"work"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(q=st.text(max_size=60), filters=st.sampled_from(["", "tag=work", "sort=oldest&lang=nb"]))
@example(q="0\u19b0", filters="")  # a letter that SQLite's tables do not know
def test_no_search_fails(store: Store, now: datetime, q: str, filters: str) -> None:
    put(store, now)
    query = replace(EntryQuery.parse(parse_qsl(filters)), q=q, to_date=date.max)
    page = store.entries.search(query, Paging())
    assert page.total == len(page.entries) == len(store.entries.newest(query, 50))
    store.entries.facets(query)


def test_years_and_months_are_those_of_oslo(store: Store, now: datetime) -> None:
    moments = {
        "2019-12-31T22:59:59": ("2019", "2019-12"),
        "2019-12-31T23:00:00": ("2020", "2020-01"),
        "2020-03-31T22:00:00": ("2020", "2020-04"),
        "2020-09-30T21:59:59": ("2020", "2020-09"),
        "2020-10-31T22:59:59": ("2020", "2020-10"),
        "2020-10-31T23:00:00": ("2020", "2020-11"),
    }
    for key, moment in enumerate(moments):
        published = PublisherDate(datetime.fromisoformat(f"{moment}+00:00"), Precision.MINUTE)
        put(store, now, key=f"page/{key}", title=f"Sak {key}", published=published)
    put(store, now, key="undated", published=None)
    year_only = PublisherDate(datetime(2018, 1, 1, 11, tzinfo=UTC), Precision.YEAR)
    put(store, now, key="year", published=year_only)
    assert store.entries.facets(EntryQuery()).years == {"2020": 5, "2019": 1, "2018": 1}
    assert store.entries.months(EntryQuery()) == dict.fromkeys(
        (month for _, month in moments.values()), 1
    )
    only = EntryQuery(from_date=date(2020, 1, 1), to_date=date(2020, 12, 31))
    assert store.entries.facets(only).years == {"2020": 5}


def test_the_pace_of_a_query(store: Store, now: datetime) -> None:
    assert store.entries.pace(EntryQuery(), now) == Pace(last_30_days=0, per_week=0)
    for weeks in (1, 2, 3, 20, 51, 60, 70):
        published = day(now - timedelta(weeks=weeks))
        put(store, now, first=True, key=f"page/{weeks}", published=published)
    found = store.entries.pace(EntryQuery(), now)
    assert found.last_30_days == 3
    assert found.per_week == pytest.approx(5 / 52.14, rel=0.01)
    assert store.entries.pace(EntryQuery(q="finnesikke"), now).last_30_days == 0


def test_a_young_query_is_not_spread_over_a_year(store: Store, now: datetime) -> None:
    for number in range(6):
        put(store, now - timedelta(days=number), key=f"page/{number}")
    assert store.entries.pace(EntryQuery(), now).per_week == pytest.approx(6 / (30 / 7))


def test_related_entries_share_what_is_rare(store: Store, now: datetime) -> None:
    def entry(key: str, title: str, **changes: object) -> int:
        return put(store, now, key=key, title=title, lead="", body_text="", keywords=(), **changes)

    one = entry("1", "Tolkeloven og kvalifiserte tolker", work="w")
    like = entry("2", "Tolkeloven krever kvalifiserte tolker i fengsel")
    entry("3", "Tolkeloven og kvalifiserte tolker på engelsk", work="w")
    for number in range(4, 30):
        entry(str(number), f"Bosetting i kommune {number}")
    assert [found.id for found in store.entries.related(one, 5)] == [like]
    assert store.entries.related(one, 0) == ()


def test_related_entries_share_a_tag_where_there_are_tags(store: Store, now: datetime) -> None:
    def entry(key: str, title: str, *tags: str) -> int:
        given = tuple(EntryTag(tag, "x", 1.0) for tag in tags)
        return put(store, now, key=key, title=title, lead="", body_text="", keywords=(), tags=given)

    one = entry("1", "Slik bestiller du kvalifisert tolk", "interpreting")
    entry("2", "Slik finner du en kvalifisert arbeidsgiver", "work")
    like = entry("3", "Kvalifisert tolk bestilles her", "work", "interpreting")
    bare = entry("4", "Bestill kvalifisert tolk")
    assert [found.id for found in store.entries.related(one, 5)] == [like]
    assert {found.id for found in store.entries.related(bare, 5)} == {one, like}
