"""The site in a production server, and the delivery of confirmations people wait for."""

import gc
import logging
import os
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import db
from db.errors import StoreAwayError, StoreError
from db.models import Category
from imdifeed.config import ConfigError, load_settings
from imdifeed.running import logs
from imdifeed.running.apart import apart
from imdifeed.running.environment import FILE_VARIABLE
from imdifeed.settings import Settings
from imdifeed.vocabulary import declare_vocabulary

if TYPE_CHECKING:
    from flask import Flask

    from db.store import Store

#: what granian's log calls the application
TARGET = "imdifeed"
#: requests answered at once; each holds one connection to the store
THREADS = 4
#: how long a confirmation that could not be handed over waits for the next attempt
RETRY_SECONDS = 60.0
#: seconds between two attempts to open a store that is away
_PAUSES = (1, 2, 4, 8, 15, 30)

logger = logging.getLogger(__name__)


def serve(config_file: Path, settings: Settings, *, host: str, port: int) -> None:
    """Serve the site until a signal ends it.

    Raises:
        ConfigError: the address cannot be listened at.
    """
    from granian.constants import Interfaces
    from granian.server import Server

    address = free_address(host, port)
    # Before any worker starts, so that a store that needs a person is reported; and not in this
    # process, which would keep all the memory of an index that is built anew.
    apart(prepare, settings)
    os.environ[FILE_VARIABLE] = str(config_file)
    server = Server(
        TARGET,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        log_access=False,
        log_dictconfig=logs.for_server(),
    )
    # The worker begins as a copy of this process, and shares its memory until one of them writes:
    # the collector would, going through what was imported.
    gc.collect()
    gc.freeze()
    # Our own loader: granian's would put the working folder first on the import path, where a
    # folder called web/ or db/ takes the place of ours.
    server.serve(target_loader=build_app, wrap_loader=False)


def prepare(settings: Settings) -> None:
    """Make the store ready to be served. Raises `StoreError`."""
    store = db.open_store(settings.database)
    declare_vocabulary(store, settings, now=datetime.now(UTC))
    store.close()


def build_app() -> "Flask":
    """Make the application inside a worker, from the configuration its parent names."""
    from db.query import EntryQuery
    from db.search.thesaurus import thesaurus
    from db.words.frequency import usual_share
    from imdifeed.running.state import crashes
    from web import create_app
    from web.every_request import request_ids
    from web.settings import WebSettings

    settings = load_settings(Path(os.environ[FILE_VARIABLE]), os.environ)
    logs.install(
        settings.log.level,
        settings.log.format,
        secrets=settings.secrets,
        request_id=request_ids.current,
    )
    store = _open_again(settings)
    # dictionaries, the words for any search, and what is counted of many entries, take seconds: not
    # of the first reader's
    thesaurus()
    usual_share("")
    store.entries.facets(EntryQuery())
    waker = threading.Event()
    threading.Thread(
        target=_hand_over_confirmations, args=(settings, waker), name="confirmations", daemon=True
    ).start()
    return create_app(
        store,
        WebSettings(
            site=settings.site,
            sender=settings.mail.sender,
            secret_key=settings.secret_key,
            clock=lambda: datetime.now(UTC),
            on_queued=waker.set,
            hosts=settings.server.hosts,
            proxies=settings.server.proxies,
            requests_per_minute=settings.server.requests_per_minute,
            crashes=lambda: crashes(settings.locks),
        ),
    )


def _open_again(settings: Settings) -> "Store":
    """Open the store that our parent has opened before us; wait for a server that restarts."""
    for pause in _PAUSES:
        try:
            return db.open_store(settings.database)
        except StoreAwayError as error:
            logger.warning("%s; it is tried again in %d seconds", error, pause)
            time.sleep(pause)
    return db.open_store(settings.database)


def _hand_over_confirmations(settings: Settings, waker: threading.Event) -> None:
    """Hand over confirmations when one is queued, and those that an earlier process left."""
    from feed.delivery import TransportError
    from imdifeed.sending.handover import hand_over, manner_of, transport_for

    store = _open_again(settings)
    while True:
        waker.clear()
        try:
            with transport_for(settings.mail) as transport:
                hand_over(
                    store, transport, manner_of(settings), clock=lambda: datetime.now(UTC),
                    category=Category.CONFIRMATION,
                )  # fmt: skip
        except (TransportError, StoreError):
            # The messages stay in the outbox; the thread must live to try them again.
            logger.exception("confirmations wait: they could not be handed over")
        waker.wait(timeout=RETRY_SECONDS)


def free_address(host: str, port: int) -> str:
    """Give the number of a host at which can be listened. Raises `ConfigError` where it cannot."""
    try:
        if not host:
            raise ValueError("no host is named")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, _, _, _, (address, *_) = found[0]
        with socket.create_server((str(address), port), family=family):
            return str(address)
    except (OSError, OverflowError, ValueError, TypeError) as error:
        raise ConfigError(
            f"cannot listen at {host!r} port {port}: {error}; name others with --host and --port"
        ) from None
