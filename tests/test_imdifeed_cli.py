import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import db
from builders import DOCUMENTS, entry_data, fill, put
from imdifeed.cli import LISTED, command_called, main
from nursery import run_imdifeed

CONFIGURATION = """
secret_key = "0123456789abcdef"
[sources.imdi-press-releases]
spider = "prs"
base_url = "http://127.0.0.1:9"
publisher_id = 89626
delay = 0
[sources.imdi-news]
spider = "imdi"
base_url = "http://127.0.0.1:9"
delay = 0
[sources.documents]
spider = "documents"
"""
ANNEX = Path(db.__file__).parents[1] / "imdifeed/demo/documents/fou-prosjekter-2020.md"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("IMDIFEED_"):
            monkeypatch.delenv(name)
    path = tmp_path / "imdifeed.toml"
    path.write_text(CONFIGURATION, "utf-8")
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


def test_every_command_has_help() -> None:
    for words in [(), *[(name,) for name in main.commands], ("digest", "send")]:
        result = CliRunner().invoke(main, [*words, "--help"])
        assert result.exit_code == 0
        assert "Usage:" in result.output


@pytest.mark.parametrize("name", LISTED)
def test_the_listed_help_of_a_command_is_its_own(name: str) -> None:
    listed, command = main.commands[name], command_called(name)
    assert command.name == name
    assert listed.get_short_help_str(1_000) == command.get_short_help_str(1_000)


def test_help_imports_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "imdifeed", "--help"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "subscriptions" in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    ours = {name for name in imported if name.split(".")[0] in ("crawler", "db", "feed", "web")}
    assert ours == set()
    assert not imported & {"sqlite3", "sqlite_utils", "scrapy", "flask"}


def test_init_writes_what_can_be_used_and_overwrites_nothing(tmp_path: Path) -> None:
    config = tmp_path / "imdifeed.toml"
    first = run(config, "init")
    assert first.exit_code == 0, first.output
    written = config.read_text("utf-8")
    assert config.stat().st_mode & 0o077 == 0
    assert (tmp_path / "imdifeed.db").exists()
    second = run(config, "init")
    assert second.exit_code == 0
    assert config.read_text("utf-8") == written
    assert run(tmp_path / "other.toml", "init").exit_code == 0
    assert (tmp_path / "other.toml").read_text("utf-8") != written, "each secret is its own"
    crawl = run(config, "crawl")
    assert (crawl.exit_code, "contact is missing" in crawl.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "named"),
    [("", "secret_key is missing"), (CONFIGURATION + "colour = 'red'", "colour")],
)
def test_a_wrong_configuration_stops_every_command_by_name(
    config: Path, text: str, named: str
) -> None:
    config.write_text(text, "utf-8")
    for words in (["crawl"], ["serve"], ["status"], ["digest", "send"], ["search", "tolk"]):
        result = run(config, *words)
        assert result.exit_code == 2, words
        assert named in result.output
        assert "Traceback" not in result.output


def test_a_missing_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    result = run(tmp_path / "imdifeed.toml", "status")
    assert (result.exit_code, "imdifeed init" in result.output) == (2, True)


def test_an_unknown_source_is_named(config: Path) -> None:
    result = run(config, "crawl", "imdi-nyheter")
    assert result.exit_code == 2
    assert "imdi-nyheter" in result.output
    assert "configured: imdi-press-releases" in result.output


