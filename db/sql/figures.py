"""What is kept, as figures for whoever runs it."""

from db.models import Figures
from db.sql.connection import Connection
from db.sql.moments import optional_moment

_FIGURES = """
    SELECT
      (SELECT count(*) FROM entry) AS entries,
      (SELECT count(*) FROM entry WHERE withdrawn IS NOT NULL) AS withdrawn,
      (SELECT count(*) FROM subscriber WHERE email IS NOT NULL AND suppressed IS NOT NULL)
        AS suppressed,
      (SELECT count(*) FROM subscriber
        WHERE email IS NOT NULL AND suppressed IS NULL AND soft_bounces > 0) AS bouncing,
      (SELECT count(*) FROM subscription_request WHERE subscription_id IS NULL) AS unconfirmed,
      (SELECT min(created) FROM outbox WHERE state IN ('queued', 'sending')) AS unsent_since,
      (SELECT min(settled) FROM outbox JOIN mail ON outbox_id = id) AS mails_since
"""


def read_figures(connection: Connection, *, size: int) -> Figures:
    """Count what is kept, in `size` bytes."""
    row = connection.execute(_FIGURES).fetchone()
    active = connection.execute("SELECT rhythm, count(*) FROM wanted GROUP BY rhythm").fetchall()
    return Figures(
        entries=row["entries"],
        withdrawn=row["withdrawn"],
        subscriptions=dict(active),
        suppressed=row["suppressed"],
        bouncing=row["bouncing"],
        unconfirmed=row["unconfirmed"],
        unsent_since=optional_moment(row["unsent_since"]),
        mails_since=optional_moment(row["mails_since"]),
        size=size,
    )
