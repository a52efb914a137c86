"""The version of simplemma, whose lists `db.words` knows words by."""

import os
from importlib.util import find_spec

#: of the folder in which an installer notes what it installed
_END = ".dist-info"


def lists_version() -> str:
    """Name the version, by the folder that simplemma's installer leaves beside it.

    `importlib.metadata` would say the same, and is as dear to import as a whole command.
    """
    found = find_spec("simplemma")
    beside = os.path.dirname(os.path.dirname(found.origin)) if found and found.origin else "."
    names = sorted(name for name in os.listdir(beside) if name.startswith("simplemma-"))
    return ",".join(name.removesuffix(_END) for name in names if name.endswith(_END))
