"""Sources and tags, as the configuration declares them."""

import json
from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date, datetime

from db.models import FormerTag, Republish, Source, Tag
from db.query import Vocabulary
from db.sql.connection import Connections, Row
from db.sql.renaming import rename_tag
from db.sql.replacing import replacing
from db.sql.state import mark_change

_NAMES = [field.name for field in fields(Source)]
_SOURCE_COLUMNS = ", ".join(_NAMES)
_DECLARE = replacing("source", _NAMES, ("slug",))


class SqlVocabulary:
    """Implements `db.store.VocabularyStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def declare(
        self,
        sources: Iterable[Source],
        tags: Iterable[Tag],
        *,
        now: datetime,
        former: Iterable[FormerTag] = (),
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
        rows = self._connections.connection.execute(
            f"SELECT {_SOURCE_COLUMNS} FROM source ORDER BY name, slug"
        )
        return [_source(row) for row in rows]

    def tags(self) -> list[Tag]:
        """Give all tags, in the order of the taxonomy."""
        rows = self._connections.connection.execute(
            "SELECT slug, label_nb, label_nn, label_en FROM tag ORDER BY position"
        )
        return [Tag(**row) for row in rows]

    def former(self) -> dict[str, FormerTag]:
        """Give the tags that were renamed or ended, by slug."""
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

    def known(self) -> Vocabulary:
        """Give the values a query may name."""
        connection = self._connections.connection
        return Vocabulary(
            tags=frozenset(slug for (slug,) in connection.execute("SELECT slug FROM tag")),
            sources=frozenset(slug for (slug,) in connection.execute("SELECT slug FROM source")),
        )


def _values(source: Source) -> tuple[object, ...]:
    given = {field.name: getattr(source, field.name) for field in fields(source)}
    return tuple((given | {"words": json.dumps(source.words, ensure_ascii=False)}).values())


def _source(row: Row) -> Source:
    given = {**row, "republish": Republish(row["republish"])}
    return Source(**(given | {"words": tuple(json.loads(row["words"]))}))