def test_the_annex_gives_an_entry_for_each_report(config: Path) -> None:
    first = run(config, "import", str(ANNEX), "--source", "documents", "--json")
    assert first.exit_code == 0, first.output
    counts = json.loads(first.stdout)
    assert (counts["new"], counts["rejected"], counts["verdict"]) == (24, 0, "ok")
    again = json.loads(run(config, "import", str(ANNEX), "--source", "documents", "--json").stdout)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 24)
    found = json.loads(run(config, "search", "kind=report_summary&per_page=100", "--json").stdout)
    assert found["total"] == 24
    precisions = [entry["published_precision"] for entry in found["entries"]]
    assert (precisions.count("day"), precisions.count("month")) == (16, 8)


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_stored(
    config: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "tom.md"
    empty.write_bytes(b"")
    result = run(config, "import", str(ANNEX), str(empty), "--source", "documents")
    assert result.exit_code == 1
    assert "tom.md" in result.output
    assert "0 entries" in run(config, "search", "").output
    missing = run(config, "import", str(tmp_path / "ikke.md"), "--source", "documents")
    assert (missing.exit_code, "ikke.md" in missing.output) == (2, True)


def test_search_is_the_site_s_search(config: Path, now: datetime) -> None:
    store = db.open_store(str(config.parent / "imdifeed.db"))
    fill(store, seen=now)
    store.close()
    words = run(config, "search", "tolk")
    assert "For mye bruk av ukvalifiserte tolker i det offentlige" in words.output
    assert words.output.endswith("1 entries\n")
    both = json.loads(run(config, "search", "tag=settlement&kind=report_summary", "--json").stdout)
    copied = run(config, "search", "/?tag=settlement&kind=report_summary", "--json").stdout
    assert json.loads(copied) == both
    assert [entry["source"] for entry in both["entries"]] == [DOCUMENTS.slug]
    unknown = run(config, "search", "tag=fisk")
    assert (unknown.exit_code, "fisk" in unknown.output) == (2, True)


def test_status_tells_how_things_are(config: Path) -> None:
    run(config, "import", str(ANNEX), "--source", "documents")
    shown = run(config, "status")
    assert shown.exit_code == 0, shown.output
    assert "24 entries" in shown.output
    assert "imdi-news: never crawled" in shown.output
    told = json.loads(run(config, "status", "--json").stdout)
    assert (told["entries"], told["subscriptions"], told["needs_a_person"]) == (24, 0, [])


def test_retagging_tells_what_moves_and_reindexing_finds_the_same(
    config: Path, now: datetime
) -> None:
    store = db.open_store(str(config.parent / "imdifeed.db"))
    number = put(store, entry_data(source="documents", tags=()), seen=now)
    store.close()
    dry = run(config, "retag", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "+interpreting" in dry.output
    assert dry.output.endswith("     1  +interpreting\n1 entries would move\n")
    assert run(config, "search", "tag=interpreting").output == "0 entries\n"
    assert run(config, "retag").output.endswith("1 entries moved\n")
    assert run(config, "retag").output == "0 entries moved\n"
    assert run(config, "reindex").output == "1 entries indexed\n"
    assert f"{number:>6}" in run(config, "search", "q=tolk&tag=interpreting").output


def test_a_digest_run_with_nothing_to_tell_is_done(config: Path, tmp_path: Path) -> None:
    result = run(config, "digest", "send", "--now", "2026-11-23T07:30")
    assert result.exit_code == 0, result.output
    assert "0 digests planned" in result.output
    dry = run(config, "digest", "send", "--dry-run", str(tmp_path / "dry"))
    assert (dry.exit_code, "0 digests written" in dry.output) == (0, True)
    wrong = run(config, "digest", "send", "--now", "i morgen")
    assert (wrong.exit_code, "i morgen" in wrong.output) == (2, True)


def crawl(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # a reactor runs once in a process
    return run_imdifeed("--config", config, "crawl", *words)


def test_a_source_that_is_down_is_one_clear_line_and_exit_1(config: Path) -> None:
    run(config, "import", str(ANNEX), "--source", "documents")
    done = crawl(config, "--json")
    assert done.returncode == 1
    runs = {run["source"]: run for run in map(json.loads, done.stdout.splitlines())}
    assert {run["verdict"] for run in runs.values()} == {"broken"}
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("imdifeed: ")
    assert "imdi-press-releases is broken" in last
    assert "Traceback" not in done.stderr
    assert "24 entries" in run(config, "status").output
    assert run(config, "status").exit_code == 1


def test_two_crawls_never_meet_at_one_source(config: Path) -> None:
    run(config, "status")
    store = db.open_store(str(config.parent / "imdifeed.db"))
    day = timedelta(days=1)

    def take(source: str) -> None:
        assert store.leases.take(f"source {source}", "x", now=datetime.now(UTC), lasting=day)

    take("imdi-news")
    named = crawl(config, "imdi-news", "imdi-press-releases")
    assert named.returncode == 1
    assert named.stderr.strip().splitlines()[-1] == (
        "imdifeed: another crawl is at work on imdi-news; nothing was begun"
    )
    rest = crawl(config)
    assert "left to another crawl, at work on it: imdi-news\n" in rest.stderr
    assert "imdi-press-releases: " in rest.stdout
    assert "imdi-news: " not in rest.stdout
    take("imdi-press-releases")
    assert (crawl(config).returncode, crawl(config).stdout) == (0, "")
    store.close()


def test_what_is_not_due_is_left_out_when_asked(config: Path) -> None:
    first = crawl(config, "imdi-news")
    rest = crawl(config, "--due")
    assert (first.stdout.count("imdi-news: "), rest.stdout.count("imdi-news: ")) == (1, 0)
    assert "imdi-press-releases: " in rest.stdout
    none = crawl(config, "--due")
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "")


def test_what_is_written_is_for_its_owner_only(config: Path) -> None:
    config.unlink()
    words = [sys.executable, "-m", "imdifeed", "--config", str(config)]
    dry = str(config.parent / "dry")
    reading = ["import", str(ANNEX), "--source", "documents"]
    # each in a process that has imported nothing yet
    for command in (["init"], reading, ["digest", "send", "--dry-run", dry]):
        subprocess.run([*words, *command], check=True, capture_output=True, umask=0o022)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in config.parent.iterdir()}
    assert modes["imdifeed.db"] == modes["imdifeed.toml"] == 0o600
    assert {name for name, mode in modes.items() if mode & 0o077} == set()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["crawl", "documents"], "documents is only imported"),
        (["serve", "--host", ""], "no host is named"),
        (["serve", "--host", "a\0b"], "--host"),
        (["serve", "--host", "999.1.1.1"], "cannot listen at '999.1.1.1'"),
        (["run", "--host", ""], "no host is named"),
        (["digest", "send", "--now", ""], "--now"),
        (["digest", "send", "--now", "0001-01-01T00:00"], "is not a moment"),
        (["digest", "send", "--now", "9999-12-31T23:59"], "is not a moment"),
        (["search", "from=x"], "is not a date"),
        (["takedown", "0"], "is not in the range"),
    ],
)
def test_wrong_use_is_named(config: Path, words: list[str], named: str) -> None:
    result = run(config, *words)
    assert (result.exit_code, named in result.output) == (2, True), result.output


def test_a_source_named_twice_is_crawled_once(config: Path) -> None:
    done = crawl(config, "imdi-news", "imdi-news")
    assert done.stdout.count("imdi-news: ") == 1
