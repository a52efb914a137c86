"""What is delivered to run it: units, a proxy's configuration, a container's recipe."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from imdifeed.cli import main

DEPLOY = Path(__file__).parent.parent / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
NGINX = DEPLOY / "nginx" / "imdifeed.conf"


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_every_service_runs_a_command_there_is_and_is_shut_in(path: Path) -> None:
    service = unit(path)["Service"]
    words = service["ExecStart"].split()
    assert words[0] == "/srv/imdifeed/.venv/bin/imdifeed"
    assert words[1] in main.commands
    assert service["User"] == "imdifeed"
    for name, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ReadWritePaths": "/srv/imdifeed",
        "CapabilityBoundingSet": "",
        "PrivateTmp": "yes",
        "UMask": "0077",
    }.items():
        assert service[name] == value, name


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_every_timer_has_its_service_and_makes_up_for_what_was_missed(path: Path) -> None:
    assert path.with_suffix(".service") in SERVICES
    assert unit(path)["Timer"]["Persistent"] == "true"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = []
    for path in (*SERVICES, *TIMERS):
        copy = tmp_path / path.name
        text = path.read_text("utf-8").replace("/srv/imdifeed/.venv/bin/imdifeed", "/bin/true")
        copy.write_text(text, "utf-8")
        units.append(str(copy))
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed"
)
def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*key, "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem",
         "-subj", "/CN=nytt.example.no"],
        check=True, capture_output=True,
    )  # fmt: skip
    text = NGINX.read_text("utf-8")
    text = text.replace("/etc/letsencrypt/live/nytt.example.no", str(tmp_path))
    text = re.sub(r"/var/(?:log|cache)/nginx", str(tmp_path), text)
    (tmp_path / "site.conf").write_text(text, "utf-8")
    temporary = "".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}"
        f" http {{ access_log off; {temporary} include {tmp_path}/site.conf; }}",
        "utf-8",
    )
    done = subprocess.run(
        [shutil.which("nginx") or "nginx", "-t", "-c", tmp_path / "nginx.conf"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_proxy_logs_neither_addresses_nor_tokens_nor_searches() -> None:
    text = NGINX.read_text("utf-8")
    (form,) = re.findall(r"log_format imdifeed '([^']*)'", text)
    for name in ("remote_addr", "forwarded", "$request ", "$args", "query", "$uri", "referer"):
        assert name not in form
    assert "confirm|unsubscribe|subscriptions" in text


def test_the_container_is_nobody_in_particular() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "\nUSER imdifeed\n" in text
    assert "--require-hashes" in text
    copied = set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE))
    assert copied == {"crawler", "db", "feed", "imdifeed", "web"}
