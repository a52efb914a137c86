"""Feed readers that people use, over a real connection, against every entry of the demo."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.serving import make_server

import db
from feed.site import Site
from feed_clients import CLIENTS, Seen, differences, held
from imdifeed.demo.run import DOCUMENTS, configure
from imdifeed.demo.server import serve_demo_sites
from nursery import run_imdifeed
from web_site import run_site


@dataclass(frozen=True)
class Demo:
    """The demo's entries, served."""

    base: str
    held: dict[str, Seen]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with serve_demo_sites() as sites:
        configuration = configure(folder, 0, sites)
        documents = [str(file) for file in sorted(DOCUMENTS.iterdir())]
        _imdifeed(configuration, "crawl")
        _imdifeed(configuration, "import", *documents, "--source=documents")
    store = db.open_store(str(folder / "imdifeed.db"))
    server = make_server("127.0.0.1", 0, app=_nothing, threaded=True)
    site = Site(f"http://127.0.0.1:{server.server_port}", "imdifeed.example,2026")
    server.app = run_site(store, lambda: datetime.now(UTC), site).app
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield Demo(site.base, held(store, site))
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


# rss-parser is an npm package: NODE_PATH names the folder that has it
PAIRS = [
    (client, name)
    for client, (_, names) in CLIENTS.items()
    for name in names
    if client != "rss-parser" or "NODE_PATH" in os.environ
]


@pytest.mark.parametrize(("client", "name"), PAIRS)
def test_a_client_shows_what_the_store_holds(demo: Demo, client: str, name: str) -> None:
    if client == "newsboat" and not shutil.which("newsboat"):
        pytest.skip("newsboat is not installed (Debian package newsboat)")
    # more than one document, so that the archive is read too
    assert len(demo.held) > 50
    assert differences(client, name, demo.base, demo.held) == []


def _imdifeed(configuration: Path, *words: str) -> None:
    done = run_imdifeed("--config", configuration, *words)
    assert done.returncode == 0, done.stderr


def _nothing(*_: object) -> list[bytes]:
    return []
