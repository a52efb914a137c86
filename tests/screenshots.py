"""Take pictures of the demo's pages, to be looked at: `make screenshots`.

Both themes, on a wide screen and on a phone, of what `imdifeed demo` gathers. They end up in
`build/screenshots`, which is not kept.
"""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser

from browsing import chromium

FOLDER = Path(__file__).parents[1] / "build" / "screenshots"
PORT = 8103
PAGES = {
    "listing": "/",
    "search": "/?q=tolk&tag=interpreting",
    "empty": "/?q=finnesikkexyz&tag=work",
    "entry": "/entries/10",
    "follow": "/follow?q=tolk",
    "sources": "/sources",
    "tags": "/tags",
    "subscribe": "/subscribe?tag=work",
    "english": "/?q=interpreter&ui=en",
    "nynorsk": "/about?ui=nn",
}
THEMES = ("light", "dark")
WIDTHS = {"wide": 1280, "phone": 390}
#: seconds that the demo may take to gather everything
PATIENCE = 300


@contextmanager
def demo(port: int) -> Iterator[str]:
    """Run the demo as its user would; give its address once it answers."""
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "imdifeed", "demo", "--port", str(port)]
        with subprocess.Popen([*command, "--folder", folder], stdout=sys.stderr) as running:
            try:
                wait_for(f"{address}/readyz", running)
                yield address
            finally:
                running.terminate()
                running.wait()


def wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers, as long as a process is running."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if running.poll() is not None:
            raise SystemExit(f"the demo ended with status {running.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.5)
    raise SystemExit(f"{address} did not answer within {PATIENCE} seconds")


def take(browser: Browser, address: str) -> None:
    """Take every picture."""
    for theme, (screen, width) in product(THEMES, WIDTHS.items()):
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 844},
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=False,
            locale="nb-NO",
        )
        page = context.new_page()
        for name, path in PAGES.items():
            page.goto(path)
            page.screenshot(path=FOLDER / f"{name}-{screen}-{theme}.png", full_page=True)
        context.close()


def main() -> None:
    """Take the pictures and say where they are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo(PORT) as address, chromium() as browser:
        take(browser, address)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
