"""What made the words of an index: another version needs another index.

Asked whenever a store is opened, so without what the words themselves need.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import db
from db.lists_version import lists_version

if TYPE_CHECKING:
    from db.sql.connection import Connection

#: what decides on the words of the index, beside the dictionaries
_MADE_OF = (
    "text.py",
    "words/__init__.py",
    "words/bases.py",
    "words/compounds.py",
    "words/nynorsk.py",
    "words/lemma.py",
    "words/lexicon.py",
    "words/pairs.py",
    "words/norwegian.toml",
    "sql/indexed.py",
    "search/weights.py",
)


@cache
def index_version() -> str:
    """Give a name for what makes index tokens of words."""
    folder = Path(db.__file__).parent
    content = b"".join((folder / name).read_bytes() for name in _MADE_OF)
    return f"{crc32(content):08x}-{len(content)} {lists_version()}"


def is_outdated(connection: "Connection") -> bool:
    """Tell whether the index was made with another version of the words."""
    (made_with,) = connection.execute("SELECT version FROM search_index").fetchone()
    return bool(made_with != index_version())
