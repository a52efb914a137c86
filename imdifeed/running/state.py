"""What `imdifeed run` tells of itself while it works, in its lock's file."""

import json
from pathlib import Path

from imdifeed.running.locks import RUNNING, is_held


def state_of(locks: str) -> dict[str, object] | None:
    """Give what `imdifeed run` tells of itself; None while it does not run."""
    if not is_held(locks, RUNNING):
        return None
    try:
        state = json.loads(Path(locks + RUNNING).read_text("utf-8"))
    except (OSError, ValueError):  # it has just begun, or is writing
        return {}
    return state if isinstance(state, dict) else {}


def crashes(locks: str) -> dict[str, int]:
    """Count the crashes of each job since `imdifeed run` began; empty while it does not run."""
    jobs = (state_of(locks) or {}).get("jobs")
    if not isinstance(jobs, dict):
        return {}
    return {name: job["crashes"] for name, job in jobs.items()}
