"""Lines are JSON with the ids of their decision, whoever wrote them."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
from structlog.contextvars import clear_contextvars

from persona_router.logs import JsonLines, about, configure


@pytest.fixture(autouse=True)
def _fresh() -> None:
    clear_contextvars()


def line(message: str, *arguments: object, **extra: object) -> dict[str, object]:
    record = logging.getLogger("persona_router.rasa.router").makeRecord(
        "persona_router.rasa.router", logging.WARNING, "", 0, message, arguments, None, extra=extra
    )
    record.created = 1_763_899_200.5
    found: dict[str, object] = json.loads(JsonLines().format(record))
    return found


def test_line_says_when_how_grave_and_from_where() -> None:
    assert line("%d entries wait: أهلاً\n", 3) == {
        "at": "2025-11-23T12:00:00.500+00:00",
        "level": "warning",
        "logger": "persona_router.rasa.router",
        "message": "3 entries wait: أهلاً\n",
    }


def test_line_carries_the_ids_of_its_turn_and_no_others() -> None:
    about(conversation="c1", decision="d1")
    assert line("x", route="agent")["decision"] == "d1"
    about(conversation="c2")
    found = line("x", route="agent", account=object())
    assert (found["conversation"], found["route"]) == ("c2", "agent")
    assert "decision" not in found
    assert "account" not in found


def test_rasas_own_lines_are_taken_apart() -> None:
    found = line('{"event": "processor.predict", "event_info": "Predicted", "name": "action_x"}')
    assert (found["message"], found["name"]) == ("Predicted", "action_x")
    assert line('{"event": "nlu.done", "level": "info"}')["level"] == "warning"
    assert line("{no JSON}")["message"] == "{no JSON}"


def test_traceback_stays_in_its_line() -> None:
    try:
        raise LookupError("gone")
    except LookupError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    text = JsonLines().format(record)
    assert "\n" not in text
    assert json.loads(text)["exception"].endswith("LookupError: gone")


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    logger = logging.getLogger()
    before = logger.handlers[:]
    yield logger
    logger.handlers[:] = before


def test_unknown_form_is_named_with_the_choices(
    monkeypatch: pytest.MonkeyPatch, root: logging.Logger
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_LOG_FORMAT", "xml")
    before = root.handlers[:]
    with pytest.raises(ValueError, match=r"LOG_FORMAT is 'xml'\. Choose from text, json\."):
        configure()
    assert root.handlers == before


def test_text_leaves_the_log_as_it_is(
    monkeypatch: pytest.MonkeyPatch, root: logging.Logger
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_LOG_FORMAT", "")
    before = root.handlers[:]
    configure()
    assert root.handlers == before


def test_json_is_written_in_the_place_of_whatever_was(
    monkeypatch: pytest.MonkeyPatch, root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_LOG_FORMAT", "json")
    configure()
    logging.getLogger("persona_router").warning("hello", extra={"handoff": "h1"})
    written = capsys.readouterr()
    assert json.loads(written.out)["handoff"] == "h1"
    assert written.err == ""
