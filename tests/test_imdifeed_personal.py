"""Commands about readers: lists, exports, erasure, and reports of mail that came back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from db.models import Reader
from db.store import Store
from feed.bounces import MOST_REPORT_BYTES, return_path
from imdifeed.cli import main
from imdifeed.retention import KEEP_ADDRESSES, KEEP_MAILS, forget
from test_db_readers import DAY, KARI, ask, mail_digest, reader, subscribe
from test_feed_bounces import POSTFIX, SECRET

RETURN = "retur@example.no"
CONFIGURATION = f'secret_key = "{SECRET}"\n[mail]\nreturn_path = "{RETURN}"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "imdifeed.toml"
    path.write_text(CONFIGURATION, "utf-8")
    return path


@pytest.fixture
def sent(tmp_path: Path, config: Path) -> int:
    """Give the number of a digest that Kari was sent an hour ago."""
    store = db.open_store(str(tmp_path / "imdifeed.db"))
    before = datetime.now(UTC) - timedelta(hours=1)
    number = mail_digest(store, before, subscribe(store, before))
    store.close()
    return number


def run(config: Path, *words: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words], input=given)


def known(config: Path) -> Reader | None:
    store = db.open_store(str(config.parent / "imdifeed.db"))
    try:
        return store.readers.by_email(KARI)
    finally:
        store.close()


def report(outbox_id: int, status: str = "5.1.1", action: str = "failed") -> bytes:
    text = POSTFIX.format(
        to=return_path(RETURN, outbox_id, SECRET),
        action=action,
        status=status,
        diagnostic=f"smtp; 550 {status} so it is",
    )
    return text.encode()


# reports


def test_a_report_from_standard_input_suppresses(config: Path, sent: int) -> None:
    result = run(config, "bounces", "-", given=report(sent))
    assert result.exit_code == 0, result.output
    assert result.output == "1 message read: 1 suppressed\n"
    found = known(config)
    assert found
    assert found.suppressed_reason == "5.1.1 smtp; 550 5.1.1 so it is"
    listed = run(config, "subscriptions", "list")
    assert f"{KARI} (suppressed: 5.1.1 smtp; 550 5.1.1 so it is)" in listed.output


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("policy", "1 say nothing about their address or were counted already"),
        ("delayed", "1 say nothing about their address or were counted already"),
        ("soft", "1 left alone for some hours"),
        ("forged", "1 without a return path signed by us"),
        ("gone", "1 about messages or readers that are gone"),
        ("away", "1 no delivery reports"),
        ("empty", "1 no delivery reports"),
        ("noise", "1 no delivery reports"),
        ("huge", "1 suppressed"),
    ],
)
def test_a_file_gives_a_clear_line_whatever_it_holds(
    config: Path, sent: int, tmp_path: Path, name: str, outcome: str
) -> None:
    content = {
        "policy": report(sent, "5.7.1"),
        "delayed": report(sent, "4.4.1", "delayed"),
        "soft": report(sent, "4.2.2"),
        "forged": report(sent).replace(b"retur+", b"retur+1"),
        "gone": report(99_999),
        "away": b"Subject: Fra kontoret\n\nJeg er bortreist.\n",
        "empty": b"",
        "noise": bytes(range(256)) * 200,
        "huge": report(sent) + b"x" * 2 * MOST_REPORT_BYTES,
    }[name]
    file = tmp_path / "report"
    file.write_bytes(content)
    result = run(config, "bounces", str(file))
    assert result.exit_code == 0, result.output
    assert result.output == f"1 message read: {outcome}\n"
    found = known(config)
    assert found
    assert bool(found.suppressed) is (name == "huge")


def test_an_mbox_is_read_whole(config: Path, sent: int, tmp_path: Path) -> None:
    file = tmp_path / "mbox"
    one = b"From MAILER-DAEMON Mon Nov 23 07:00:05 2026\n"
    file.write_bytes(one + report(sent, "4.2.2") + b"\n" + one + report(sent) + b"\n")
    before = file.read_bytes()
    result = run(config, "bounces", str(file))
    assert result.output == "2 messages read: 1 suppressed, 1 left alone for some hours\n"
    assert file.read_bytes() == before


def test_a_maildir_is_read_once(config: Path, sent: int, tmp_path: Path) -> None:
    box = tmp_path / "Maildir"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new/1.report").write_bytes(report(sent, "4.2.2"))
    (box / "new/2.away").write_bytes(b"Subject: Ute\n\nHei\n")
    (box / "cur/0.old:2,S").write_bytes(report(sent))
    first = run(config, "bounces", str(box))
    assert first.output == "2 messages read: 1 left alone for some hours, 1 no delivery reports\n"
    assert sorted(path.name for path in (box / "cur").iterdir()) == [
        *("0.old:2,S", "1.report:2,S", "2.away:2,S")
    ]
    assert run(config, "bounces", str(box)).output == "0 messages read\n"


def test_wrong_use_is_named(config: Path, sent: int, tmp_path: Path) -> None:
    missing = run(config, "bounces", str(tmp_path / "nothing"))
    assert missing.exit_code == 2
    assert "there is no file or folder" in missing.output
    folder = run(config, "bounces", str(tmp_path))
    assert folder.exit_code == 2
    assert "no Maildir" in folder.output
    config.write_text(f'secret_key = "{SECRET}"\n', "utf-8")
    unset = run(config, "bounces", "-", given=report(sent))
    assert unset.exit_code == 2
    assert "mail.return_path is missing" in unset.output
    config.write_text(CONFIGURATION.replace("retur@", "Retur <retur+x@"), "utf-8")
    wrong = run(config, "bounces", "-")
    assert wrong.exit_code == 2
    assert "mail.return_path must be an email address" in wrong.output


# personal data


def test_readers_are_listed(config: Path, sent: int) -> None:
    result = run(config, "subscriptions", "list")
    assert result.exit_code == 0
    today = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d}"
    assert result.output == (
        f"{KARI}\n  daily  q=tolk  since {today}\n1 addresses, 1 subscriptions\n"
    )
    (line,) = run(config, "subscriptions", "list", "--json").output.splitlines()
    assert json.loads(line)["subscriptions"][0]["query"] == "q=tolk"


def test_an_address_is_exported_and_erased(config: Path, sent: int) -> None:
    exported = run(config, "subscriptions", "export", KARI.upper())
    assert exported.exit_code == 0
    assert json.loads(exported.output)["email"] == KARI
    erased = run(config, "subscriptions", "erase", KARI)
    assert erased.exit_code == 0
    assert erased.output.startswith(f"{KARI} is erased")
    for command in ("export", "erase"):
        again = run(config, "subscriptions", command, KARI)
        assert again.exit_code == 1
        assert f"nothing is stored about {KARI}" in again.output
    assert run(config, "subscriptions", "list").output == "0 addresses, 0 subscriptions\n"


# retention


def test_what_is_needed_no_longer_is_forgotten_in_time(store: Store, now: datetime) -> None:
    one = subscribe(store, now)
    mail_digest(store, now, one)
    ask(store, now, "waiting", email="ola@kommune.example", address_key="ola")
    store.readers.end(reader(store), [one.id], reason="page", now=now)

    def forgotten(after: timedelta) -> tuple[int, int, int]:
        done = forget(store, now=now + after)
        return done.mails, done.sign_ups, done.addresses

    second = timedelta(seconds=1)
    assert forgotten(DAY) == (0, 0, 0)
    assert forgotten(KEEP_MAILS + second) == (2, 1, 0)
    assert forgotten(KEEP_ADDRESSES - second) == (0, 0, 0)
    assert forgotten(KEEP_ADDRESSES) == (0, 0, 1)
    assert forgotten(KEEP_ADDRESSES + DAY) == (0, 0, 0)
