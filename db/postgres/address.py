"""Where a database is, for the driver and for people."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from db.errors import StoreUnavailableError


@dataclass(frozen=True, slots=True)
class Address:
    """A PostgreSQL database; passwords are nobody's to read."""

    conninfo: str
    #: for messages: without a password
    name: str


def read_address(url: str) -> Address:
    """Read `postgresql://user@host:port/database`. Raises `StoreUnavailableError`."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StoreUnavailableError(
            f"`database` is no address of a PostgreSQL database: {' '.join(str(error).split())};"
            " write postgresql://user@host/database"
        ) from error
    shown = urlsplit(url)
    user = f"{shown.username}@" if shown.username else ""
    host = shown.netloc.rpartition("@")[2]
    return Address(
        conninfo=make_conninfo("", **{"application_name": "imdifeed", **given}),
        name=f"postgresql://{user}{host}{shown.path}",
    )
