"""One bad entry costs the others nothing: what cannot be made is logged and left out."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_log = logging.getLogger(__name__)

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def made_of(
    things: Iterable[_Given],
    make: Callable[[_Given], _Made],
    *,
    name: Callable[[_Given], str],
    where: str,
    leave_out: Callable[[_Given], object] = lambda thing: None,
) -> Iterator[tuple[_Given, _Made]]:
    """Give each thing with what is made of it, one by one.

    One of which nothing can be made is logged by its name, with where it is missing, and handed to
    `leave_out`.
    """
    for thing in things:
        try:
            made = make(thing)
        # texts come from outside: nobody can say beforehand in which way the next one is bad
        except Exception:
            _log.exception("%s is left out of %s", name(thing), where)
            leave_out(thing)
        else:
            yield thing, made
