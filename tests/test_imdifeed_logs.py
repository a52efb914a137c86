"""What is logged, and what never is."""

import json
import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdifeed.running import logs


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)


def test_a_line_holds_moment_level_name_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    logs.install("info", "text", request_id=lambda: "abc123")
    logging.getLogger("web.every_request.errors").warning("GET %s", "/")
    logging.getLogger("web.every_request.errors").debug("not this")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(" warning web.every_request.errors [abc123]: GET /")
    assert line[10] == "T"


def test_json_is_an_object_a_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    logs.install("info", "json")
    try:
        raise ValueError("to linjer\nog «æøå»")
    except ValueError:
        logging.getLogger("a").exception("det gikk\ngalt")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["message"]) == ("error", "det gikk\ngalt")
    assert "Traceback" in told["error"]
    assert "request" not in told


def test_addresses_tokens_and_secrets_are_left_out_of_messages_and_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.install("info", "text", secrets=["hemmelig-nøkkel"])
    secret = "kari.nordmann+nytt@example.no /confirm/Abc-123_x /unsubscribe/tok?x hemmelig-nøkkel"
    try:
        raise OSError(secret)
    except OSError:
        logging.getLogger("a").exception("%s", secret)
    told = capsys.readouterr().err
    for word in ("kari", "example.no", "Abc-123_x", "tok?", "hemmelig"):
        assert word not in told
    assert logs.ADDRESS in told
    assert "/confirm/<token>" in told


def test_installing_twice_says_everything_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.install("info", "text")
    logs.install("warning", "text")
    logging.getLogger("a").warning("én gang")
    logging.getLogger("a").info("aldri")
    assert len(capsys.readouterr().err.splitlines()) == 1


@given(st.text())
def test_any_text_can_be_logged(text: str) -> None:
    assert "\n" not in logs.JsonFormatter([], str).format(
        logging.LogRecord("a", logging.INFO, "", 0, text, None, None)
    )


@pytest.mark.parametrize("text", ["a@" * 50_000, "a" * 100_000, "@a." * 40_000, "/confirm/" * 9000])
def test_cleaning_is_linear(text: str) -> None:
    begun = time.process_time()
    logs.clean(text)
    assert time.process_time() - begun < 1
