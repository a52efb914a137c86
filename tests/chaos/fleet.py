"""Copies of crawlers, senders and sites, begun again whenever they end."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@dataclass(eq=False)
class Node:
    """One copy of something, on a machine of its own."""

    kind: str
    name: str
    command: tuple[str, ...]
    process: "subprocess.Popen[bytes] | None" = None
    begun: int = 0
    since: float = 0.0

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def agent(self) -> str:
        """What stands in the user agent of this process, if it crawls."""
        return f"{self.name}-{self.begun}"

    def get(self, path: str) -> bytes:
        """Ask a site."""
        url = f"http://127.0.0.1:{self.command[-1]}{path}"
        with urllib.request.urlopen(url, timeout=20) as response:
            body: bytes = response.read()
            return body

    def status(self, path: str) -> str:
        """Ask a site; give the status, or `none`."""
        try:
            self.get(path)
        except urllib.error.HTTPError as error:
            return str(error.code)
        except OSError:
            return "none"
        return "200"


@dataclass
class Fleet:
    """All copies, over one configuration."""

    folder: Path
    nodes: list[Node] = field(default_factory=list)

    def add(self, kind: str, count: int, *command: str) -> None:
        """Add copies; each site listens at a port of its own."""
        for number in range(count):
            words = (*command, "--port", str(_free_port())) if kind == "site" else command
            self.nodes.append(Node(kind, f"{kind}-{number}", words))

    def of(self, kind: str) -> list[Node]:
        """Give the copies of a kind."""
        return [node for node in self.nodes if node.kind == kind]

    def begin(self, name: str, *words: str, agent: str = "") -> "subprocess.Popen[bytes]":
        """Begin a command on a machine of that name."""
        paths = os.pathsep.join((str(_ROOT), str(_ROOT / "tests")))
        who = {"CHAOS_MACHINE": name, "IMDIFEED_CONTACT": f"{agent or name}@chaos.example"}
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "chaos.node", "--config", "imdifeed.toml", *words],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": paths} | who,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def keep_going(self, nodes: Iterable[Node]) -> None:
        """Begin again whatever has ended."""
        for node in nodes:
            if not node.is_alive:
                node.begun += 1
                node.since = time.monotonic()
                node.process = self.begin(node.name, *node.command, agent=node.agent)

    def kill(self, node: Node) -> None:
        """End a copy, and what it has begun, as a machine that fails does."""
        assert node.process is not None
        os.killpg(node.process.pid, signal.SIGKILL)
        node.process.wait()

    def suspend(self, node: Node, seconds: float) -> None:
        """Stop a copy, and let it wake up again when others have taken what it had."""
        process = node.process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        threading.Timer(seconds, process.send_signal, (signal.SIGCONT,)).start()

    def wait_for(self, kind: str) -> None:
        """Wait until the copies of a kind have done what they were at."""
        for node in self.of(kind):
            if node.process is not None:
                node.process.wait(timeout=180)

    def end(self) -> None:
        """End everything."""
        for node in self.nodes:
            if node.is_alive:
                self.kill(node)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
