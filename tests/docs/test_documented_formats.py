"""What comes out is documented: decisions, log rows, reasons, constraints, and every figure."""

import inspect
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from persona_router.chat import inbox
from persona_router.content.evaluate import Outcome, conversation_figures, intent_figures
from persona_router.content.evaluate_language import evaluate_language
from persona_router.content.examples import read_cases
from persona_router.content.languages import load_language_model
from persona_router.core import ranking, reasons
from persona_router.core.decision import Decision
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.routing import route_turn
from persona_router.core.state import ConversationState
from persona_router.core.turn import Turn
from persona_router.knowledge.evaluate import answers, search_figures
from persona_router.knowledge.search_cases import read_search_case
from persona_router.log.events import decision_row
from persona_router.log.store import RoutingLog
from persona_router.rasa import channel, channel_people
from tests.docs.pages import blocks, names, page, section

CONDITION = "Until which deadline can I send it back, and does it apply even if it was reduced?"


@pytest.fixture
def decision(
    policy: Policy,
    personas: Sequence[Persona],
    make_turn: Callable[..., Turn],
    noon: datetime,
) -> Decision:
    turn = make_turn(CONDITION, intent="refund_policy", intent_confidence=0.9)
    return route_turn(
        turn, ConversationState(), policy=policy, personas=personas, at=noon, decision_id="d1"
    )


def test_formats_lists_every_field_of_a_decision(decision: Decision) -> None:
    text = section(page("formats"), "Decision")
    made = decision.to_json()
    assert names(text, "field") == set(made) | set(made["state"])


def test_formats_names_the_keys_inside_a_decision(decision: Decision) -> None:
    text = section(page("formats"), "Decision")
    made = decision.to_json()
    for key in (*made["evidence"][0], *made["reasons"][0], "route", "opens"):
        assert f"`{key}`" in text, key


def test_formats_lists_every_column_of_the_routing_log(decision: Decision, tmp_path: Path) -> None:
    event = {
        "event": "user",
        "sender_id": "c1",
        "timestamp": 1.0,
        "parse_data": {"routing": decision.to_json()},
    }
    row = decision_row(event)
    assert row is not None
    log = RoutingLog(tmp_path / "log.sqlite")
    log.add(row)
    (stored,) = log.rows()
    assert names(section(page("formats"), "Routing log"), "column") == set(stored)


