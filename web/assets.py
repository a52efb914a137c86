"""Static files by content: an address that changes with the file can be kept for ever."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from feed.language import CATALOGUES

_HERE = Path(__file__).parent
#: how many characters of a hash go into an address
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Assets:
    """The static files and the looks of the pages, as hashes."""

    #: file name in `static/` to a hash of its content
    versions: dict[str, str]
    #: changes with any template, translation or static file; part of every page's validator
    looks: str

    @classmethod
    def read(cls) -> "Assets":
        """Read what is installed beside this module."""
        static = {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir())}
        texts = [*(_HERE / "templates").rglob("*.html"), *CATALOGUES.rglob("*.po")]
        return cls(
            versions={name: _hash(content) for name, content in static.items()},
            looks=_hash(
                b"\0".join([*static.values(), *(path.read_bytes() for path in sorted(texts))])
            ),
        )

    def is_current(self, name: str, version: str | None) -> bool:
        """Tell whether a request asks for a file as it is now."""
        return version is not None and self.versions.get(name) == version


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_SHORT]
