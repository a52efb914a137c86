"""What the API answers, as types: they make the JSON, and `/openapi.json` is made from them."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from db.models import DeadlineKind, Kind, Language, Precision, Republish, Verdict

Moment = Annotated[datetime, Meta(description="UTC, to the second")]
Count = Annotated[int, Meta(ge=0)]
Number = Annotated[int, Meta(ge=1)]
_URI = {"format": "uri-reference"}
Address = Annotated[str, Meta(extra_json_schema=_URI)]


class Answer(Struct):
    """Base of everything that is answered: fields in the order they are declared."""


class TagGiven(Answer):
    """A tag on an entry."""

    slug: str
    reason: Annotated[str, Meta(description="the words that gave it, and where they stood")]


class Version(Answer):
    """The same release in another language."""

    id: Number
    language: Language
    permalink: Address


class File(Answer):
    """A file that comes with an entry."""

    url: Address | None
    label: str
    media_type: str | None
    length: Annotated[Count | None, Meta(description="bytes")]
    pages: Count | None


class DeadlineAnswer(Answer):
    """A day by which something has to be done, found in an entry's text."""

    id: Number
    uid: Annotated[str, Meta(description="of its event in /deadlines.ics")]
    kind: DeadlineKind
    date: Annotated[date, Meta(description="in Europe/Oslo")]
    time: Annotated[
        Annotated[str, Meta(pattern="^[0-2][0-9]:[0-5][0-9]$")] | None,
        Meta(description="by the clock in Oslo; null where the whole day counts"),
    ]
    sentence: Annotated[str | None, Meta(description="the evidence; null where not to be shown")]


class EntryAnswer(Answer):
    """An entry. What is not known is null; what is empty was given as empty."""

    id: Number
    title: str
    lead: str
    url: Annotated[Address | None, Meta(description="at the publisher")]
    permalink: Annotated[Address, Meta(description="here")]
    source: Annotated[str, Meta(description="slug of the source")]
    kind: Kind
    language: Language
    published: Moment | None
    published_precision: Annotated[
        Precision | None, Meta(description="what of `published` was given; the rest is filler")
    ]
    updated: Annotated[Moment | None, Meta(description="by the publisher")]
    first_seen: Moment
    appeared: Annotated[Moment, Meta(description="when followers could first see it")]
    revised: Annotated[Moment | None, Meta(description="since when we know the present wording")]
    withdrawn: Annotated[
        Moment | None, Meta(description="since when we know that the publisher took it away")
    ]
    tags: list[TagGiven]
    also_at: Annotated[list[Address], Meta(description="the same story elsewhere")]
    versions: list[Version]
    attachments: list[File]
    deadlines: list[DeadlineAnswer]


class Corrected(Answer):
    """A word that nobody wrote, and the one that was searched for in its place."""

    typed: str
    used: str


class Entries(Answer):
    """A page of what a query chooses, or of what has changed."""

    total: Annotated[Count, Meta(description="in all; with `since`, from this part on")]
    page: Number
    per_page: Number
    entries: list[EntryAnswer]
    corrections: list[Corrected] | UnsetType = UNSET
    also_searched: list[str] | UnsetType = UNSET
    partial_from: Annotated[
        Count | UnsetType,
        Meta(description="how many of the hits are what was asked for; the others come close"),
    ] = UNSET
    cursor: Annotated[
        str | UnsetType, Meta(description="the next `since`; opaque. Only with `since`")
    ] = UNSET
    more: Annotated[
        bool | UnsetType, Meta(description="whether something follows now. Only with `since`")
    ] = UNSET


class Labels(Answer):
    """A name in each language."""

    nb: str
    nn: str
    en: str


class TagAnswer(Answer):
    """A tag, and how many entries carry it."""

    slug: str
    labels: Labels
    entries: Count


class Tags(Answer):
    """Every tag."""

    tags: list[TagAnswer]


class Run(Answer):
    """A crawl run."""

    started: Moment
    finished: Moment | None
    requests: Count
    new: Count
    changed: Count
    unchanged: Count
    rejected: Count


class SourceAnswer(Answer):
    """A source, and how its last crawl went."""

    slug: str
    name: str
    publisher: str
    spider: str
    base_url: Address | None
    republish: Republish
    entries: Count
    verdict: Verdict | None
    reason: Annotated[str | None, Meta(description="the verdict in words")]
    last_run: Run | None
    newest: EntryAnswer | None


class Sources(Answer):
    """Every source."""

    sources: list[SourceAnswer]


class Problem(Answer):
    """What was wrong with a request."""

    status: Annotated[int, Meta(ge=400, le=599)]
    message: str
    parameter: str | UnsetType = UNSET
    value: str | UnsetType = UNSET


class Failure(Answer):
    """The answer to a request that cannot be fulfilled."""

    error: Problem


def as_json(answer: Answer) -> bytes:
    """Write an answer, as UTF-8, with a line end."""
    return msgspec.json.encode(answer) + b"\n"
