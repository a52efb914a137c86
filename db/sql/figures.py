"""What is kept, as figures for whoever runs it."""

from datetime import datetime

from db.models import Figures
from db.sql.connection import Connection
from db.sql.moments import optional_moment

#: of table digest_run, the newest of each rhythm where it is held
HELD = "held <> '' AND completed IS NULL AND id IN (SELECT max(id) FROM digest_run GROUP BY rhythm)"
_FIGURES = f"""
    SELECT
      (SELECT count(*) FROM entry) AS entries,
      (SELECT count(*) FROM entry)
        - (SELECT count(*) FROM entry WHERE story IS NOT NULL)
        + (SELECT count(DISTINCT story) FROM entry WHERE story IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM entry AS first WHERE first.id = entry.story)) AS stories,
      (SELECT count(*) FROM entry WHERE withdrawn IS NOT NULL) AS withdrawn,
      (SELECT count(*) FROM subscriber WHERE email IS NOT NULL AND suppressed IS NOT NULL)
        AS suppressed,
      (SELECT count(*) FROM subscriber
        WHERE email IS NOT NULL AND suppressed IS NULL AND soft_bounces > 0) AS bouncing,
      (SELECT count(*) FROM subscription_request WHERE subscription_id IS NULL) AS unconfirmed,
      (SELECT min(created) FROM outbox WHERE state IN ('queued', 'sending')) AS unsent_since,
      (SELECT count(*) FROM digest_run WHERE {HELD}) AS held,
      (SELECT min(settled) FROM outbox JOIN mail ON outbox_id = id) AS mails_since
"""


def waiting_since(connection: Connection) -> datetime | None:
    """Give since when the message that is due longest has been due; None where none waits."""
    (moment,) = connection.execute(
        "SELECT min(not_before) FROM outbox WHERE state = 'queued'"
    ).fetchone()
    return optional_moment(moment)


def outbox_counts(connection: Connection) -> dict[str, int]:
    """Count the outbox by state, forgotten messages aside."""
    rows = connection.execute(
        "SELECT CASE WHEN state = 'sent' AND uncertain = 1 THEN 'uncertain' ELSE state END"
        " AS is_so, count(*) FROM outbox WHERE recipient <> '' GROUP BY is_so ORDER BY is_so"
    )
    return dict(tuple(row) for row in rows)


def read_figures(connection: Connection, *, size: int) -> Figures:
    """Count what is kept, in `size` bytes."""
    row = connection.execute(_FIGURES).fetchone()
    active = connection.execute("SELECT rhythm, count(*) FROM wanted GROUP BY rhythm").fetchall()
    return Figures(
        entries=row["entries"],
        stories=row["stories"],
        withdrawn=row["withdrawn"],
        subscriptions=dict(active),
        suppressed=row["suppressed"],
        bouncing=row["bouncing"],
        unconfirmed=row["unconfirmed"],
        unsent_since=optional_moment(row["unsent_since"]),
        waiting_since=waiting_since(connection),
        outbox=outbox_counts(connection),
        held=row["held"],
        mails_since=optional_moment(row["mails_since"]),
        size=size,
    )
