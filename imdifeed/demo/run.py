"""The demonstration from start to end: sites, crawl, import, site."""

import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from imdifeed.config import ConfigError
from imdifeed.demo.server import DemoSites, serve_demo_sites
from imdifeed.initial import new_secret

DOCUMENTS = Path(__file__).parent / "documents"
#: seconds the site is given to end cleanly
PATIENCE = 10

_CONFIGURATION = """\
# Written by `imdifeed demo` at every start.
site_url = "http://127.0.0.1:{port}"
authority = "imdifeed.example,2026"
database = "imdifeed.db"
secret_key = "{secret_key}"

[mail]
transport = "folder"
outbox_folder = "outbox"
sender = "IMDi-nytt <nytt@imdifeed.example>"

[sources.imdi-press-releases]
spider = "prs"
base_url = "{press_room_url}"
publisher_id = {publisher_id}
name = "IMDi: pressemeldinger"
delay = 0

[sources.imdi-news]
spider = "imdi"
base_url = "{imdi_url}"
name = "IMDi: nyheter"
delay = 0

[sources.documents]
spider = "documents"
name = "IMDi: rapporter"
"""


def run_demo(*, port: int, folder: Path, say: Callable[[str], None]) -> None:
    """Crawl the bundled sites and serve what they gave, until a signal ends it.

    The site listens at `port`, the press room and imdi.no at the two ports above it. What was
    crawled stays in `folder`, so that a second start finds nothing new.

    Raises:
        ConfigError: a port is taken, or a step failed; its own words stand above.
    """
    signal.signal(signal.SIGTERM, _stop)
    try:
        sites = serve_demo_sites(port + 1)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"cannot listen at ports {port + 1} and {port + 2}: {error};"
            " name another with --port (make demo PORT=8100)"
        ) from None
    with sites:
        configuration = configure(folder, port, sites)
        say("Crawling the bundled press room and imdi.no …")
        _step(configuration, "crawl")
        say("Importing the bundled documents …")
        _step(configuration, "import", *map(str, sorted(DOCUMENTS.iterdir())), "--source=documents")
        say(_WELCOME.format(port=port, configuration=configuration, outbox=folder / "outbox"))
        _serve(configuration, port)


_WELCOME = """
  imdifeed is ready. Open

    http://127.0.0.1:{port}/                                 the listing
    http://127.0.0.1:{port}/?q=tolk                          a search
    http://127.0.0.1:{port}/feed.atom?tag=interpreting       that subject as a feed
    http://127.0.0.1:{port}/sources                          how the sources are

  Sign up for a digest on any page; its mails are written to {outbox}/.
  In another terminal: .venv/bin/imdifeed --config {configuration} crawl
                       .venv/bin/imdifeed --config {configuration} digest send

  Ctrl-C stops everything.
"""


def configure(folder: Path, port: int, sites: DemoSites) -> Path:
    """Write the demonstration's configuration, or write it anew; give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "imdifeed.toml"
    secret_key = new_secret()
    if path.exists():
        # links in mails of an earlier start go on working
        secret_key = tomllib.loads(path.read_text("utf-8"))["secret_key"]
    text = _CONFIGURATION.format(
        port=port,
        secret_key=secret_key,
        press_room_url=sites.press_room_url,
        imdi_url=sites.imdi_url,
        publisher_id=sites.publisher_id,
    )
    path.write_text(text, "utf-8")
    return path


def _command(configuration: Path, *words: str) -> list[str]:
    # -P: a folder called web/ where the demonstration is started must not pass for ours
    return [sys.executable, "-P", "-m", "imdifeed", "--config", str(configuration), *words]


def _step(configuration: Path, *words: str) -> None:
    done = subprocess.run(_command(configuration, *words), check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise ConfigError(f"`imdifeed {words[0]}` ended with status {done.returncode}")


def _serve(configuration: Path, port: int) -> None:
    with subprocess.Popen(_command(configuration, "serve", "--port", str(port))) as site:  # noqa: S603
        try:
            status = site.wait()
        except KeyboardInterrupt:
            site.terminate()
            try:
                site.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                site.kill()
            return
    if status:
        raise ConfigError(f"`imdifeed serve` ended with status {status}")


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
