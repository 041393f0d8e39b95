from pathlib import Path
from typing import Any

import pytest

from persona_router.cli import main
from persona_router.commands.explain import explanation, read_metadata_option
from persona_router.content.errors import ContentError

PARSED: dict[str, Any] = {
    "language": {"locale": "de-AT", "confidence": 0.98},
    "intent": {"name": "track_order", "confidence": 0.914},
    "knowledge": [{"locale": "de", "article": "track-order", "score": 0.713}],
    "routing": {
        "id": "d1",
        "policy_version": "1+abc",
        "concern": "track_order",
        "persona": "sprinter",
        "posterior": {"talker": 0.1, "sprinter": 0.9},
        "route": "self_service",
        "alternatives": ["agent", "phone"],
        "plan": ["track_order_form"],
        "reasons": [
            {"code": "persona", "values": {"persona": "sprinter", "signal": "haste"}},
            {"code": "closed", "values": {"route": "phone", "opens": ""}},
            {"code": "anger", "values": {}},
        ],
        "constraints": ["closed:phone"],
        "evidence": [
            {"signal": "haste", "value": 0.75, "decibans": {"sprinter": 2.0, "talker": -2.0}}
        ],
    },
}


def test_explanation_shows_the_decision_with_its_evidence() -> None:
    assert explanation("wo ist 4471903", PARSED) == [
        "» wo ist 4471903",
        "  language   de-AT (0.98)",
        "  intent     track_order (0.91)",
        "  concern    track_order",
        "  persona    sprinter (sprinter 0.90, talker 0.10)",
        "  route      self_service, then agent, phone",
        "  plan       track_order_form",
        "  reasons    persona (sprinter, haste), closed (phone), anger",
        "  constraint closed:phone",
        "  evidence   haste 0.75: sprinter +2.0, talker -2.0 dB",
        "  article    de/track-order 0.71",
        "  decision   d1, policy 1+abc",
    ]


def test_explanation_counts_the_evidence_that_says_next_to_nothing() -> None:
    evidence = [
        {"signal": "haste", "value": 0.75, "decibans": {"sprinter": 0.5, "talker": -0.04}},
        {"signal": "anger", "value": 0.0, "decibans": {"sprinter": 0.1, "talker": -0.1}},
        {"signal": "lost", "value": 0.0, "decibans": {"sprinter": 0.4, "talker": -0.4}},
    ]
    routing = {**PARSED["routing"], "evidence": evidence}
    lines = explanation("wo ist 4471903", {**PARSED, "routing": routing})
    assert [line for line in lines if "evidence" in line] == [
        "  evidence   haste 0.75: sprinter +0.5, talker +0.0 dB",
        "  evidence   and 2 more under 0.5 dB: --json lists them",
    ]


def test_explanation_of_an_undecided_turn_says_so() -> None:
    routing = {
        **PARSED["routing"],
        "persona": None, "posterior": {}, "concern": None, "alternatives": [], "plan": [],
        "constraints": [], "evidence": [], "reasons": [{"code": "neutral", "values": {}}],
    }  # fmt: skip
    lines = explanation("مرحبا", {**PARSED, "routing": routing, "knowledge": None})
    assert lines == [
        "» مرحبا",
        "  language   de-AT (0.98)",
        "  intent     track_order (0.91)",
        "  concern    none yet",
        "  persona    undecided (no personas)",
        "  route      self_service, then none",
        "  plan       left to the rules",
        "  reasons    neutral",
        "  decision   d1, policy 1+abc",
    ]


def test_explanation_shows_what_was_stated_beside_what_was_inferred() -> None:
    routing = {
        **PARSED["routing"],
        "persona": None, "corrected": True, "inferred_persona": "talker",
        "route": "agent", "stated_route": "agent", "inferred_route": "phone",
    }  # fmt: skip
    lines = explanation("wo ist 4471903", {**PARSED, "routing": routing})
    assert "  persona    corrected; inferred talker (sprinter 0.90, talker 0.10)" in lines
    assert "  stated     agent; inferred phone" in lines


def test_explanation_names_the_arm_of_a_comparison() -> None:
    parsed = {**PARSED, "routing": {**PARSED["routing"], "arm": "b"}}
    assert explanation("wo ist 4471903", parsed)[-1] == "  decision   d1, policy 1+abc, arm b"


def test_explanation_of_a_failure_points_to_the_log() -> None:
    assert explanation("x", {"routing": {"error": True}}) == [
        "» x",
        "  routing failed: see the log above",
    ]


def test_metadata_option_is_a_json_object() -> None:
    assert read_metadata_option('{"device": "mobile", "seconds": 5}') == {
        "device": "mobile", "seconds": 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{device: mobile}", "--metadata: '{device: mobile}' is no JSON. "
         """Write an object such as '{"device": "mobile", "seconds": 5}'."""),
        ("", "--metadata: '' is no JSON. "
         """Write an object such as '{"device": "mobile", "seconds": 5}'."""),
        ("[1]", "--metadata: '[1]' is no object. Write {...}."),
        ('"mobile"', "--metadata: '\"mobile\"' is no object. Write {...}."),
        ("null", "--metadata: 'null' is no object. Write {...}."),
    ],
)  # fmt: skip
def test_metadata_option_shows_what_was_given(text: str, error: str, capsys) -> None:
    with pytest.raises(ContentError) as caught:
        read_metadata_option(text)
    assert str(caught.value) == error
    assert main(["explain", "--metadata", text, "hallo"]) == 2
    assert capsys.readouterr().err == f"{error}\n"


def test_explain_without_a_model_says_how_to_get_one(tmp_path: Path, capsys) -> None:
    assert main(["explain", "--model", str(tmp_path / "models"), "hallo"]) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path / 'models'}: There is no trained model. Train one with make train.\n"
    )
