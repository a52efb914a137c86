"""Entries as the crawler writes them: stored by fingerprint, with earlier wordings."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

from db.errors import EntryNotFoundError
from db.fingerprint import checksum, fingerprint
from db.models import Entry, EntryData, EntryTag, Outcome, Stored
from db.sql.attachments import write_attachments
from db.sql.connection import Connection, Row
from db.sql.deadlines import raise_sequences, write_deadlines
from db.sql.index_version import is_outdated
from db.sql.kept import KeptEntries
from db.sql.moments import to_text
from db.sql.rows import bindable, entry_columns
from db.sql.state import mark_change, mark_other_words
from db.sql.takedowns import taken_down


class WrittenEntries(KeptEntries):
    """The part of `db.store.EntryStore` that changes entries."""

    def put(self, data: EntryData, *, seen: datetime, first_crawl: bool) -> Stored:
        """Store what a publisher said: new, changed (with a revision), or unchanged."""
        wording = fingerprint(data)
        everything = checksum(data, wording)
        stored = self._stored(data)
        if stored and stored["checksum"] == everything and stored["withdrawn"] is None:
            return Stored(stored["id"], Outcome.UNCHANGED)
        with self._connections.writing() as connection:
            stored = self._stored(data)
            columns = entry_columns(data) | {"fingerprint": wording, "checksum": everything}
            columns["withdrawn"] = None
            before = taken_down(connection, data.source, data.key) if stored is None else None
            if before and before["lifted"] is None:
                return Stored(before["entry_id"], Outcome.UNCHANGED)
            if before:
                # Its number was kept for it. Whoever was told of it is not told again.
                outcome, entry_id = Outcome.NEW, before["entry_id"]
                names = ("first_seen", "appeared")
                _insert(connection, columns | {"id": entry_id} | {n: before[n] for n in names})
            elif stored is None:
                outcome = Outcome.NEW
                moments = _moments(data, seen, first_crawl=first_crawl)
                entry_id = _insert(connection, columns | moments)
            elif stored["fingerprint"] != wording:
                outcome, entry_id = Outcome.CHANGED, stored["id"]
                _keep_revision(connection, entry_id, until=seen)
                _update(connection, entry_id, columns | {"revised": to_text(seen)})
            else:
                # Only what no reader would call a change: an address, markup, a label. Our own
                # language and tags stay as they are: `retag` is what moves them.
                outcome, entry_id = Outcome.UNCHANGED, stored["id"]
                del columns["language"]
                _update(connection, entry_id, columns)
            write_attachments(connection, entry_id, data.attachments)
            if stored and stored["withdrawn"]:
                raise_sequences(connection, entry_id, now=seen)
            if outcome is not Outcome.UNCHANGED:
                _write_tags(connection, entry_id, data.tags)
                write_deadlines(connection, entry_id, data.deadlines, now=seen)
                connection.index.write(entry_id, data)
            added = outcome is Outcome.NEW and not first_crawl
            mark_change(connection, seen, sweeping=not added)
        return Stored(entry_id, outcome)

    def is_current(self, data: EntryData) -> bool:
        """Tell whether exactly this is stored and not withdrawn, so that `put` writes nothing."""
        stored = self._stored(data)
        if stored is None:
            before = taken_down(self._connections.connection, data.source, data.key)
            return before is not None and before["lifted"] is None
        return stored["withdrawn"] is None and bool(stored["checksum"] == checksum(data))

    def withdraw(self, source: str, keys: Collection[str], *, now: datetime) -> int:
        """Mark entries as taken away by their publisher; give how many were not so marked."""
        with self._connections.writing() as connection:
            marked = 0
            for key in keys:
                row = connection.execute(
                    "SELECT id FROM entry WHERE source = ? AND key = ? AND withdrawn IS NULL",
                    (source, key),
                ).fetchone()
                if row is not None:
                    _update(connection, row["id"], {"withdrawn": to_text(now)})
                    raise_sequences(connection, row["id"], now=now)
                    marked += 1
            if marked:
                mark_change(connection, now, sweeping=False)
        return marked

    def retag(self, entry_id: int, tags: Sequence[EntryTag], *, now: datetime) -> bool:
        """Replace an entry's tags; tell whether they differed."""
        if sorted(self.get(entry_id).tags, key=_by_slug) == sorted(tags, key=_by_slug):
            return False
        with self._connections.writing() as connection:
            _write_tags(connection, entry_id, tags)
            mark_change(connection, now)
        return True

    def reread(self, entry_id: int, data: EntryData, *, now: datetime) -> bool:
        """Put what a better parser reads in the place of what is stored."""
        everything = checksum(data)
        row = self._connections.connection.execute(
            "SELECT checksum FROM entry WHERE id = ?", (bindable(entry_id),)
        ).fetchone()
        if row is None:
            raise EntryNotFoundError(entry_id)
        if row["checksum"] == everything:
            return False
        columns = entry_columns(data) | {"fingerprint": fingerprint(data), "checksum": everything}
        with self._connections.writing() as connection:
            _update(connection, entry_id, columns)
            write_attachments(connection, entry_id, data.attachments)
            _write_tags(connection, entry_id, data.tags)
            write_deadlines(connection, entry_id, data.deadlines, now=now)
            connection.index.write(entry_id, data)
            mark_change(connection, now)
        return True

    def reindex(
        self, *, if_outdated: bool = False, on_progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Build the search index anew from what is stored, or only where the words have changed."""
        with self._connections.writing() as connection:
            outdated = is_outdated(connection)
            if if_outdated and not outdated:
                return 0
            (total,) = connection.execute("SELECT count(*) FROM entry").fetchone()
            walked = self.walk()
            connection.index.rebuild(
                _counted(walked, total, on_progress) if on_progress else walked
            )
            if outdated and total:
                mark_other_words(connection)
        return int(total)

    def _stored(self, data: EntryData) -> Row | None:
        row: Row | None = self._connections.connection.execute(
            "SELECT id, fingerprint, checksum, withdrawn FROM entry WHERE source = ? AND key = ?",
            (data.source, data.key),
        ).fetchone()
        return row


def _moments(data: EntryData, seen: datetime, *, first_crawl: bool) -> dict[str, object]:
    appeared = seen
    if first_crawl and data.published:
        # a date ahead of us must not pin an entry to the top
        appeared = min(data.published.moment, seen)
    return {"first_seen": to_text(seen), "appeared": to_text(appeared)}


def _insert(connection: Connection, columns: dict[str, object]) -> int:
    (number,) = connection.execute(
        f"INSERT INTO entry ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " RETURNING id",
        list(columns.values()),
    ).fetchone()
    return int(number)


def _update(connection: Connection, entry_id: int, columns: dict[str, object]) -> None:
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(
        f"UPDATE entry SET {assignments} WHERE id = ?",
        [*columns.values(), entry_id],
    )


def _counted(
    entries: Iterable[Entry], total: int, on_progress: Callable[[int, int], None]
) -> Iterator[Entry]:
    for done, entry in enumerate(entries, start=1):
        yield entry
        on_progress(done, total)


def _keep_revision(connection: Connection, entry_id: int, *, until: datetime) -> None:
    connection.execute(
        """
        INSERT INTO revision (entry_id, title, lead, body, body_text, published,
                              published_precision, published_label, since, until)
        SELECT id, title, lead, body, body_text, published, published_precision, published_label,
               coalesce(revised, first_seen), ?
        FROM entry WHERE id = ?
        """,
        (to_text(until), entry_id),
    )


def _write_tags(connection: Connection, entry_id: int, tags: Iterable[EntryTag]) -> None:
    connection.execute("DELETE FROM entry_tag WHERE entry_id = ?", (entry_id,))
    connection.executemany(
        "INSERT INTO entry_tag (tag, entry_id, reason, score) VALUES (?, ?, ?, ?)",
        [(tag.slug, entry_id, tag.reason, tag.score) for tag in tags],
    )


def _by_slug(tag: EntryTag) -> str:
    return tag.slug
