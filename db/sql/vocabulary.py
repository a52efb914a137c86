"""Sources and tags, as the configuration declares them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import astuple, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from db.models import Republish, Source
from db.sql.connection import Connections, Row
from db.sql.replacing import replacing
from db.sql.state import Present, mark_change

if TYPE_CHECKING:
    from db.models import FormerTag, Tag
    from db.query import Vocabulary

_Read = TypeVar("_Read")

_NAMES = [field.name for field in fields(Source)]
_SOURCE_COLUMNS = ", ".join(_NAMES)
_DECLARE = replacing("source", _NAMES, ("slug",))


class SqlVocabulary:
    """Implements `db.store.VocabularyStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._present = Present(connections)
        #: what was read last, by what it is of, and the number of the state it was read in
        self._kept: tuple[int, dict[str, Any]] = -1, {}

    def declare(
        self,
        sources: Iterable[Source],
        tags: "Iterable[Tag]",
        *,
        now: datetime,
        former: "Iterable[FormerTag]" = (),
    ) -> None:
        """Record what the configuration names, if it differs from what is recorded."""
        declared_sources, declared_tags = list(sources), list(tags)
        declared_former = {tag.slug: tag for tag in former}
        if (
            declared_tags == self.tags()
            and declared_former == self.former()
            and set(declared_sources) <= set(self.sources())
        ):
            return
        # imported here: tags are seldom renamed, and the sources asked for by every command
        from db.sql.renaming import rename_tag

        with self._connections.writing() as connection:
            for source in declared_sources:
                connection.execute(_DECLARE, _values(source))
            connection.execute("DELETE FROM tag")
            connection.executemany(
                "INSERT INTO tag (position, slug, label_nb, label_nn, label_en)"
                " VALUES (?, ?, ?, ?, ?)",
                [(position, *astuple(tag)) for position, tag in enumerate(declared_tags)],
            )
            connection.execute("DELETE FROM former_tag")
            for tag in declared_former.values():
                connection.execute(
                    "INSERT INTO former_tag (slug, label, now, ended) VALUES (?, ?, ?, ?)",
                    (tag.slug, tag.label, tag.now, tag.ended and tag.ended.isoformat()),
                )
                if tag.now:
                    rename_tag(connection, tag.slug, tag.now, now=now)
            mark_change(connection, now)

    def sources(self) -> list[Source]:
        """Give all sources, by name."""
        return [*self._keep("sources", self._sources)]

    def tags(self) -> "list[Tag]":
        """Give all tags, in the order of the taxonomy."""
        return [*self._keep("tags", self._tags)]

    def former(self) -> "dict[str, FormerTag]":
        """Give the tags that were renamed or ended, by slug."""
        return {**self._keep("former", self._former)}

    def known(self) -> "Vocabulary":
        """Give the values a query may name."""
        return self._keep("known", self._known)

    def _keep(self, name: str, read: Callable[[], _Read]) -> _Read:
        """Give what there is to read, kept until the state moves: every page names some of it."""
        if self._connections.connection.in_transaction:
            return read()
        change = self._present.change()
        kept_in, kept = self._kept
        if kept_in != change:
            kept = {}
            self._kept = change, kept
        if name not in kept:
            kept[name] = read()
        found: _Read = kept[name]
        return found

    def _sources(self) -> list[Source]:
        rows = self._connections.connection.execute(
            f"SELECT {_SOURCE_COLUMNS} FROM source ORDER BY name, slug"
        )
        return [_source(row) for row in rows]

    def _tags(self) -> "list[Tag]":
        # imported here, as below: every command asks for the sources, few for the tags
        from db.models import Tag

        rows = self._connections.connection.execute(
            "SELECT slug, label_nb, label_nn, label_en FROM tag ORDER BY position"
        )
        return [Tag(**row) for row in rows]

    def _former(self) -> "dict[str, FormerTag]":
        from db.models import FormerTag

        rows = self._connections.connection.execute("SELECT * FROM former_tag ORDER BY slug")
        return {
            row["slug"]: FormerTag(
                slug=row["slug"],
                label=row["label"],
                now=row["now"],
                ended=date.fromisoformat(row["ended"]) if row["ended"] else None,
            )
            for row in rows
        }

    def _known(self) -> "Vocabulary":
        from db.query import Vocabulary

        connection = self._connections.connection
        return Vocabulary(
            tags=frozenset(slug for (slug,) in connection.execute("SELECT slug FROM tag")),
            sources=frozenset(slug for (slug,) in connection.execute("SELECT slug FROM source")),
        )


def _values(source: Source) -> tuple[object, ...]:
    given = {field.name: getattr(source, field.name) for field in fields(source)}
    return tuple((given | {"words": json.dumps(source.words, ensure_ascii=False)}).values())


def _source(row: Row) -> Source:
    given = dict(zip(_NAMES, row, strict=True))
    given["republish"] = Republish(given["republish"])
    given["words"] = tuple(json.loads(given["words"]))
    return Source(**given)