def test_formats_queries_run(decision: Decision, tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "log.sqlite"
    stated = {"stated_route": "phone", "inferred_route": "agent"}
    row = decision_row({"event": "user", "parse_data": {"routing": decision.to_json() | stated}})
    assert row is not None
    RoutingLog(path).add(row)
    demand, otherwise = blocks(page("formats"), "sql")
    assert sqlite3.connect(path).execute(demand).fetchall() == []
    found = sqlite3.connect(path).execute(otherwise).fetchall()
    assert found == [("researcher", "agent", "phone", 0, 1)]


def test_formats_examples_of_cases_are_accepted(tmp_path: Path) -> None:
    conversation, language, search = blocks(page("formats"), "json")
    cases = tmp_path / "cases.jsonl"
    cases.write_text(conversation.replace("\n", " "), encoding="utf-8")
    assert read_cases(cases)[0].routes == ("self_service", "agent")
    lines = tmp_path / "lines.jsonl"
    lines.write_text(language, encoding="utf-8")
    assert evaluate_language(lines, load_language_model(("de", "en")))["accuracy"] == 1.0
    found = answers(read_search_case(json.loads(search), file="case.json"), _letters)
    assert search_figures(found)["recall_at_1"] == 1.0


def test_routing_lists_every_reason() -> None:
    written = names(section(page("routing"), "8. Reasons"), "reason")
    made = set(re.findall(r'Reason\(\s*"(\w+)"', inspect.getsource(reasons)))
    made.update(re.findall(r'Reason\("(\w+)" if', inspect.getsource(reasons)))
    assert "persona" in made
    assert written == made | {"wish_<route>"}


def test_routing_lists_every_constraint() -> None:
    written = names(section(page("routing"), "5. Ranking"), "constraint")
    made = set(re.findall(r'f"(\w+):\{', inspect.getsource(ranking)))
    assert "cannot_serve" in made
    assert written == made


def test_channel_lists_every_error_and_event() -> None:
    text = section(page("channel"), "Protocol")
    source = "".join(map(inspect.getsource, (inbox, channel, channel_people)))
    errors = set(re.findall(r'Refused\("(\w+)"\)', source))
    errors |= set(re.findall(r'"error": "(\w+)"', source))
    assert names(text, "error") == errors
    heard = set(re.findall(r'\.on\("(\w+)"\)', source)) - {"disconnect"}
    heard |= {"message", "typing", "handoff"}
    assert names(text, "event") == heard


def test_channel_gives_the_limits_that_hold() -> None:
    text = section(page("channel"), "Limits")
    assert f"{inbox.LONGEST:,} characters a message" in text
    assert f"{inbox.MOST_IN_WINDOW} messages in {inbox.WINDOW_SECONDS:.0f} seconds" in text
    packet = int(re.findall(r"_LARGEST_PACKET = ([\d_]+)", inspect.getsource(channel))[0])
    assert f"{packet:,} bytes a packet" in text


def test_evaluation_lists_every_figure_of_conversations(decision: Decision, tmp_path: Path) -> None:
    case = {
        "id": "1",
        "language": "en",
        "persona": "researcher",
        "turns": [{"text": CONDITION}],
        "asks_human": True,
        "routes": ["agent"],
    }
    path = tmp_path / "cases.jsonl"
    lines = [case, {**case, "id": "2", "persona": None}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    parsed = {"routing": decision.to_json(), "language": {"code": "en"}}
    outcomes = [Outcome(case, [parsed]) for case in read_cases(path)]
    figures = conversation_figures(outcomes, person_routes=frozenset({"agent", "phone"}))
    assert names(section(page("evaluation"), "Conversations"), "figure") == set(figures)


def test_evaluation_lists_every_figure_of_language(tmp_path: Path) -> None:
    texts = {
        "Lieferung": "de",
        "Guten Morgen": "de",
        "Where is my parcel": "en",
        "I have been waiting for my parcel since Monday": "en",
    }
    lines: list[dict[str, Any]] = [{"text": text, "lang": lang} for text, lang in texts.items()]
    lines.append({"text": "👍", "accept": ["unknown"], "category": "emoji"})
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    figures = evaluate_language(path, load_language_model(("de", "en")))
    general = {name.replace("harmless_emoji", "harmless_<category>") for name in figures}
    assert names(section(page("evaluation"), "Language"), "figure") == general


def test_evaluation_lists_every_figure_of_intents() -> None:
    rows_seen = [("de", "greet", "greet"), ("de", "other", "other")]
    figures = intent_figures(rows_seen, unrecognised=("other",))
    general = {name.replace("accuracy_de", "accuracy_<group>") for name in figures}
    assert names(section(page("evaluation"), "Intents"), "figure") == general


def test_evaluation_lists_every_figure_of_search() -> None:
    case = {
        "language": "de",
        "articles": [{"id": "a", "title": "Rückgabe", "body": "Dreißig Tage."}],
        "queries": [
            {"query": "Rückgabe", "article": "a"},
            {"query": "Wetter", "article": None},
        ],
    }
    found = answers(read_search_case(case, file="case.json"), _letters)
    figures = search_figures(found, article_from=0.0)
    assert names(section(page("evaluation"), "Search"), "figure") == set(figures)


def _letters(texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return unit vectors that count letters: enough for a search that words decide."""
    counts = np.array(
        [[1.0 + text.lower().count(letter) for letter in "abcdefgh"] for text in texts]
    )
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), dtype=np.float32)
