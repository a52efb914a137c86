"""The version of the packages whose lists `db.words` knows words by, and of `db.words` itself."""

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from zlib import crc32

#: of the folder in which an installer notes what it installed
_END = ".dist-info"
#: what decides on the key of a word, beside the dictionaries
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
)


def lists_version(package: str = "simplemma") -> str:
    """Name the version of a package of lists, by the folder that its installer leaves beside it.

    `importlib.metadata` would say the same, and is as dear to import as a whole command.
    """
    found = find_spec(package)
    beside = os.path.dirname(os.path.dirname(found.origin)) if found and found.origin else "."
    names = sorted(name for name in os.listdir(beside) if name.startswith(f"{package}-"))
    return ",".join(name.removesuffix(_END) for name in names if name.endswith(_END))


@cache
def words_version() -> str:
    """Give a name for what makes index tokens of words."""
    return f"{checksum_of(*_MADE_OF)} {lists_version()}"


def files_of(folder: str) -> list[str]:
    """Give the names of the lists in a folder of this package."""
    found = sorted(os.listdir(Path(__file__).parent / folder))
    return [f"{folder}/{name}" for name in found if name.endswith(".toml")]


def checksum_of(*names: str) -> str:
    """Give a short name for what files of this package say."""
    folder = Path(__file__).parent
    files = [(folder / name).read_bytes() for name in names]
    # with their lengths: a line that moves from one to the next is another content
    content = b"".join(
        b"%s %d %b" % (name.encode(), len(file), file)
        for name, file in zip(names, files, strict=True)
    )
    return f"{crc32(content):08x}-{len(content)}"
