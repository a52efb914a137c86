"""Work in a process of its own, which takes the memory it needed with it."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")


def apart(work: Callable[[Given], None], given: Given) -> None:
    """Do some work apart and wait for its end. What it raises is raised here.

    To be called before this process has threads: the other one begins as a copy of it.
    """
    copied = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=copied) as process:
        process.submit(work, given).result()
