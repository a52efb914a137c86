"""Servers to measure against each other, and the load that is put on them."""

import contextlib
import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

#: the installed command
COMMAND = Path(sys.executable).with_name("imdifeed")
#: where nginx listens: all of 127.0.0.0/8 is loopback (Linux)
HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 5))
#: connections open at once, and how long one measurement lasts, in seconds
CONNECTIONS = 16
SECONDS = 2
#: further options of wrk
OPTIONS: tuple[str, ...] = ()
_RATE = re.compile(r"Requests/sec:\s*([\d.]+)")
_WRONG = re.compile(r"Non-2xx or 3xx responses: \d+|Socket errors: .*")

_NGINX = """
worker_processes auto;
user {user} {group};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  types {{ application/atom+xml atom; }}
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ {listen} root {folder}; gzip_static on; etag on; }}
}}
"""

_CONFIG = """
site_url = "http://127.0.0.1:{port}"
authority = "imdifeed.example,2026"
database = "{database}"
secret_key = "measured-on-this-machine-and-nowhere-else"
contact = "drift@example.no"
"""


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def address(self, path: str) -> str:
        """Give the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


def needs(*programs: str) -> None:
    """Require programs that Debian has and pip has not.

    Raises:
        click.ClickException: one is missing.
    """
    missing = [name for name in programs if not program(name)]
    if missing:
        raise click.ClickException(
            f"measuring needs {' and '.join(missing)}: install the Debian packages of that name"
        )


def program(name: str) -> str | None:
    """Give where a program is; system folders are looked into as well."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def imdifeed(folder: Path, database: Path | str) -> Iterator[Server]:
    """Serve a database with `imdifeed serve`."""
    port = free_port()
    config = folder / f"imdifeed-{port}.toml"
    config.write_text(_CONFIG.format(port=port, database=database))
    command = [str(COMMAND), "--config", str(config), "serve", "--port", str(port)]
    with _running(command, port) as server:
        yield server


@contextlib.contextmanager
def nginx(folder: Path, files: Mapping[str, bytes]) -> Iterator[Server]:
    """Serve files with nginx; those whose name ends in `.gz` to clients that take gzip."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    config = folder / "nginx.conf"
    # as who measures: a folder for temporary files may be closed to everybody else
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    # crawlers that take turns at a host meet several
    listen = " ".join(f"listen {host}:{port};" for host in HOSTS)
    config.write_text(_NGINX.format(folder=folder, listen=listen, user=user, group=group))
    with _running([program("nginx") or "nginx", "-c", str(config)], port) as server:
        yield server


@contextlib.contextmanager
def flask_from_memory(folder: Path, content: bytes, media_type: str) -> Iterator[Server]:
    """Serve bytes from memory with a Flask view on the server that imdifeed uses."""
    port = free_port()
    body = folder / f"memory-{port}"
    body.write_bytes(content)
    command = [sys.executable, "-m", "bench.from_memory", str(port), str(body), media_type]
    with _running(command, port) as server:
        yield server


@contextlib.contextmanager
def bare_server(folder: Path, content: bytes, tag: str) -> Iterator[Server]:
    """Serve bytes with two lines of Python on the server that imdifeed uses."""
    port = free_port()
    body = folder / f"bare-{port}"
    body.write_bytes(content)
    command = [sys.executable, "-m", "bench.bare_server", str(port), str(body), tag]
    with _running(command, port) as server:
        yield server


def rate(address: str, headers: Mapping[str, str] | None = None) -> float:
    """Give how many requests a second are answered, all rightly.

    Raises:
        click.ClickException: an answer was no success.
    """
    given = [f"-H{name}: {value}" for name, value in (headers or {}).items()]
    how = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *OPTIONS]
    command = [program("wrk") or "wrk", *how, *given, address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if wrong := _WRONG.search(said):
        raise click.ClickException(f"{address}: {wrong[0]}")
    found = _RATE.search(said)
    if not found:
        raise click.ClickException(f"{address}: wrk said nothing of a rate: {said}")
    return float(found[1])


def fetch(address: str, headers: Mapping[str, str] | None = None) -> tuple[bytes, dict[str, str]]:
    """Give an answer's bytes and headers (names in lower case)."""
    request = urllib.request.Request(address, headers=dict(headers or {}))
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read(), {name.lower(): value for name, value in response.headers.items()}


def free_port() -> int:
    """Give a port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[Server]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _wait(process, port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            said = process.stderr.read().decode() if process.stderr else ""
            raise click.ClickException(f"a server ended at once: {said}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise click.ClickException(f"a server at port {port} did not start within a minute")
