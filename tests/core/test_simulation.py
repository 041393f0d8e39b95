from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.simulation import (
    MOST_TURNS,
    Crowd,
    Manners,
    Part,
    SimulatedCustomer,
    visits,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
MANNERS = Manners(
    judges=1.0,
    helped_right=1.0,
    helped_wrong=0.0,
    accepts=1.0,
    rates=1.0,
    returns=1.0,
    ratings=(0, 0, 0, 0, 1),
)
CROWD = Crowd(
    days=60,
    hours=tuple(1.0 if 9 <= hour < 18 else 0.0 for hour in range(24)),
    weekdays=(1, 1, 1, 1, 1, 0, 0),
    growth=3.0,
    languages={"de": 3.0, "tr": 1.0},
    personas={"sprinter": (0.1, 0.9), "talker": (0.9, 0.1)},
    manners=MANNERS,
)
POLICY = read_policy(DEFAULT_POLICY)


def part(language: str, persona: str | None = "sprinter", *routes: str, turns: int = 1) -> Part:
    said = tuple((f"Frage {n}", {"input": "typed", "seconds": 5}) for n in range(turns))
    return Part(
        id=f"{language}-{persona}", language=language, persona=persona, routes=routes, turns=said
    )


PARTS = [part(language, persona) for language in ("de", "tr") for persona in ("sprinter", "talker")]


def customer(one: Part, **manners: float) -> SimulatedCustomer:
    return SimulatedCustomer(one, POLICY, replace(MANNERS, **manners), Random(1))


def test_visits_come_in_order_within_the_days_and_only_at_hours_that_weigh() -> None:
    came = list(visits(CROWD, PARTS, 2000, until=NOW, chance=Random(1)))
    times = [visit.at for visit in came]
    assert times == sorted(times)
    assert NOW - timedelta(days=67) <= times[0]
    assert times[-1] < NOW
    assert {at.weekday() for at in times} == {0, 1, 2, 3, 4}
    assert {at.hour for at in times} == set(range(9, 18))
    assert [visit.customer for visit in came] == list(range(2000))


def test_visits_grow_and_change_as_the_crowd_says() -> None:
    came = list(visits(CROWD, PARTS, 4000, until=NOW, chance=Random(2)))
    spoken = Counter(visit.part.language for visit in came)
    assert spoken["de"] / 4000 == pytest.approx(0.75, abs=0.03)
    middle = NOW - timedelta(days=30)
    early = [visit for visit in came if visit.at < middle]
    late = [visit for visit in came if visit.at >= middle]
    # From 1 to 3 times as many: the second half holds five eighths.
    assert len(late) / 4000 == pytest.approx(0.625, abs=0.04)
    for half, share in ((early, 0.3), (late, 0.7)):
        sprinters = sum(visit.part.persona == "sprinter" for visit in half) / len(half)
        assert sprinters == pytest.approx(share, abs=0.06)


def test_personas_share_does_not_hang_on_how_many_parts_it_has() -> None:
    crowd = replace(CROWD, personas={"sprinter": (0.5, 0.5), "talker": (0.5, 0.5)})
    uneven = [part("de", "sprinter")] * 9 + [part("de", "talker")]
    came = visits(crowd, uneven, 2000, until=NOW, chance=Random(3))
    assert sum(visit.part.persona == "talker" for visit in came) / 2000 == pytest.approx(
        0.5, abs=0.04
    )


def test_same_seed_brings_the_same_visits() -> None:
    first, second = (list(visits(CROWD, PARTS, 50, until=NOW, chance=Random(7))) for _ in "ab")
    assert first == second


def test_customer_follows_the_part_and_leaves() -> None:
    one = customer(part("de", "sprinter", "phone", turns=2))
    assert one.says(None).text == "Frage 0"
    assert one.says({"id": "d1", "route": "agent", "plan": []}).text == "Frage 1"
    assert one.says({"id": "d2", "route": "agent", "plan": []}) is None
    assert not one.pleased
    assert one.comes_back()


@pytest.mark.parametrize(
    ("route", "payload", "pleased"),
    [("knowledge_base", "helped:d1", True), ("self_service", "not_helped:d1", False)],
)
def test_article_is_judged_by_whether_its_route_suits(
    route: str, payload: str, pleased: bool
) -> None:
    one = customer(part("de", "researcher", route))
    one.says(None)
    decision = {"id": "d1", "route": "knowledge_base", "plan": ["utter_article"]}
    assert one.says(decision).metadata["payload"] == payload
    assert one.pleased is pleased
    assert one.comes_back() is not pleased


def test_offered_person_is_accepted_and_rated() -> None:
    one = customer(part("de", "talker", "agent"))
    one.says(None)
    offer = {"id": "d1", "route": "agent", "plan": ["utter_offer_agent"]}
    assert one.says(offer).metadata["payload"] == "route:agent"
    assert one.says({"id": "d2", "route": "agent", "plan": ["action_handoff"]}) is None
    assert one.handed_over
    assert one.stars() == 5


def test_customer_without_a_person_rates_nobody() -> None:
    one = customer(part("de", "sprinter", "self_service"))
    one.says(None)
    one.says({"id": "d1", "route": "self_service", "plan": ["track_order_form"]})
    assert not one.handed_over
    assert one.stars() is None


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.sampled_from(("utter_article", "utter_offer_agent", "x")))
def test_no_customer_stays_for_ever(seed: int, action: str) -> None:
    one = SimulatedCustomer(part("de", turns=20), POLICY, MANNERS, Random(seed))
    route = "agent" if action == "utter_offer_agent" else "knowledge_base"
    said, decision = 0, None
    while one.says(decision) is not None:
        said += 1
        decision = {"id": f"d{said}", "route": route, "plan": [action]}
    assert 1 <= said <= MOST_TURNS
