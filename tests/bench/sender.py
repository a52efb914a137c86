"""`python -m bench.sender DATABASE PORT CONFIG`: hand over what waits, once it is told to begin."""

import sys
from dataclasses import replace
from pathlib import Path

import db
from bench.planning import NOW
from db.errors import StoreError
from feed.smtp import SmtpTransport
from imdifeed.config import load_settings
from imdifeed.sending.handover import hand_over, manner_of


def main(database: str, port: str, config: str) -> None:
    """Open everything, say so, wait for a line, and hand over; print how many."""
    settings = load_settings(Path(config), {})
    manner = replace(manner_of(settings, limited=False), wait=lambda _seconds: None)
    store = db.open_store(database)
    try:
        with SmtpTransport("127.0.0.1", int(port)) as transport:
            print("ready", flush=True)
            sys.stdin.readline()
            print(hand_over(store, transport, manner, clock=lambda: NOW).sent, flush=True)
    except StoreError as error:
        sys.exit(f"a sender gave up: {error}")
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
