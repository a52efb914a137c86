"""Why a run, a list or an entry brought nothing: a sentence, and the cause behind it."""

from db.models import Cause


class Reason(str):
    """A sentence that remembers its cause, wherever it is handed on as it is."""

    __slots__ = ("cause",)

    def __new__(cls, sentence: str, cause: Cause) -> "Reason":
        """Make a sentence with a cause."""
        made = super().__new__(cls, sentence)
        made.cause = cause
        return made

    cause: Cause


def cause_of(sentence: str, otherwise: Cause) -> Cause:
    """Give the cause a sentence remembers, or another one where it is a plain string."""
    return sentence.cause if isinstance(sentence, Reason) else otherwise
