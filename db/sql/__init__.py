"""The SQL that both engines run: every store of `db.store`, over the connections of an engine."""
