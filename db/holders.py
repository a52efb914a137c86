"""Names for processes that hold leases, by which one that died on this machine is known.

A process is told from a later one with the same number by the moment it started, which Linux gives
in `/proc` (proc(5), field 22 of stat). Numbers mean something within one PID namespace
(pid_namespaces(7)) of one boot of one machine, so both are part of the name: machines may share a
name of their own, and containers a machine. Where there is no `/proc`, nobody is taken for dead.
"""

import os
import socket
import threading
from datetime import datetime
from functools import cache
from pathlib import Path

from db.store import Store

_PROCESSES = Path("/proc")


def own_name() -> str:
    """Name this thread as a holder: host, boot, namespace, process, its start, thread."""
    boot, namespace = _here()
    process = os.getpid()
    return ":".join((
        socket.gethostname(), boot, namespace, str(process), _started(process),
        str(threading.get_ident()),
    ))  # fmt: skip


def has_died(holder: str, *, one_machine: bool) -> bool:
    """Tell whether a holder is a process of this machine that has ended.

    With `one_machine`, none can be of another, so that a former boot was of this one.
    """
    try:
        _, boot, namespace, process, started, _thread = holder.rsplit(":", 5)
    except ValueError:
        return False
    here = _here()
    if not started or not all(here):
        return False
    if boot != here[0]:
        return one_machine
    return namespace == here[1] and _has_ended(int(process), started)


def release_dead(store: Store, *, now: datetime) -> None:
    """Free at once what processes of this machine held that have ended."""
    for lease in store.leases.held(now=now):
        if has_died(lease.holder, one_machine=store.one_machine):
            store.leases.release(lease, now=now)


@cache
def _here() -> tuple[str, str]:
    try:
        boot = (_PROCESSES / "sys/kernel/random/boot_id").read_text("ascii").strip()
        namespace = os.readlink(_PROCESSES / "self/ns/pid")
    except OSError:
        return "", ""
    return boot[:8], namespace.strip("pid:[]")


def _has_ended(process: int, started: str) -> bool:
    if found := _started(process):
        return found != started
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    # one of another user may be hidden in `/proc` (hidepid; ProtectProc= of systemd)
    return False


def _started(process: int) -> str:
    try:
        stat = (_PROCESSES / str(process) / "stat").read_text("ascii", "replace")
    except OSError:
        return ""
    # the name, in parentheses, may hold anything
    return stat.rpartition(")")[2].split()[19]
