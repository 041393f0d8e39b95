"""The figures as tables: columns, shares with their intervals, and ids that come from outside."""

from typing import Any

import pytest

from persona_router.commands.figures_text import tables

RATE = {"hits": 30, "cases": 40, "share": 0.75, "interval": [0.6, 0.86]}
FEW = {"hits": 1, "cases": 3, "share": None, "interval": None}
RATES = dict.fromkeys(("containment", "resolution", "deflection", "handoff", "satisfaction"), RATE)
CONTENT: dict[str, Any] = {
    "from": "2026-11-23", "to": "2026-11-29", "decisions": 80,
    "visits": {"2026-11-23": 40, "2026-11-24": 0},
    "all": {"visits": 40, **RATES},
    "split": [{"persona": None, "visits": 40, **RATES}],
    "language_mix": [{"language": "ar", **FEW}],
    "reasons": [{"reason": "wish\x1b[31m", "handoffs": 7}],
    "unanswered": [],
    "waiting": {
        "agent": {
            "asked": 3, "taken": 1, "within": 1, "left": 0, "median": 61.6, "ninetieth": None,
            "in_time": FEW,
        },
    },
    "waiting_by": [],
    "translation": [{"article": "returns", "language": None, "decisions": 2}],
    "options": [
        {"persona": "talker", "route": "phone", "use": RATE, "satisfaction": FEW, "wanting": True}
    ],
    "stated": {
        "agreement": FEW,
        "pairs": [{"inferred": "phone", "stated": "agent", "conversations": 2}],
    },
}  # fmt: skip


@pytest.fixture
def lines() -> list[str]:
    return [" ".join(line.split()) for line in tables(CONTENT, ("persona",), 30)]


def test_tables_begin_with_what_was_counted(lines: list[str]) -> None:
    assert lines[0] == (
        "2026-11-23 to 2026-11-29: 40 visits, 80 decisions."
        " Shares with their 95 % intervals; below 30 cases not enough data."
    )
    assert "2026-11-23 40" in lines
    assert not any(line.startswith("2026-11-24") for line in lines)


def test_shares_have_intervals_and_few_cases_have_none(lines: list[str]) -> None:
    assert f"- 40{' 75 % (60–86)' * 5}" in lines
    assert f"all 40{' 75 % (60–86)' * 5}" in lines
    assert "ar not enough data (3)" in lines
    assert "talker phone 75 % (60–86) not enough data (3) little used and mediocre" in lines


def test_what_is_not_known_is_a_dash(lines: list[str]) -> None:
    assert "agent not enough data (3) 3 1 1 0 62 -" in lines
    assert "returns - 2" in lines
    assert "phone agent 2" in lines


def test_ids_cannot_command_the_terminal(lines: list[str]) -> None:
    assert "wish?[31m 7" in lines
