"""The version of simplemma, whose lists `db.words` knows words by."""

from importlib.util import find_spec
from pathlib import Path


def lists_version() -> str:
    """Name the version, by the folder that simplemma's installer leaves beside it.

    `importlib.metadata` would say the same, and is as dear to import as a whole command.
    """
    found = find_spec("simplemma")
    beside = Path(found.origin).parents[1] if found and found.origin else Path()
    return ",".join(sorted(path.stem for path in beside.glob("simplemma-*.dist-info")))
