import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.deadlines import LONGEST_SENTENCE, MOST_DEADLINES, find_deadlines
from crawler.items import EntryItem
from crawler.mentions.day_mentions import FORMS, SLASHED, may_name_days
from crawler.mentions.deadline_words import BY, TERM, UNTIL_THEN, worth_reading
from crawler.pipelines import DeadlinePipeline
from db.models import DeadlineKind, FoundDeadline, Kind, Language, Precision, PublisherDate

PUBLISHED = PublisherDate(datetime(2026, 11, 10, 10, 30, tzinfo=UTC), Precision.MINUTE)


def found(text: str, **given: Any) -> tuple[FoundDeadline, ...]:
    texts = {"title": "", "lead": "", "body_text": text, "published": PUBLISHED}
    return find_deadlines(**(texts | given))


def days(text: str, **given: Any) -> list[str]:
    return [
        one.day.isoformat() + (f" {one.time:%H:%M}" if one.time else "")
        for one in found(text, **given)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # as written out in notices
        ("Søknadsfristen er 15. januar 2027.", ["2027-01-15"]),
        ("Søknaden sendes i søknadsportalen innen 15. januar 2027.", ["2027-01-15"]),
        ("Fristen for å sende inn framlegg er 21. juni 2024. Vi svarer etter.", ["2024-06-21"]),
        ("Søknader behandles etter fristen 10. desember 2021. Oppstart i januar.", ["2021-12-10"]),
        ("Kommunene har frist til 1. mars 2027 på å svare.", ["2027-03-01"]),
        ("Forslaget sendes på høring med frist 20. februar 2027.", ["2027-02-20"]),
        ("Frist for å søke om tilskudd 15. mars 2027", ["2027-03-15"]),
        ("Søknadsfrist for skoleåret 2026/2027 er 1. mars 2027.", ["2027-03-01"]),
        ("Rapporteringsfrist for 2026 er 1. april 2027.", ["2027-04-01"]),
        ("Du må søke senest 1. desember.", ["2026-12-01"]),
        ("15. januar 2027 er siste frist for å søke.", ["2027-01-15"]),
        ("Fristen går ut 1. desember.", ["2026-12-01"]),
        # nynorsk and English
        ("Svar innan fredag 15. januar 2027 kl. 12.", ["2027-01-15 12:00"]),
        ("Fristen vert sett til måndag 4. januar.", ["2027-01-04"]),
        ("The deadline for applications is 15 January 2027 at 12 noon.", ["2027-01-15 12:00"]),
        ("Applications must be submitted by March 1, 2027.", ["2027-03-01"]),
        ("Send it no later than 1st February 2027 at 3 p.m.", ["2027-02-01 15:00"]),
        # forms of the day
        ("Søknadsfrist: 15.1.2027 kl. 12.00", ["2027-01-15 12:00"]),
        ("Søknadsfrist: 15. 1. 2027", ["2027-01-15"]),
        ("Søknadsfrist: 01.03.27", ["2027-03-01"]),
        ("Søknadsfrist: 1/3-27", ["2027-03-01"]),
        ("Søknadsfrist: 1/3", ["2027-03-01"]),
        ("Høyringsfristen er 1.2.", ["2027-02-01"]),
        ("Høringsfristen er 15. sept. 2027. Send svar.", ["2027-09-15"]),
        ("Høringsfrist 15. sept.", ["2027-09-15"]),
        ("Frist: 2027-03-15", ["2027-03-15"]),
        ("Frist 15. mai (klokka 15.00)", ["2027-05-15 15:00"]),
        ("Fristen er kl. 12.00 fredag 15. januar 2027.", ["2027-01-15 12:00"]),
        ("Frist for påmelding er fredag 15. januar kl. 23:59.", ["2027-01-15 23:59"]),
        ("Fristen er 15. januar 2027 kl. 24.00.", ["2027-01-15"]),
        ("Send inn rapporten innen utgangen av februar 2028.", ["2028-02-29"]),
        # several days
        (
            "Frister for rapportering er 1. mars, 1. juni og 1. oktober 2027.",
            ["2027-03-01", "2027-06-01", "2027-10-01"],
        ),
        ("Søk fra 1. til 15. mars 2027, med frist 15. mars 2027.", ["2027-03-15"]),
        ("Frist: 1. mars–15. april 2027", ["2027-04-15"]),
        ("Fristen er utsatt fra 15. januar til 1. februar 2027.", ["2027-02-01"]),
        ("Fristen var 1. november, men er utsatt til 15. desember.", ["2026-12-15"]),
        ("Fristen er 15. januar. Ny frist er 1. februar.", ["2027-02-01"]),
        ("IMDi sendte 3. mars ut brev om at fristen er 15. april 2027.", ["2027-04-15"]),
        ("Kurset er 3. mars 2027 – frist for påmelding 1. februar 2027", ["2027-02-01"]),
        (
            "Fristen for å melde seg på konferansen, som starter 3. mars, er 15. februar.",
            ["2027-02-15"],
        ),
        ("Søknadsfristen, som opprinnelig var 15. januar, er nå utsatt til 1. februar 2027.",
         ["2027-02-01"]),
        ("Fristen for å søkje er gått ut, men er no forlengd til 10. desember.", ["2026-12-10"]),
        ("Fristen er flytt frå 1. mars til 15. mars 2027.", ["2027-03-15"]),
        ("Fristar: 15. mars (vår) og 15. september (haust)", ["2027-03-15", "2027-09-15"]),
        # spans of time and the like between the two
        ("Søknadsfristen er om to uker, 24. november.", ["2026-11-24"]),
        ("Fristen blir forlengd med to veker, til 15. mars 2027.", ["2027-03-15"]),
        ("Send svar innen førstkommende fredag, 13. november.", ["2026-11-13"]),
        ("Innsendingsfristen er 31.12.26 kl 1200.", ["2026-12-31 12:00"]),
        ("Fristen for å melde seg på møtet 3. mars er 15. februar.", ["2027-02-15"]),
        # without the word
        ("Siste dag for påmelding er 22. januar 2027.", ["2027-01-22"]),
        ("Du kan søke fram til 15. januar 2027.", ["2027-01-15"]),
        ("Det er mulig å søke frem til og med 15. januar 2027.", ["2027-01-15"]),
        ("Kandidatar kan nominerast fram til 1. desember.", ["2026-12-01"]),
        ("Comments may be submitted until 1 March 2027.", ["2027-03-01"]),
        ("Utlysningen er åpen til 31. januar 2027.", ["2027-01-31"]),
        ("Oppmeldinga til prøva er open frå 1. til 15. desember.", ["2026-12-15"]),
        ("Søknadsportalen åpner 1. desember og stenger 15. januar 2027.", ["2027-01-15"]),
        ("Registration closes on 5 January 2027.", ["2027-01-05"]),
        ("Forslaget er på høring til 12. februar 2027.", ["2027-02-12"]),
        ("Høringsfristen er tre måneder og går ut 12. februar 2027.", ["2027-02-12"]),
        ("Vi tek imot søknader fram til 20. januar 2027.", ["2027-01-20"]),
        ("Søknader mottas fortløpende til og med 20. januar 2027.", ["2027-01-20"]),
        ("Ordningen er åpen for søknader fra 1. desember til 15. januar 2027.", ["2027-01-15"]),
        ("Søknadsperiode: 1. desember 2026–15. januar 2027", ["2027-01-15"]),
        ("Søknadsperioden er 1. til 31. januar 2027.", ["2027-01-31"]),
        ("Direktoratet har fram til 1. mai 2027 på seg til å svare.", ["2027-05-01"]),
        # the clause before it speaks of others
        ("Regjeringen vil styrke dette, og kommunene må svare innen 1. mars.", ["2027-03-01"]),
        # what is past is kept where it was called a deadline
        ("Fristen var 1. oktober.", ["2026-10-01"]),
        ("I 2026 var fristen 1. mars.", ["2026-03-01"]),
        ("Innen fristen 1. oktober hadde 200 kommuner svart.", ["2026-10-01"]),
    ],
)  # fmt: skip
def test_a_day_that_the_words_lead_to_is_a_deadline(text: str, expected: list[str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Innen integrering og mangfold skjer det mye i 2027.",
        "Innenfor rammen av 12. trinn kl. 12, jf. § 12 og innen 2030.",
        "Fristen er tre uker etter mottatt brev.",
        "Fristen er kl. 12.",
        "Søknader som kom inn etter fristen, vil bli behandlet i møtet 3. mars 2027.",
        "Fristen nærmer seg, og møtet er 3. mars 2027.",
        "Prisen deles ut 3. mars 2027. Fristen er gått ut.",
        "Hun er født 15. mars 1980 og fikk avslag på søknad om frist.",
        "Dei arbeider innan havbruk frå 1. mars 2027.",
        "Innen 1. mai hadde kommunene bosatt 5000 flyktninger.",
        "Alle skal være bosatt innen seks måneder, viser tall per 1. mars 2027.",
        "Søk innen 31. februar 2027.",
        "Søk innen 1. mars 2099.",
        "Deltakerne ble bosatt innen 1. mars 2020.",
        "Et fristed åpnet 1. mars 2027, og det er fristende å bli med 2. mars 2027.",
        "Se punkt 3.2. for fristen.",
        "Fristen i punkt 3.2. gjelder.",
        "Senest 3. november i år uttalte direktøren at dette var viktig.",
        "Tolkeloven § 6 gjelder fra 1. januar 2027.",
        "Barn som er født innen tre måneder.",
        # what others promise or mean to do
        "IMDi behandler søknadene innen 15. mars 2027.",
        "Vedtak om tilskudd vil være klart innen 1. april 2027.",
        "Søkerne får svar senest 1. april 2027.",
        "Alle søkere vil få svar på e-post innen 5. mars 2027.",
        "Regjeringen vil legge fram meldingen innen 1. juni 2027.",
        "Resultatene kommer senest 10. januar 2027.",
        "Lovendringen trer i kraft innen 1. juli 2027.",
        "Tilskuddsmottakere får utbetalt midlene senest 15. mars 2027.",
        "IMDi will publish the list by 1 March 2027.",
        "Personer bosatt innen 1. januar 2027 omfattes av ordningen.",
        "Målet er at 70 prosent er i arbeid innen 31. desember 2027.",
        # what lasts so long
        "Unntaket varer fram til 1. juli 2027.",
        "Utstillingen er åpen til 31. januar 2027.",
        "Midlene kan brukes fram til 31. desember 2027.",
        "Flyktninger kan bo i mottak fram til 31. desember 2027.",
        # the day before is meant
        "Kommuner som ønsker å søke, må gjøre det før 15. januar 2027.",
        # what it is counted from, or begins with
        "Søknadsperioden er fra 1. januar 2027.",
        "Fristen for bosetting regnes fra vedtaksdatoen 3. mars 2027.",
        "Klagefristen er tre uker fra 1. mars 2027.",
    ],
)
def test_what_only_looks_like_a_deadline_is_none(text: str) -> None:
    assert days(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Søknadsfrist: 15. januar 2027", DeadlineKind.APPLICATION),
        ("Fristen for å søke er 15. januar 2027", DeadlineKind.APPLICATION),
        ("Fristen for å foreslå kandidater er 15. januar 2027", DeadlineKind.APPLICATION),
        ("Applications close soon: the deadline is 15 January 2027", DeadlineKind.APPLICATION),
        ("Høringsfristen er 15. januar 2027", DeadlineKind.CONSULTATION),
        ("Frist for innspill til forslaget er 15. januar 2027", DeadlineKind.CONSULTATION),
        ("Frist for påmelding til kurs i å søke er 15. januar 2027", DeadlineKind.REGISTRATION),
        ("Meld deg på kurset innen 15. januar 2027", DeadlineKind.REGISTRATION),
        ("Kommunene må svare innen 15. januar 2027", DeadlineKind.OTHER),
    ],
)
def test_what_it_is_for_is_told_by_the_words(text: str, kind: DeadlineKind) -> None:
    assert [one.kind for one in found(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 1 December is a Tuesday in 2026 and a Wednesday in 2027; 2 June a Wednesday in 2027
        ("Frist: tirsdag 1. desember", ["2026-12-01"]),
        ("Frist: onsdag 1. desember", ["2027-12-01"]),
        ("Frist: søndag 1. desember", ["2026-12-01"]),  # no such year near: the next one
        ("Frist: 10. november", ["2026-11-10"]),  # the day itself is still ahead
        ("Frist: 9. november", ["2027-11-09"]),
        ("Frist: 29. februar", []),  # none in the years around
    ],
)
def test_a_day_without_a_year_is_the_next_one(text: str, expected: list[str]) -> None:
    assert days(text) == expected


