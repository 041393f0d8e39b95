from collections import Counter
from dataclasses import replace
from datetime import datetime, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.exploration import Trial, try_out
from persona_router.core.policy import Exploration
from persona_router.core.ranking import Ranking, Situation

ROUTES = ("self_service", "knowledge_base", "agent")
RULES = Exploration(share=0.2, among=2)
SITUATION = Situation(
    concern="track_order",
    locale="de",
    at=datetime(2026, 11, 23, 12, tzinfo=timezone.utc),
    wished=(),
    preferred=(),
    excluded=(),
    anger=0.0,
    failures=0,
    article_found=True,
)


def trial(
    lot: float | None, *, rules: Exploration = RULES, routes: tuple[str, ...] = ROUTES, **situation
) -> Trial:
    ranking = Ranking(routes=routes, closed=(), constraints=())
    return try_out(
        routes[0] if routes else None,
        ranking,
        replace(SITUATION, **situation),
        rules,
        lot=lot,
        anger_from=0.6,
    )


@pytest.mark.parametrize(
    ("lot", "route", "propensity", "tried"),
    [
        (0.0, "self_service", 0.9, False),
        (0.09, "self_service", 0.9, False),
        (0.1, "knowledge_base", 0.1, True),
        (0.19, "knowledge_base", 0.1, True),
        (0.2, "self_service", 0.9, False),
        (0.99, "self_service", 0.9, False),
        (None, "self_service", 1.0, False),
    ],
)
def test_small_share_is_led_elsewhere(
    lot: float | None, route: str, propensity: float, tried: bool
) -> None:
    found = trial(lot)
    assert (found.route, found.tried) == (route, tried)
    assert found.propensity == pytest.approx(propensity)


@pytest.mark.parametrize(
    "situation",
    [
        {"wished": ("agent",)},
        {"preferred": ("phone",)},
        {"excluded": ("phone",)},
        {"unhelpful": ("knowledge_base",)},
        {"again": True},
        {"failures": 1},
        {"spoken": "uk"},
        {"anger": 0.6},
    ],
)
def test_nothing_is_tried_on_whoever_asked_refused_or_is_in_trouble(
    situation: dict[str, object],
) -> None:
    assert trial(0.15, **situation) == Trial(route="self_service")


def test_nothing_is_tried_by_default_or_where_there_is_no_other_way() -> None:
    assert trial(0.0, rules=Exploration()) == Trial(route="self_service")
    assert trial(0.15, routes=("agent",)) == Trial(route="agent")
    assert trial(0.15, routes=()) == Trial(route=None)


@given(st.floats(0.01, 0.5), st.integers(2, 4), st.integers(0, 2**32))
def test_propensities_are_how_often_each_route_is_drawn(
    share: float, among: int, seed: int
) -> None:
    chance, rules = Random(seed), Exploration(share=share, among=among)
    drawn = [trial(chance.random(), rules=rules) for _ in range(2000)]
    counts = Counter(one.route for one in drawn)
    for route, propensity in {one.route: one.propensity for one in drawn}.items():
        spread = (propensity * (1 - propensity) / 2000) ** 0.5
        assert abs(counts[route] / 2000 - propensity) <= 6 * spread
    n = min(among, len(ROUTES))
    assert (1 - share + share / n) + (n - 1) * share / n == pytest.approx(1.0)


def test_decision_tells_that_something_was_tried_and_how_likely_that_was(route, policy) -> None:
    trying = replace(policy, exploration=Exploration(share=0.2, among=2))
    track = {"intent": "track_order", "intent_confidence": 0.9}
    usual = route("where is my parcel?", policy=trying, lot=0.5, **track)
    tried = route("where is my parcel?", policy=trying, lot=0.15, **track)
    assert usual.propensity == pytest.approx(0.9)
    assert tried.propensity == pytest.approx(0.1)
    assert tried.route == usual.alternatives[0]
    assert tried.alternatives[0] == usual.route
    assert [reason.code for reason in tried.reasons] == ["trial"]
    assert tried.inferred_route == usual.route
    assert tried.plan != usual.plan


def test_whoever_did_not_agree_is_led_as_ever(route, policy) -> None:
    trying = replace(policy, exploration=Exploration(share=0.5, among=2))
    track = {"intent": "track_order", "intent_confidence": 0.9}
    assert route("where is my parcel?", policy=trying, lot=None, **track).propensity == 1.0
