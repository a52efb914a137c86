"""A taxonomy as it is written, and where in it something is wrong."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.errors import TaxonomyError


class FaultError(Exception):
    """What is wrong, in which table, and the text to look for in it."""

    def __init__(self, table: str, message: str, printed: str = "") -> None:
        super().__init__(message)
        self.table, self.printed = table, printed


@dataclass(frozen=True, slots=True)
class TaxonomyFile:
    """The text of a taxonomy."""

    name: str
    text: str

    def error(self, fault: FaultError) -> TaxonomyError:
        """Say what is wrong, and in which line."""
        line = _line_of(self.text, fault.table, fault.printed)
        place = f"{self.name}, line {line}" if line else self.name
        tag = f" tag {fault.table!r}:" if fault.table else ""
        return TaxonomyError(f"{place}:{tag} {fault}")


def read_file(path: Path) -> tuple[TaxonomyFile, dict[str, Any]]:
    """Read a taxonomy as text and tables. Raises `TaxonomyError`: it is not there, or no TOML."""
    try:
        # some editors put an invisible letter first
        text = path.read_text(encoding="utf-8-sig")
        return TaxonomyFile(path.name, text), tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TaxonomyError(f"{path.name}: {error}") from error


def _line_of(text: str, table: str, printed: str) -> int:
    """Give the line of a table where something is printed last, else of its head; 0 for none."""
    here, found = not table, 0
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            here = head[1].strip("\"'") == table
            found = number if here else found
        elif here and printed and re.search(rf"(?<!\w){re.escape(printed)}(?!\w)", line, re.I):
            found = number
    return found