def test_without_a_date_of_publication_only_whole_days_count() -> None:
    assert days("Frist: 1. mars", published=None) == []
    assert days("Frist: 1. mars 2027", published=None) == ["2027-03-01"]
    assert days("Svar innen 1. mars 2001", published=None) == ["2001-03-01"]


def test_the_day_of_publication_is_oslos() -> None:
    late = PublisherDate(datetime(2026, 11, 9, 23, 30, tzinfo=UTC), Precision.MINUTE)
    assert days("Frist: 9. november", published=late) == ["2027-11-09"]


def test_day_before_month_is_not_taken_from_english_texts() -> None:
    assert days("Deadline: 3/4/2027", language=Language.ENGLISH) == []
    assert days("Frist: 3/4/2027", language=Language.BOKMAL) == ["2027-04-03"]


def test_the_sentence_is_the_evidence() -> None:
    text = "Vi lyser ut 5 mill. kr. Frist for søknad er 15. jan. 2027 kl. 12.00. Lykke til!"
    (one,) = found(text)
    assert one.sentence == "Frist for søknad er 15. jan. 2027 kl. 12.00."
    assert one.wording == "frist for søknad er"


def test_a_very_long_sentence_is_shown_around_the_day() -> None:
    (one,) = found("bla " * 200 + "med frist 15. januar 2027 " + "bla " * 200)
    assert len(one.sentence) <= LONGEST_SENTENCE
    assert "frist 15. januar 2027" in one.sentence


