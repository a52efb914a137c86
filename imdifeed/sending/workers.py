"""Names for senders, by which one that died on this machine is known.

A process is told from a later one with the same number by the moment it started, which Linux gives
in `/proc` (proc(5), field 22 of stat). Where there is no `/proc`, nobody is taken for dead.
"""

import os
import socket
import threading
from pathlib import Path

_PROCESSES = Path("/proc")


def own_name() -> str:
    """Name this thread as a worker: host, process, its start, thread."""
    started = _started(os.getpid())
    return f"{socket.gethostname()}:{os.getpid()}:{started}:{threading.get_ident()}"


def has_died(worker: str) -> bool:
    """Tell whether a worker is a process of this machine that has ended."""
    host, process, started, _thread = worker.rsplit(":", 3)
    if host != socket.gethostname() or not started:
        return False
    return _started(int(process)) != started


def _started(process: int) -> str:
    try:
        stat = (_PROCESSES / str(process) / "stat").read_text("ascii", "replace")
    except OSError:
        return ""
    # the name, in parentheses, may hold anything
    return stat.rpartition(")")[2].split()[19]
