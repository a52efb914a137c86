"""What PostgreSQL says when it gives way, as words for whoever runs the machine.

States: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import re
from dataclasses import dataclass

import psycopg
from psycopg import errors

from db.errors import StoreAwayError, StoreBusyError, StoreUnavailableError

#: by state, or the class that its first two characters name
_ADVICE = {
    "08": "the connection was lost; see that the server runs, and try again",
    "25006": "it may only be read; name the primary server in `database`, not a replica",
    "28": "the server refused the login; see the role in `database`, PGPASSWORD or ~/.pgpass, and"
    " the server's pg_hba.conf",
    "3D000": "there is no such database; make one with `createdb`",
    "40P01": "two writers waited for each other; try again",
    "42501": "the role in `database` may not do this; it must own the tables",
    "42P01": "a table is missing; put a backup in its place",
    "53100": "the disk is full; make room and go on, nothing that was stored is lost",
    "53200": "the server has no memory left",
    "53300": "the server has no connection left; raise its max_connections, or run fewer processes",
    "55P03": "another program has been writing to it for too long; try again, or end that program",
    "57014": "it took too long and was ended; see whether the server is overloaded",
    "57P": "the server is starting, stopping or was restarted; try again",
    "58": "the server could not read or write its files; see its log",
    "XX": "its files may be damaged; see the server's log, and put a backup in its place",
}


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why there is no connection: such an error has no state, only words."""

    pattern: str
    advice: str
    #: whether it ends by itself
    passes: bool = False


_REFUSALS = (
    _Refusal(r"database .* does not exist", _ADVICE["3D000"]),
    _Refusal(
        r"role .* does not exist|no password|authentication failed|pg_hba|not permitted to log in",
        _ADVICE["28"],
    ),
    _Refusal(
        r"permission denied for database",
        "the role in `database` may not use it; see GRANT CONNECT",
    ),
    _Refusal(
        r"too many clients|too many connections|remaining connection slots",
        _ADVICE["53300"],
        passes=True,
    ),
    _Refusal(
        r"system is (starting up|shutting down|in recovery)",
        _ADVICE["57P"],
        passes=True,
    ),
    # a name may be missing only while the machine of that name restarts
    _Refusal(
        r"could not translate host name|failed to resolve host|Name or service not known",
        "no machine has this name; see `database`",
        passes=True,
    ),
)


def is_fault(error: psycopg.Error) -> bool:
    """Tell a fault of the server, the network or the set-up from a mistake of ours."""
    # what is ours: wrong values, and rows that must not be
    ours = (psycopg.DataError, psycopg.IntegrityError, psycopg.NotSupportedError)
    if isinstance(error, psycopg.ProgrammingError):
        return isinstance(error, errors.InsufficientPrivilege | errors.UndefinedTable)
    return not isinstance(error, ours)


def passes(error: psycopg.Error) -> bool:
    """Tell what ends by itself: a server's restart, a lost connection, two in each other's way.

    Whom the server does not let in, it will not let in later: a wrong password, an unknown role.
    """
    state = error.sqlstate
    if state is None:
        refusal = _refusal(error)
        return refusal is None or refusal.passes
    return state.startswith(("08", "57P")) or state == "40P01"


def fault_of(error: psycopg.Error, words: str) -> StoreUnavailableError:
    """Give what to raise for a fault, with these words."""
    if isinstance(error, errors.LockNotAvailable):
        return StoreBusyError(words)
    return (StoreAwayError if passes(error) else StoreUnavailableError)(words)


def refusal_in_words(error: psycopg.Error) -> str:
    """Say why there is no connection and what to do, after the driver's own words."""
    refusal = _refusal(error)
    advice = (
        refusal.advice if refusal else "see that the server runs there and lets this machine in"
    )
    return f"{_said(error)}: {advice}"


def _refusal(error: psycopg.Error) -> _Refusal | None:
    said = _said(error)
    return next((one for one in _REFUSALS if re.search(one.pattern, said)), None)


def _said(error: psycopg.Error) -> str:
    return " ".join(str(error).split())


def in_words(error: psycopg.Error) -> str:
    """Say what gave way and what to do, after PostgreSQL's own words."""
    said = " ".join((error.diag.message_primary or str(error)).split())
    state = error.sqlstate or ("" if error.diag.sqlstate else "08")
    advice = next((_ADVICE[part] for part in (state, state[:3], state[:2]) if part in _ADVICE), "")
    return f"{said}: {advice}" if advice else said