@pytest.mark.parametrize(
    "text", ["Søknadsfrist\n15. januar 2027\nMer", "Søknadsfrist:\n15. januar kl. 12"]
)
def test_a_heading_goes_with_the_date_below_it(text: str) -> None:
    (one,) = found(text)
    assert (one.day, one.kind) == (date(2027, 1, 15), DeadlineKind.APPLICATION)
    assert one.sentence.startswith("Søknadsfrist: 15. januar")
    assert days("Frist for å søke\nSøk her\n15. januar 2027") == []


def test_a_day_named_twice_is_one_deadline_with_its_time() -> None:
    (one,) = found(
        "Svar innen 15. januar 2027 kl. 12.00.", lead="Søknadsfristen er 15. januar 2027."
    )
    assert one.sentence == "Søknadsfristen er 15. januar 2027."
    assert one.time == time(12)


def test_the_words_around_a_day_stay_the_same_when_it_moves() -> None:
    before, after = (
        found(f"Søknadsfristen er {day} for alle.")[0].wording
        for day in ("fredag 15. januar 2027 kl. 12.00", "1. februar 2027")
    )
    assert before == after == "søknadsfristen er for alle"


def test_deadlines_come_soonest_first_and_in_bounds() -> None:
    text = "\n".join(f"Frist: {day}. mars {year}" for year in (2028, 2027) for day in range(1, 29))
    listed = found(text)
    assert len(listed) == MOST_DEADLINES
    assert [one.day for one in listed] == sorted(one.day for one in listed)


