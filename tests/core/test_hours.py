from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytest

from persona_router.core.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")
DUBAI = ZoneInfo("Asia/Dubai")
WORKDAYS = Hours(zone=BERLIN, weekly={d: ((time(8), time(20)),) for d in range(5)})
SPLIT = Hours(
    zone=BERLIN, weekly={0: ((time(14), time(18)), (time(9), time(12)))}, closed_on=frozenset()
)
ALL_DAY = Hours(zone=BERLIN, weekly={d: ((time(0), time(0)),) for d in range(7)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param("2026-11-23T08:00+01:00", True, id="opening-minute"),
        pytest.param("2026-11-23T07:59:59+01:00", False, id="before"),
        pytest.param("2026-11-23T20:00+01:00", False, id="closing-minute"),
        pytest.param("2026-11-23T18:30+00:00", True, id="utc"),
        pytest.param("2026-11-23T19:30+00:00", False, id="utc-too-late"),
        pytest.param("2026-11-23T23:30+09:00", True, id="tokyo"),
        pytest.param("2026-11-22T12:00+01:00", False, id="sunday"),
    ],
)
def test_hours_are_those_of_their_own_zone(moment: str, is_open: bool) -> None:
    assert WORKDAYS.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param("2026-03-27T07:30+00:00", True, id="winter-friday"),
        pytest.param("2026-03-30T06:30+00:00", True, id="summer-monday"),
        pytest.param("2026-03-30T18:30+00:00", False, id="summer-evening"),
        pytest.param("2026-10-26T06:30+00:00", False, id="winter-again"),
    ],
)
def test_hours_follow_daylight_saving_time(moment: str, is_open: bool) -> None:
    assert WORKDAYS.is_open(at(moment)) is is_open


def test_hours_over_a_clock_change_open_at_the_local_time() -> None:
    opening = WORKDAYS.next_opening(at("2026-03-27T21:00+01:00"))
    assert opening is not None
    assert opening.isoformat() == "2026-03-30T08:00:00+02:00"


@pytest.mark.parametrize("moment", ["2026-11-23T23:59:59+01:00", "2026-11-24T00:00+01:00"])
def test_hours_until_midnight_end_with_the_day(moment: str) -> None:
    late = Hours(zone=BERLIN, weekly={0: ((time(18), time(0)),)})
    assert late.is_open(at(moment)) is (moment < "2026-11-24")


@pytest.mark.parametrize("hour", [0, 2, 12, 23])
@pytest.mark.parametrize("day", [25, 28, 29, 30])
def test_hours_all_day_never_close_even_when_clocks_change(day: int, hour: int) -> None:
    assert ALL_DAY.is_open(datetime(2026, 3, day, hour, 30, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("09:00", True), ("11:59", True), ("12:00", False), ("13:59", False), ("14:00", True)],
)
def test_hours_may_have_a_break(moment: str, is_open: bool) -> None:
    assert SPLIT.is_open(at(f"2026-11-23T{moment}+01:00")) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        pytest.param("2026-11-23T08:00+01:00", "2026-11-23T09:00:00+01:00", id="same-day"),
        pytest.param("2026-11-23T12:30+01:00", "2026-11-23T14:00:00+01:00", id="after-the-break"),
        pytest.param("2026-11-23T18:00+01:00", "2026-11-30T09:00:00+01:00", id="next-week"),
    ],
)
def test_next_opening_of_split_hours(moment: str, opening: str) -> None:
    found = SPLIT.next_opening(at(moment))
    assert found is not None
    assert found.isoformat() == opening


def test_next_opening_skips_the_weekend_and_closed_days() -> None:
    closed = Hours(zone=BERLIN, weekly=WORKDAYS.weekly, closed_on=frozenset({date(2026, 11, 23)}))
    found = closed.next_opening(at("2026-11-20T21:00+01:00"))
    assert found is not None
    assert found.isoformat() == "2026-11-24T08:00:00+01:00"
    assert not closed.is_open(at("2026-11-23T12:00+01:00"))


def test_next_opening_counts_the_days_of_the_zone_not_of_the_asker() -> None:
    gulf = Hours(zone=DUBAI, weekly={0: ((time(9), time(18)),)})
    found = gulf.next_opening(at("2026-11-22T22:00+00:00"))
    assert found is not None
    assert found.isoformat() == "2026-11-23T09:00:00+04:00"


@pytest.mark.parametrize("hours", [Hours(zone=BERLIN, weekly={}), SPLIT])
def test_next_opening_is_none_when_nothing_opens_in_time(hours: Hours) -> None:
    assert hours.next_opening(at("2026-11-24T08:00+01:00"), within_days=5) is None


def test_spans_leave_out_what_is_over() -> None:
    spans = SPLIT.spans(at("2026-11-23T13:00+01:00"), days=8)
    assert [(a.isoformat(), b.isoformat()) for a, b in spans] == [
        ("2026-11-23T14:00:00+01:00", "2026-11-23T18:00:00+01:00"),
        ("2026-11-30T09:00:00+01:00", "2026-11-30T12:00:00+01:00"),
        ("2026-11-30T14:00:00+01:00", "2026-11-30T18:00:00+01:00"),
    ]


def test_spans_until_midnight_end_on_the_next_day() -> None:
    (span,) = ALL_DAY.spans(at("2026-11-23T13:00+01:00"), days=1)
    assert [t.isoformat() for t in span] == [
        "2026-11-23T00:00:00+01:00",
        "2026-11-24T00:00:00+01:00",
    ]
