"""What SQLite says when it gives way, as words for whoever runs the machine.

Result codes: https://www.sqlite.org/rescode.html, of which the lowest byte tells the sort.
"""

import sqlite3

_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26

_ADVICE = {
    _BUSY: "another program has been writing to it for too long; try again, or end that program",
    _LOCKED: "another program has been writing to it for too long; try again, or end that program",
    _READONLY: "it may not be written to; give this user write access to the file and its folder",
    _IOERR: "the disk could not be read or written; see that it is not full and not damaged",
    _CORRUPT: "the file is damaged; put a backup in its place with `imdifeed restore`",
    _FULL: "the disk is full; make room and go on, nothing that was stored is lost",
    _CANTOPEN: "it cannot be opened; see that file and folder exist and belong to this user",
    _NOTADB: "the file is no database; name another, or put a backup in its place with"
    " `imdifeed restore`",
}


def is_fault(error: sqlite3.Error) -> bool:
    """Tell a fault of the machine or the file from a mistake of ours."""
    return type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError)


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether another program held what was asked for, for longer than we wait."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in (_BUSY, _LOCKED)


def in_words(error: sqlite3.Error) -> str:
    """Say what gave way and what to do, after SQLite's own words."""
    code = getattr(error, "sqlite_errorcode", None)
    advice = _ADVICE.get(code & 0xFF, "") if code is not None else ""
    return f"{error}: {advice}" if advice else str(error)
