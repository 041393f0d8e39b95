from dataclasses import replace
from datetime import date, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.hours import Hours, Span
from persona_router.core.policy import Policy, RoutePolicy, Service
from persona_router.core.presence import Presence, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
LONDON = ZoneInfo("Europe/London")
DUBAI = ZoneInfo("Asia/Dubai")
KOLKATA = ZoneInfo("Asia/Kolkata")
MONDAY = date(2026, 11, 23)


def daily(*spans: Span, zone: ZoneInfo = BERLIN) -> Hours:
    return Hours(zone=zone, weekly=dict.fromkeys(range(7), spans))


def served(policy: Policy, route: str, *services: Service) -> Policy:
    """The policy with other services at one route."""
    changed = replace(policy.routes[route], services=services)
    return replace(policy, routes={**policy.routes, route: changed})


def present(
    policy: Policy, language: str = "de", *, start: date = MONDAY, days: int = 1
) -> Presence:
    return Presence(policy, language, {"refund_policy"}, start=start, days=days)


def clock(presence: Presence, hours: int) -> list[str]:
    """The hours of a set by their clock times."""
    return [f"{h:%H:%M}" for bit, h in enumerate(presence.hours) if hours >> bit & 1]


@pytest.mark.parametrize(
    ("day", "count"),
    [
        pytest.param(date(2026, 3, 28), 24, id="ordinary"),
        pytest.param(date(2026, 3, 29), 23, id="clocks-go-forward"),
        pytest.param(date(2026, 10, 25), 25, id="clocks-go-back"),
    ],
)
def test_day_has_as_many_hours_as_its_clocks_show(policy: Policy, day: date, count: int) -> None:
    presence = present(policy, start=day)
    assert len(presence.hours) == count
    assert {hour.date() for hour in presence.hours} == {day}
    assert presence.all == 2**count - 1


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut",
         "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"]
    ),
    start=st.dates(date(2005, 1, 1), date(2040, 1, 1)),
    days=st.integers(1, 5),
)  # fmt: skip
def test_hours_follow_each_other_and_stay_within_the_days(
    policy: Policy, zone: str, start: date, days: int
) -> None:
    hours = daily((time(0), time(0)), zone=ZoneInfo(zone))
    presence = present(served(policy, "phone", Service(("de",), hours)), start=start, days=days)
    instants = [hour.astimezone(timezone.utc) for hour in presence.hours]
    steps = {after - before for before, after in pairwise(instants)}
    assert steps <= {timedelta(hours=1), timedelta(minutes=30)}
    assert all(start <= hour.date() < start + timedelta(days=days) for hour in presence.hours)
    assert presence.open["phone"] == presence.all


def test_zone_is_that_of_the_service_for_the_fewest_languages(policy: Policy) -> None:
    team = Service(("en", "de", "fr"), daily((time(8), time(20))))
    own = Service(("en",), daily((time(8), time(20)), zone=LONDON))
    policy = served(served(policy, "agent", team), "phone", own)
    assert str(zone_of(policy, "en")) == "Europe/London"
    assert str(zone_of(policy, "de")) == "Europe/Berlin"


def test_zone_without_opening_hours_is_utc(policy: Policy) -> None:
    assert zone_of(policy.always_open(), "de") is timezone.utc


@pytest.mark.parametrize(
    ("spans", "open_at"),
    [
        pytest.param([(time(9), time(11))], ["09:00", "10:00"], id="whole-hours"),
        pytest.param([(time(8, 30), time(11))], ["09:00", "10:00"], id="opens-at-half-past"),
        pytest.param([(time(9), time(10, 45))], ["09:00"], id="closes-at-a-quarter-to"),
        pytest.param(
            [(time(9), time(10, 20)), (time(10, 40), time(12))], ["09:00", "11:00"], id="break"
        ),
        pytest.param(
            [(time(9), time(10, 30)), (time(10, 30), time(11))], ["09:00", "10:00"], id="shift"
        ),
        pytest.param([(time(22), time(0))], ["22:00", "23:00"], id="until-midnight"),
        pytest.param([], [], id="never"),
    ],
)
def test_route_is_open_in_hours_that_it_is_open_throughout(
    policy: Policy, spans: list[Span], open_at: list[str]
) -> None:
    presence = present(served(policy, "phone", Service(("de",), daily(*spans))))
    assert clock(presence, presence.open["phone"]) == open_at


