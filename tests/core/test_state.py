import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.state import ConversationState, read_state
from tests.core.test_turn import JSON

NAMES = st.lists(st.text(max_size=12), max_size=4).map(tuple)
STATES = st.builds(
    ConversationState,
    turns=st.integers(0, 10_000),
    told=st.integers(0, 10_000),
    decibans=st.dictionaries(st.text(max_size=12), st.floats(-1e6, 1e6), max_size=3),
    concern=st.none() | st.text(max_size=12),
    wished=NAMES,
    excluded=NAMES,
    offered=st.none() | st.text(max_size=12),
    failures=st.integers(0, 100),
    tried=NAMES,
    served=st.none() | st.text(max_size=12),
    corrected=st.booleans(),
    answers=NAMES,
    asked=st.booleans(),
)
WRITTEN = ConversationState(
    turns=3,
    told=2,
    decibans={"talker": 4.5, "sprinter": -4.5},
    concern="track_order",
    wished=("phone",),
    excluded=("agent",),
    offered="agent",
    failures=1,
    tried=("self_service",),
    served="track_order_form",
    corrected=True,
    answers=("d1", "d7"),
    asked=True,
).to_json()


@given(STATES)
def test_state_comes_back_from_json(state: ConversationState) -> None:
    read = read_state(json.loads(json.dumps(state.to_json())))
    assert dict(read.decibans) == pytest.approx(dict(state.decibans), abs=0.001)
    assert read.to_json() == state.to_json()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("turns", "three"),
        ("turns", -1),
        ("turns", True),
        ("told", 1.5),
        ("told", float("inf")),
        ("failures", None),
        ("decibans", []),
        ("decibans", {"talker": "much"}),
        ("decibans", {"talker": float("nan")}),
        ("decibans", {"talker": float("inf")}),
        ("decibans", {"talker": 1e308}),
        ("wished", "agent"),
        ("excluded", {"agent": 1}),
        ("tried", [1]),
        ("corrected", 1),
        ("corrected", None),
    ],
)
def test_read_state_starts_afresh_after_a_malformed_value(key: str, value: object) -> None:
    assert read_state({**WRITTEN, key: value}) == ConversationState()


@pytest.mark.parametrize("key", sorted(WRITTEN.keys() - {"answers", "asked"}))
def test_read_state_starts_afresh_where_a_key_is_missing(key: str) -> None:
    assert read_state({k: v for k, v in WRITTEN.items() if k != key}) == ConversationState()


@given(JSON | st.fixed_dictionaries(dict.fromkeys(WRITTEN, JSON)))
def test_read_state_never_raises(raw: object) -> None:
    assert isinstance(read_state(raw), ConversationState)


@pytest.mark.parametrize("raw", [None, "", [], 3])
def test_read_state_of_nothing_is_fresh(raw: object) -> None:
    assert read_state(raw) == ConversationState()


def test_state_of_the_release_before_goes_on_without_answers() -> None:
    older = {name: value for name, value in WRITTEN.items() if name not in ("answers", "asked")}
    read = read_state(older)
    assert (read.turns, read.answers, read.asked) == (3, (), False)
