"""The text of the files that come with entries, page by page."""

from collections.abc import Sequence
from datetime import datetime

from db.models import Attachment, AttachmentState, UnreadAttachment
from db.sql.connection import Connection, Connections
from db.sql.state import mark_change


class SqlAttachments:
    """Implements `db.store.AttachmentStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def unread(self, source: str) -> list[UnreadAttachment]:
        """Give the files of a source that have an address and wait to be read."""
        rows = self._connections.connection.execute(
            "SELECT attachment.* FROM attachment JOIN entry ON entry.id = attachment.entry_id"
            " WHERE entry.source = ? AND attachment.state = ? AND attachment.url <> ''"
            " ORDER BY entry_id, position",
            (source, AttachmentState.UNREAD),
        )
        return [
            UnreadAttachment(
                entry_id=row["entry_id"],
                position=row["position"],
                attachment=Attachment(
                    url=row["url"],
                    label=row["label"],
                    media_type=row["media_type"],
                    length=row["length"],
                    size_label=row["size_label"],
                ),
            )
            for row in rows
        ]

    def read(
        self,
        entry_id: int,
        position: int,
        state: AttachmentState,
        pages: Sequence[str] = (),
        *,
        media_type: str = "",
        length: int | None = None,
        now: datetime,
    ) -> None:
        """Record a file's text, a string a page, or why there is none, and make it searchable."""
        with self._connections.writing() as connection:
            found = connection.execute(
                "UPDATE attachment SET state = ?, pages = ?,"
                " media_type = coalesce(nullif(?, ''), media_type), length = coalesce(?, length)"
                " WHERE entry_id = ? AND position = ?",
                (state, len(pages) or None, media_type, length, entry_id, position),
            )
            if not found.rowcount:
                # while it was read, the publisher took it away
                return
            connection.execute(
                "DELETE FROM attachment_page WHERE entry_id = ? AND position = ?",
                (entry_id, position),
            )
            connection.executemany(
                "INSERT INTO attachment_page (entry_id, position, page, text) VALUES (?, ?, ?, ?)",
                [(entry_id, position, page, text) for page, text in enumerate(pages, 1)],
            )
            connection.index.write_pages(entry_id)
            mark_change(connection, now)

    def pages(self, entry_id: int, position: int) -> list[str]:
        """Give the text of a file, a string a page."""
        rows = self._connections.connection.execute(
            "SELECT text FROM attachment_page WHERE entry_id = ? AND position = ? ORDER BY page",
            (entry_id, position),
        )
        return [text for (text,) in rows]


def write_attachments(connection: Connection, entry_id: int, files: Sequence[Attachment]) -> None:
    """Replace an entry's attachments, inside a transaction; a file that stays keeps its text."""
    before = connection.execute(
        "SELECT url, position, media_type, length, state, pages FROM attachment WHERE entry_id = ?",
        (entry_id,),
    ).fetchall()
    known = {row["url"]: row for row in before if row["url"]}
    texts = {
        url: connection.execute(
            "SELECT page, text FROM attachment_page WHERE entry_id = ? AND position = ?",
            (entry_id, row["position"]),
        ).fetchall()
        for url, row in known.items()
    }
    connection.execute("DELETE FROM attachment_page WHERE entry_id = ?", (entry_id,))
    connection.execute("DELETE FROM attachment WHERE entry_id = ?", (entry_id,))
    for position, file in enumerate(files):
        row = known.get(file.url)
        connection.execute(
            "INSERT INTO attachment (entry_id, position, url, label, media_type, length,"
            " size_label, state, pages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry_id,
                position,
                file.url,
                file.label,
                file.media_type or (row["media_type"] if row else ""),
                file.length if file.length is not None or not row else row["length"],
                file.size_label,
                row["state"] if row else AttachmentState.UNREAD,
                row["pages"] if row else None,
            ),
        )
        connection.executemany(
            "INSERT INTO attachment_page (entry_id, position, page, text) VALUES (?, ?, ?, ?)",
            [(entry_id, position, page, text) for page, text in texts.get(file.url, ())],
        )
