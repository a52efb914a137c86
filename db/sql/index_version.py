"""What made the words of an index: another version needs another index.

Asked whenever a store is opened, so without what the words themselves need.
"""

from functools import cache
from typing import TYPE_CHECKING

from db.lists_version import checksum_of, files_of, words_version

if TYPE_CHECKING:
    from db.sql.connection import Connection

#: what decides on the words of the index, beside the words themselves
_MADE_OF = (
    "sql/indexed.py",
    "search/weights.py",
    "search/thesaurus.py",
    "search/synonym.py",
    "search/written.py",
)
_SYNONYMS = "search/synonyms"


@cache
def index_version() -> str:
    """Give a name for what makes index tokens of words."""
    return f"{checksum_of(*_MADE_OF, *files_of(_SYNONYMS))} {words_version()}"


def is_outdated(connection: "Connection") -> bool:
    """Tell whether the index was made with another version of the words."""
    (made_with,) = connection.execute("SELECT version FROM search_index").fetchone()
    return bool(made_with != index_version())
