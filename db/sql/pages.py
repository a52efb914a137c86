"""Addresses at the sources: validators, and when to look again."""

import json
import zlib
from datetime import datetime

from db.models import Page, RawPage
from db.sql.connection import Connections, Row
from db.sql.moments import optional_moment, optional_text, to_moment, to_text
from db.sql.replacing import replacing

#: bytes of a page that is kept; no article is longer
LARGEST_KEPT = 2_000_000
_LEVEL = 6
_PUT = replacing(
    "page",
    (
        "source", "url", "etag", "last_modified", "content", "keys", "fetched", "due",
        "gone_since",
    ),
    ("source", "url"),
)  # fmt: skip
_KEEP = replacing("raw_page", ("entry_id", "url", "content_type", "fetched", "data"), ("entry_id",))


class SqlPages:
    """Implements `db.store.PageStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, source: str, url: str) -> Page | None:
        """Give what is known of an address."""
        row = self._connections.connection.execute(
            "SELECT * FROM page WHERE source = ? AND url = ?", (source, url)
        ).fetchone()
        return None if row is None else _page(row)

    def put(self, page: Page) -> None:
        """Record what is known of an address; equal knowledge writes nothing."""
        if self.get(page.source, page.url) == page:
            return
        with self._connections.writing() as connection:
            connection.execute(
                _PUT,
                (
                    page.source,
                    page.url,
                    page.etag,
                    page.last_modified,
                    page.content,
                    json.dumps(page.keys),
                    to_text(page.fetched),
                    optional_text(page.due),
                    optional_text(page.gone_since),
                ),
            )

    def due(self, source: str, *, now: datetime, limit: int) -> list[Page]:
        """Give the pages to look at again, longest overdue first."""
        rows = self._connections.connection.execute(
            "SELECT * FROM page WHERE source = ? AND due <= ? ORDER BY due, url LIMIT ?",
            (source, to_text(now), limit),
        )
        return [_page(row) for row in rows]

    def keep(self, entry_id: int, page: RawPage) -> None:
        """Keep the page an entry was read from, compressed."""
        data = zlib.compress(page.body, _LEVEL) if len(page.body) <= LARGEST_KEPT else b""
        connection = self._connections.connection
        known = connection.execute(
            "SELECT 1 FROM raw_page WHERE entry_id = ? AND url = ? AND data = ?",
            (entry_id, page.url, data),
        ).fetchone()
        if known or not data:
            return
        with self._connections.writing() as writing:
            writing.execute(
                _KEEP,
                (entry_id, page.url, page.content_type, to_text(page.fetched), data),
            )

    def kept(self, entry_id: int) -> RawPage | None:
        """Give the page an entry was read from."""
        row = self._connections.connection.execute(
            "SELECT * FROM raw_page WHERE entry_id = ?", (entry_id,)
        ).fetchone()
        if row is None:
            return None
        return RawPage(
            url=row["url"],
            content_type=row["content_type"],
            fetched=to_moment(row["fetched"]),
            body=zlib.decompress(row["data"]),
        )


def _page(row: Row) -> Page:
    return Page(
        source=row["source"],
        url=row["url"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        content=row["content"],
        keys=tuple(json.loads(row["keys"])),
        fetched=to_moment(row["fetched"]),
        due=optional_moment(row["due"]),
        gone_since=optional_moment(row["gone_since"]),
    )
