"""Where a database is, for the driver and for people."""

from dataclasses import dataclass, field

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

import db
from db.errors import StoreUnavailableError

#: parameters that libpq itself would show: passwords and keys are none
_OPEN = frozenset(
    option.keyword.decode() for option in Conninfo.get_defaults() if not option.dispchar
)


@dataclass(frozen=True, slots=True)
class Address:
    """A PostgreSQL database; passwords are nobody's to read."""

    conninfo: str = field(repr=False)
    #: for messages: without a password
    name: str
    #: for a command of PostgreSQL's own: all of it but what is secret
    open: str


def read_address(url: str) -> Address:
    """Read `postgresql://user@host:port/database`. Raises `StoreUnavailableError`."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StoreUnavailableError(
            f"`database` is no address of a PostgreSQL database: {' '.join(str(error).split())};"
            " write postgresql://user@host/database"
        ) from error
    return Address(
        conninfo=make_conninfo("", **{"application_name": "imdifeed", **given}),
        name=db.name_of(url),
        open=make_conninfo("", **{key: value for key, value in given.items() if key in _OPEN}),
    )
