from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.coverage import Coverage, Lack, cover
from persona_router.core.hours import Hours
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy, Service

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 29)
OFFICE = Hours(zone=BERLIN, weekly=dict.fromkeys(range(5), ((time(8), time(20)),)))
ROUTES = ("self_service", "knowledge_base", "agent", "phone")


def persona(*works: str, id_: str = "walker") -> Persona:
    return Persona(id=id_, name="The walker", ranking=ROUTES, strengths={}, works=frozenset(works))


def covered(
    policy: Policy,
    *works: str,
    articles: Mapping[str, Sequence[str]] | None = None,
    start: date = MONDAY,
    days: int = 1,
) -> Coverage:
    return cover(policy, [persona(*works)], articles or {}, start=start, days=days)


def hours_with_all(coverage: Coverage, language: str) -> list[int]:
    """The hours of the clock in which every intent has a route."""
    counts = coverage.covered["walker", language]
    return [
        hour.hour
        for hour, count in zip(coverage.hours[language], counts, strict=True)
        if count == coverage.intents
    ]


def test_cells_are_personas_languages_intents_and_hours(policy: Policy) -> None:
    coverage = cover(policy, [persona(), persona(id_="rider")], {}, start=MONDAY, days=14)
    assert coverage.cells == 2 * 4 * 4 * 336
    assert coverage.personas == ("walker", "rider")


def test_person_who_serves_everything_covers_the_opening_hours(policy: Policy) -> None:
    coverage = covered(policy, "agent")
    assert hours_with_all(coverage, "de") == list(range(8, 20))
    assert coverage.share("walker", "de") == 0.5


def test_route_that_does_not_work_for_the_persona_covers_nothing(policy: Policy) -> None:
    coverage = covered(policy)
    assert coverage.empty == 1
    assert coverage.share("walker", "de") == 0


def test_route_without_a_service_in_the_language_covers_nothing(policy: Policy) -> None:
    coverage = covered(policy, "phone")
    assert coverage.share("walker", "de") == 0.5
    assert coverage.share("walker", "tr") == 0


def test_self_service_covers_its_intents_at_every_hour(policy: Policy) -> None:
    coverage = covered(policy, "self_service", start=SUNDAY)
    assert set(coverage.covered["walker", "ar"]) == {2}
    assert coverage.share("walker", "ar") == 0.5


def test_article_covers_its_language_only(policy: Policy) -> None:
    coverage = covered(policy, "knowledge_base", articles={"de": ["refund_policy", "complaint"]})
    assert set(coverage.covered["walker", "de"]) == {1}
    assert set(coverage.covered["walker", "en"]) == {0}


def test_closed_day_is_empty(policy: Policy) -> None:
    hours = replace(OFFICE, closed_on={MONDAY})
    agent = replace(policy.routes["agent"], services=(Service(("de",), hours),))
    closed = replace(policy, routes={**policy.routes, "agent": agent}, languages=("de",))
    assert covered(closed, "agent").empty == 1
    assert covered(closed, "agent", days=2).empty == 0.75


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_day_on_which_clocks_change_is_covered_whole(policy: Policy, day: date, hours: int) -> None:
    always = Hours(zone=BERLIN, weekly=dict.fromkeys(range(7), ((time(0), time(0)),)))
    agent = replace(policy.routes["agent"], services=(Service(policy.languages, always),))
    coverage = covered(
        replace(policy, routes={**policy.routes, "agent": agent}), "agent", start=day
    )
    assert coverage.covered["walker", "de"] == (4,) * hours
    assert coverage.empty == 0
    assert coverage.gaps == ()


def test_policy_without_intents_has_no_cells_and_nothing_empty(policy: Policy) -> None:
    coverage = covered(replace(policy, intents={}), "agent")
    assert (coverage.cells, coverage.empty, coverage.gaps) == (0, 0.0, ())
    assert coverage.share("walker", "de") == 1


def test_gap_tells_what_is_there_and_what_is_closed(policy: Policy) -> None:
    coverage = covered(policy, "agent", articles={"de": ["track_order"]}, start=SUNDAY)
    (gap,) = (gap for gap in coverage.gaps if gap.language == "de")
    assert gap.intents == ("track_order", "cancel_order", "refund_policy", "complaint")
    assert gap.fails == {"self_service": 2, "knowledge_base": 1}
    assert gap.lacks == {"agent": Lack.CLOSED}
    assert [hour.hour for hour in gap.hours] == list(range(24))
    assert gap.cells == 96


def test_gap_tells_that_nobody_speaks_the_language(policy: Policy) -> None:
    coverage = covered(policy, "phone")
    (gap,) = (gap for gap in coverage.gaps if gap.language == "tr" and "agent" not in gap.fails)
    assert gap.lacks == {"phone": Lack.LANGUAGE}


