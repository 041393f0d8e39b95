import json
from pathlib import Path
from typing import Any

import pytest

from persona_router.content.cards_evidence import (
    Count,
    MeasuredCase,
    count,
    measure_cases,
    strength_of,
)
from persona_router.content.examples import read_cases
from persona_router.content.lexicons import read_lexicons
from persona_router.content.plugins import load_signals
from persona_router.content.policies import DEFAULT_POLICY, read_policy


def case(number: int, persona: str | None, *texts: str, **more: Any) -> dict[str, Any]:
    turns = [{"text": text, "input": "typed", "seconds": 5} for text in texts]
    return {"id": str(number), "language": "de", "persona": persona, "turns": turns, **more}


@pytest.fixture
def measured(tmp_path: Path) -> tuple[MeasuredCase, ...]:
    load_signals()
    cases = [
        case(1, "sprinter", "4471903 stornieren", "ja", metadata={"device": "mobile"},
             routes=["self_service", "agent"]),
        case(2, "talker", "Wo ist mein Paket? Wann kommt es? Wer bringt es?",
             metadata={"device": "desktop"}, routes=["phone", "agent"]),
        case(3, None, "4471903"),
    ]  # fmt: skip
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    return measure_cases(
        read_cases(path), lexicons=read_lexicons(["de"]), policy=read_policy(DEFAULT_POLICY)
    )


def test_signals_are_counted_by_turn_and_undecided_cases_are_left_out(
    measured: tuple[MeasuredCase, ...],
) -> None:
    assert count(("signal", "number_first"), "sprinter", measured) == Count(
        what=("signal", "number_first"), unit="turns", conversations=2,
        ours=2, found=1, theirs=1, elsewhere=0,
    )  # fmt: skip
    assert count(("signal", "questions"), "talker", measured).found == 1


@pytest.mark.parametrize(
    ("what", "found", "elsewhere"),
    [
        (("route", "self_service"), 1, 0),
        (("route", "agent"), 1, 1),
        (("device", "mobile"), 1, 0),
        (("device", "tablet"), 0, 0),
    ],
)
def test_routes_and_devices_are_counted_by_conversation(
    measured: tuple[MeasuredCase, ...], what: tuple[str, str], found: int, elsewhere: int
) -> None:
    counted = count(what, "sprinter", measured)
    assert (counted.unit, counted.ours, counted.theirs) == ("conversations", 1, 1)
    assert (counted.found, counted.elsewhere) == (found, elsewhere)


@pytest.mark.parametrize(
    ("found", "elsewhere", "decibans"),
    [
        (10, 10, 0.0),
        (20, 0, 16.1),  # (20.5/21) / (0.5/21)
        (0, 20, -16.1),
        (15, 3, 6.5),  # (15.5/21) / (3.5/21)
    ],
)
def test_decibans_are_smoothed_by_half_a_count(found: int, elsewhere: int, decibans: float) -> None:
    counted = Count(
        what=("signal", "haste"), unit="turns", conversations=9,
        ours=20, found=found, theirs=20, elsewhere=elsewhere,
    )  # fmt: skip
    assert counted.decibans == decibans


def test_method_tells_what_was_counted_and_came_out() -> None:
    counted = Count(
        what=("signal", "haste"), unit="turns", conversations=9,
        ours=20, found=15, theirs=40, elsewhere=4,
    )  # fmt: skip
    assert counted.method == (
        "counted by persona-router personas evidence; signal haste in 15 of 20 turns of this "
        "persona (75%) and 4 of 40 of the others (10%), +8.3 decibans"
    )


@pytest.mark.parametrize(
    ("persona", "whose"), [("stranger", "of 'stranger'"), ("talker", "of others than 'talker'")]
)
def test_both_sides_need_conversations(
    measured: tuple[MeasuredCase, ...], persona: str, whose: str
) -> None:
    only = [one for one in measured if one.case.persona == "talker"]
    with pytest.raises(ValueError, match=f"^There is no labelled conversation {whose}\\.$"):
        count(("signal", "haste"), persona, only)


@pytest.mark.parametrize(
    ("decibans", "strength"),
    [
        (0.9, "none"),
        (1.1, "weak for"),
        (-3.1, "moderate against"),
        (6.0, "strong for"),
        (-30.0, "decisive against"),
    ],
)
def test_strength_is_the_nearest_word(decibans: float, strength: str) -> None:
    assert strength_of(decibans) == strength