def test_hours_of_a_team_elsewhere_are_told_in_the_languages_own_zone(policy: Policy) -> None:
    far = Service(("en", "de", "hi"), daily((time(9), time(12)), zone=KOLKATA))
    near = Service(("de",), daily((time(8), time(20))))
    presence = present(served(served(policy, "agent", far), "phone", near))
    # from 03:30 to 06:30 in UTC, which is 04:30 to 07:30 in Berlin
    assert clock(presence, presence.open["agent"]) == ["05:00", "06:00"]


def test_closed_date_is_closed_in_every_hour(policy: Policy) -> None:
    hours = replace(daily((time(0), time(0))), closed_on={MONDAY + timedelta(days=1)})
    presence = present(served(policy, "phone", Service(("de",), hours)), days=3)
    open_on = {hour.date() for bit, hour in enumerate(presence.hours)
               if presence.open["phone"] >> bit & 1}  # fmt: skip
    assert open_on == {MONDAY, MONDAY + timedelta(days=2)}


def test_weekend_of_the_gulf_is_friday_and_saturday(policy: Policy) -> None:
    hours = Hours(zone=DUBAI, weekly=dict.fromkeys((6, 0, 1, 2, 3), ((time(9), time(18)),)))
    policy = served(policy, "phone", Service(("ar",), hours))
    presence = present(served(policy, "agent", Service(("ar",), hours)), "ar", days=7)
    open_on = {hour.weekday() for bit, hour in enumerate(presence.hours)
               if presence.open["phone"] >> bit & 1}  # fmt: skip
    assert open_on == {6, 0, 1, 2, 3}


def test_route_without_services_is_there_at_every_hour_in_every_language(policy: Policy) -> None:
    presence = present(policy, "tr")
    assert presence.open["self_service"] == presence.all
    assert "self_service" in presence.staffed


def test_route_without_a_service_of_the_language_is_never_there(policy: Policy) -> None:
    presence = present(policy, "tr")
    assert presence.open["phone"] == 0
    assert "phone" not in presence.staffed


@pytest.mark.parametrize(
    ("route", "intent", "can"),
    [
        pytest.param("self_service", "track_order", True, id="form"),
        pytest.param("self_service", "refund_policy", False, id="not-served-by"),
        pytest.param("knowledge_base", "refund_policy", True, id="article"),
        pytest.param("knowledge_base", "track_order", False, id="no-article"),
        pytest.param("knowledge_base", "complaint", False, id="article-or-not"),
        pytest.param("agent", "complaint", True, id="person"),
    ],
)
def test_what_can_serve_what(policy: Policy, route: str, intent: str, can: bool) -> None:
    assert present(policy).can_serve(route, intent) is can


def test_route_without_an_action_serves_only_intents_with_self_service(policy: Policy) -> None:
    menu = RoutePolicy(id="self_service", person=False)
    intents = {
        **policy.intents,
        "refund_policy": replace(policy.intents["refund_policy"], served_by=("self_service",)),
    }
    changed = replace(policy, routes={**policy.routes, "self_service": menu}, intents=intents)
    assert not present(changed).can_serve("self_service", "refund_policy")
    assert present(changed).of("self_service", "refund_policy") == 0


def test_intent_with_a_service_of_its_own_has_its_hours(policy: Policy) -> None:
    mornings = Service(locales=("de",), hours=daily((time(6), time(9))))
    nights = Service(
        locales=("de",), hours=daily((time(22), time(2))), intents=frozenset({"complaint"})
    )
    presence = present(served(policy, "phone", mornings, nights))
    assert clock(presence, presence.of("phone", "complaint")) == [
        "00:00",
        "01:00",
        "22:00",
        "23:00",
    ]
    assert clock(presence, presence.of("phone", "track_order")) == ["06:00", "07:00", "08:00"]
    assert presence.of("phone", "refund_policy") == presence.open["phone"]


def test_exceptional_hours_of_a_date_count_by_their_minutes(policy: Policy) -> None:
    hours = replace(daily((time(8), time(20))), exceptions={MONDAY: ((time(9, 30), time(11)),)})
    presence = present(served(policy, "phone", Service(locales=("de",), hours=hours)))
    assert clock(presence, presence.open["phone"]) == ["10:00"]