def test_gap_tells_that_an_article_is_missing(policy: Policy) -> None:
    coverage = covered(policy, "knowledge_base", articles={"de": ["track_order"]}, start=SUNDAY)
    gaps = [gap for gap in coverage.gaps if gap.language == "de"]
    assert [gap.intents for gap in gaps] == [("cancel_order", "refund_policy", "complaint")]
    assert gaps[0].lacks == {"knowledge_base": Lack.ARTICLE}


def test_gap_for_which_nothing_works_lacks_nothing(policy: Policy) -> None:
    coverage = covered(policy, start=SUNDAY)
    assert all(gap.lacks == {} for gap in coverage.gaps)


def test_gaps_are_split_by_what_is_there(policy: Policy) -> None:
    coverage = covered(replace(policy, languages=("de",)), "self_service")
    there = {tuple(gap.fails): len(gap.hours) for gap in coverage.gaps}
    assert there == {("agent", "phone"): 12, (): 12}


def test_gaps_are_the_largest_first(policy: Policy) -> None:
    coverage = covered(policy, "agent", "self_service", days=14)
    sizes = [gap.cells for gap in coverage.gaps]
    assert sizes == sorted(sizes, reverse=True)


SPANS = st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(1, 23)).map(
    lambda t: (time(t[0], t[1]), time(0) if t[0] + t[2] >= 24 else time(t[0] + t[2], t[1]))
)
HOURS = st.builds(
    Hours,
    zone=st.sampled_from(["Europe/Berlin", "Asia/Dubai", "America/New_York"]).map(ZoneInfo),
    weekly=st.dictionaries(st.integers(0, 6), st.tuples(SPANS), max_size=7),
    closed_on=st.frozensets(st.dates(MONDAY, SUNDAY), max_size=3),
)
WORKS = st.frozensets(st.sampled_from(ROUTES))


@given(hours=HOURS, route=st.sampled_from(["agent", "phone"]), works=WORKS)
def test_service_in_a_further_language_never_lowers_coverage(
    policy: Policy, hours: Hours, route: str, works: frozenset[str]
) -> None:
    one = Service(("de",), OFFICE)
    narrow = replace(policy.routes[route], services=(one,))
    wide = replace(narrow, services=(one, Service(("tr",), hours)))
    before, after = (
        covered(replace(policy, routes={**policy.routes, route: changed}), *works, days=7)
        for changed in (narrow, wide)
    )
    for language in policy.languages:
        assert after.share("walker", language) >= before.share("walker", language)


@given(hours=HOURS, works=WORKS, closed=st.dates(MONDAY, SUNDAY))
def test_closed_date_never_raises_coverage(
    policy: Policy, hours: Hours, works: frozenset[str], closed: date
) -> None:
    before, after = (
        covered(
            replace(
                policy,
                languages=("de",),
                routes={
                    **policy.routes,
                    "agent": replace(policy.routes["agent"], services=(Service(("de",), told),)),
                },
            ),
            *works,
            days=7,
        )
        for told in (hours, replace(hours, closed_on=hours.closed_on | {closed}))
    )
    assert after.empty >= before.empty


@given(hours=HOURS, works=WORKS, days=st.integers(1, 9))
def test_gaps_are_the_empty_cells_and_each_once(
    policy: Policy, hours: Hours, works: frozenset[str], days: int
) -> None:
    agent = replace(policy.routes["agent"], services=(Service(("de", "ar"), hours),))
    changed = replace(policy, routes={**policy.routes, "agent": agent})
    coverage = covered(changed, *works, articles={"ar": ["refund_policy"]}, days=days)
    cells = [
        (gap.language, *cell)
        for gap in coverage.gaps
        for cell in product(gap.intents, [hour.isoformat() for hour in gap.hours])
    ]
    assert len(cells) == len(set(cells))
    assert len(cells) == pytest.approx(coverage.empty * coverage.cells)


def test_gaps_tell_intents_with_hours_of_their_own_apart(policy: Policy) -> None:
    night = Hours(zone=BERLIN, weekly=dict.fromkeys(range(7), ((time(20), time(8)),)))
    staffed = (
        Service(locales=("de",), hours=OFFICE),
        Service(locales=("de",), hours=night, intents=frozenset({"complaint"})),
    )
    changed = replace(
        policy,
        languages=("de",),
        routes={
            **policy.routes,
            "agent": replace(policy.routes["agent"], services=staffed),
        },
    )
    coverage = covered(changed, "agent")
    told = {(gap.intents, min(h.hour for h in gap.hours)) for gap in coverage.gaps}
    assert (("complaint",), 8) in told
    assert all(gap.intents == ("complaint",) or "complaint" not in gap.intents
               for gap in coverage.gaps)  # fmt: skip
    assert coverage.empty == 0.5
