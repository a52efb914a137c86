"""Pieces of SQL that engines spell differently, as SQLite has them.

The shared modules use these names, and another engine puts its own spelling in their place.
"""

#: holds of a column of numbers, or of texts, with a JSON list of them as the value
AMONG = "IN (SELECT value FROM json_each(?))"
AMONG_TEXTS = "IN (SELECT value FROM json_each(?) AS listed)"
NOT_AMONG = "NOT IN (SELECT value FROM json_each(?))"
#: the terms of an entry as bytes: half of reading them was making words of these
TERMS = "CAST(terms AS BLOB)"
#: of rows with a tag each
JOINED_TAGS = "group_concat(tag, ' ')"
#: the highest number that a change has had, were it gone again
NEWEST_CHANGE = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'entry_change'"
#: after a SELECT of rows that several senders look for at once: those that another one has are
#: passed over. SQLite lets one write at a time
UNTAKEN = "/* one sender at a time */"
#: after a SELECT of a row that is to stay as it is until the transaction has ended
KEPT = "/* nobody else writes */"
