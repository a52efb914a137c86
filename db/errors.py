"""Errors of the store and of the query language, each named for what happened."""

from datetime import datetime


class StoreError(Exception):
    """The store cannot do what was asked; the message says why and what to do."""


class StoreUnavailableError(StoreError):
    """The database cannot be opened, read or written."""


class StoreAwayError(StoreUnavailableError):
    """The database's server is away for now; what was asked may be asked again in a moment.

    Whether what was to be committed is stored, nobody knows.
    """


class StoreBusyError(StoreUnavailableError):
    """Another program has been writing for too long; what was asked may be asked again."""


class SchemaNewerError(StoreError):
    """A newer imdifeed has written this database."""


class SchemaOutdatedError(StoreError):
    """The database waits for a migration."""


class EntryNotFoundError(StoreError):
    """No entry has this number."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"there is no entry {entry_id}")
        self.entry_id = entry_id


class EntryTakenDownError(EntryNotFoundError):
    """The entry with this number was taken down by a person's decision (HTTP 410)."""

    def __init__(self, entry_id: int, taken: datetime) -> None:
        super().__init__(entry_id)
        self.args = (f"entry {entry_id} was taken down on {taken:%Y-%m-%d}",)


class ChangeNotFoundError(StoreError):
    """No change has this number; who has come so far has to begin again."""


class TokenNotFoundError(StoreError):
    """No link carries this token, or its time has run out."""


class AlreadyToldError(StoreError):
    """Another message tells a subscription of the same story; render anew what is untold."""


class LeaseLostError(StoreError):
    """Somebody else has taken what was held; nothing was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was taken over by another process")
        self.name = name


class TransferError(StoreError):
    """One store cannot be moved to another."""


class BrakeError(StoreError):
    """More digests than a limit allows: nothing is lost, and a person decides."""


class SignUpLimitError(StoreError):
    """No mail is sent to this address: it had enough of them, refused them, or is unknown.

    Whoever asked is not to learn it.
    """


class TooManySignUpsError(StoreError):
    """Too many mails were asked for within the hour, by whomever: try again later."""


class QueryError(ValueError):
    """A query parameter cannot be used.

    `parameter` and `value` are what was given; the message is for the reader who wrote them.
    """

    def __init__(self, parameter: str, value: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.value = value


class UnknownValueError(QueryError):
    """A parameter names a tag, kind, source or language that does not exist (HTTP 404)."""


class BadValueError(QueryError):
    """A parameter cannot be read at all: a date, a number, a sort order (HTTP 400)."""


class ThesaurusError(Exception):
    """The thesaurus cannot be used; the message names the line and what is wrong with it."""
