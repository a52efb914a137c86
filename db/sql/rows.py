"""Between table rows and the values of `db.models`."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, time

from db.models import (
    AlsoAt,
    Attachment,
    AttachmentState,
    Deadline,
    DeadlineKind,
    Entry,
    EntryData,
    EntryTag,
    Kind,
    Language,
    Precision,
    PublisherDate,
)
from db.sql.connection import Connection, Row
from db.sql.moments import optional_moment, to_moment, to_text


def entry_columns(data: EntryData) -> dict[str, object]:
    """Give the columns of table `entry` that hold what the publisher said, and the language."""
    plain = ("source", "key", "url", "kind", "title", "lead", "body", "body_text", "chapter")
    columns: dict[str, object] = {name: getattr(data, name) for name in plain}
    columns |= {"publisher": data.publisher, "shape": data.shape, "language": data.language}
    columns |= {"work": data.work, "series": data.series}
    columns["keywords"] = json.dumps(data.keywords, ensure_ascii=False)
    for name, given in (("published", data.published), ("updated", data.updated)):
        columns[name] = given and to_text(given.moment)
        columns[f"{name}_precision"] = given and given.precision
        columns[f"{name}_label"] = given and given.label
    return columns


def publisher_date(row: Row, name: str) -> PublisherDate | None:
    """Read the three columns of a publisher's date."""
    if row[name] is None:
        return None
    return PublisherDate(
        moment=to_moment(row[name]),
        precision=Precision(row[f"{name}_precision"]),
        label=row[f"{name}_label"],
    )


def entries_from(connection: Connection, rows: Sequence[Row]) -> tuple[Entry, ...]:
    """Read rows of table `entry`, with what belongs to them in four look-ups for all."""
    if not rows:
        return ()
    numbers = [row["id"] for row in rows]
    tags = _tags(connection, numbers)
    attachments = _attachments(connection, numbers)
    also_at = _also_at(connection, numbers)
    deadlines = _deadlines(connection, numbers)
    return tuple(
        _entry(
            row,
            tags[row["id"]],
            attachments[row["id"]],
            also_at[row["id"]],
            deadlines[row["id"]],
        )
        for row in rows
    )


def deadline_from(row: Row) -> Deadline:
    """Read a row of table `deadline`."""
    return Deadline(
        id=row["id"],
        kind=DeadlineKind(row["kind"]),
        day=date.fromisoformat(row["day"]),
        time=time.fromisoformat(row["time"]) if row["time"] else None,
        sentence=row["sentence"],
        wording=row["wording"],
        sequence=row["sequence"],
        found=to_moment(row["found"]),
        changed=to_moment(row["changed"]),
        cancelled=optional_moment(row["cancelled"]),
    )


def _entry(
    row: Row,
    tags: list[EntryTag],
    attachments: list[Attachment],
    also_at: list[AlsoAt],
    deadlines: list[Deadline],
) -> Entry:
    return Entry(
        id=row["id"],
        story=row["story"] or row["id"],
        source=row["source"],
        key=row["key"],
        url=row["url"],
        kind=Kind(row["kind"]),
        title=row["title"],
        lead=row["lead"],
        body=row["body"],
        body_text=row["body_text"],
        chapter=row["chapter"],
        work=row["work"],
        series=row["series"],
        publisher=row["publisher"],
        published=publisher_date(row, "published"),
        updated=publisher_date(row, "updated"),
        keywords=tuple(json.loads(row["keywords"])),
        attachments=tuple(attachments),
        shape=row["shape"],
        language=Language(row["language"]),
        tags=tuple(tags),
        first_seen=to_moment(row["first_seen"]),
        appeared=to_moment(row["appeared"]),
        revised=optional_moment(row["revised"]),
        withdrawn=optional_moment(row["withdrawn"]),
        fingerprint=row["fingerprint"],
        also_at=tuple(also_at),
        deadlines=tuple(deadlines),
    )


def _tags(connection: Connection, numbers: list[int]) -> dict[int, list[EntryTag]]:
    found: dict[int, list[EntryTag]] = defaultdict(list)
    for row in connection.execute(
        "SELECT entry_id, tag, reason, score FROM entry_tag"
        f" WHERE entry_id IN ({', '.join('?' * len(numbers))})"
        " ORDER BY score DESC, tag",
        numbers,
    ):
        found[row["entry_id"]].append(EntryTag(row["tag"], row["reason"], row["score"]))
    return found


def _also_at(connection: Connection, numbers: list[int]) -> dict[int, list[AlsoAt]]:
    found: dict[int, list[AlsoAt]] = defaultdict(list)
    for row in connection.execute(
        "SELECT entry.id AS of_id, other.id, other.source, other.url, other.title"
        " FROM entry JOIN entry AS other ON other.id <> entry.id AND"
        " (other.id = entry.story OR other.story = coalesce(entry.story, entry.id))"
        f" WHERE entry.id IN ({', '.join('?' * len(numbers))}) ORDER BY other.id",
        numbers,
    ):
        also = AlsoAt(row["id"], row["source"], row["url"], row["title"])
        found[row["of_id"]].append(also)
    return found


def _deadlines(connection: Connection, numbers: list[int]) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = defaultdict(list)
    for row in connection.execute(
        "SELECT * FROM deadline"
        f" WHERE entry_id IN ({', '.join('?' * len(numbers))}) AND cancelled IS NULL"
        " ORDER BY day, time NULLS FIRST, id",
        numbers,
    ):
        found[row["entry_id"]].append(deadline_from(row))
    return found


def _attachments(connection: Connection, numbers: list[int]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = defaultdict(list)
    for row in connection.execute(
        "SELECT * FROM attachment"
        f" WHERE entry_id IN ({', '.join('?' * len(numbers))})"
        " ORDER BY entry_id, position",
        numbers,
    ):
        found[row["entry_id"]].append(
            Attachment(
                url=row["url"],
                label=row["label"],
                media_type=row["media_type"],
                length=row["length"],
                size_label=row["size_label"],
                state=AttachmentState(row["state"]),
                pages=row["pages"],
            )
        )
    return found


def bindable(number: int) -> int:
    """Keep a number from an address within what a column holds; outside it there is no entry."""
    return number if 0 <= number < 2**63 else -1