def test_the_pipeline_finds_them() -> None:
    item = EntryItem(
        key="1",
        url="",
        kind=Kind.NOTICE,
        title="Tilskudd",
        shape="test",
        lead="Søknadsfristen er 15. januar.",
        published=PUBLISHED,
    )
    (one,) = DeadlinePipeline().process_item(item).deadlines
    assert one.day == date(2027, 1, 15)


_WORDS = st.sampled_from(
    # spaces only: the line end is one of the words
    re.split(
        " ",
        "Fristen søknadsfrist innen innan by deadline er utsatt til fra og , . : ( kl. 12.00 12 "
        "mars 15. 15.3.2027 2027 januar fredag for å søke som var men utgangen av \n § 3/4 may –",
    )
)


@given(st.lists(_WORDS, max_size=40).map(" ".join) | st.text(max_size=200))
def test_no_text_is_too_much(text: str) -> None:
    for one in found(text):
        assert 1970 <= one.day.year <= 2036
        assert one.sentence
        assert len(one.sentence) <= LONGEST_SENTENCE


# letters that count as i and s in the patterns, and spaces that count as such
_ODD = _WORDS | st.sampled_from(
    ["fr\u0131st", "FR\u0130ST", "\u017fenest", "inntil", "K", "Å", "end\xa0of May", "end of\tmai"]
)


@given(st.lists(_ODD, max_size=12).map(" ".join) | st.lists(_ODD, max_size=8).map("".join))
def test_nothing_that_names_a_day_or_deadline_is_passed_over(text: str) -> None:
    for core, form in (*FORMS, SLASHED):
        if form.search(text):
            assert core.search(text)
            assert may_name_days(text)
    if TERM.search(text) or BY.search(text) or UNTIL_THEN.search(text):
        assert worth_reading(text)


@given(st.dates(date(2026, 11, 10), date(2035, 12, 31)), st.booleans())
def test_every_day_is_read_in_every_form(day: date, strong: bool) -> None:
    months = "januar februar mars april mai juni juli august september oktober november desember"
    name = months.split()[day.month - 1]
    word = "Søknadsfristen er" if strong else "Svar innen"
    for written in (
        f"{day.day}. {name} {day.year}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d.%m.%Y}",
        f"{day.day}/{day.month}-{day.year}",
        f"{day.isoformat()}",
    ):
        assert [one.day for one in found(f"{word} {written}.")] == [day], written


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "frist ",
        "frist til og med ",
        "innen 1. mars ",
        "Fristen er utsatt, ",
        "1.",
        "a-",
        "kl. 1 ",
        "kan søke fram til ",
        "påmelding er åpen til 1. mars ",
        "Søkerne får svar innen 1. mars ",
        "siste dag for å søke ",
    ],
)
def test_long_texts_take_time_in_proportion(unit: str) -> None:
    found(unit * 20_000)
