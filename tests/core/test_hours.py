from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


NIGHTS = Hours(
    zone=BERLIN,
    weekly={4: ((time(22), time(2)),)},
    closed_on=frozenset({date(2026, 11, 28), date(2026, 12, 4)}),
    exceptions={
        date(2026, 12, 11): ((time(9), time(12)), (time(13), time(0, 30))),
        date(2026, 12, 18): (),
    },
)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        pytest.param("2026-11-27T21:59+01:00", False, id="before-the-night"),
        pytest.param("2026-11-27T23:00+01:00", True, id="before-midnight"),
        pytest.param("2026-11-28T01:59+01:00", True, id="the-night-goes-on-into-a-closed-day"),
        pytest.param("2026-11-28T02:00+01:00", False, id="closing-minute"),
        pytest.param("2026-11-28T23:00+01:00", False, id="another-night"),
        pytest.param("2026-12-05T01:00+01:00", False, id="the-night-before-was-closed"),
        pytest.param("2026-12-11T11:00+01:00", True, id="exceptional-morning"),
        pytest.param("2026-12-11T12:30+01:00", False, id="exceptional-break"),
        pytest.param("2026-12-12T00:15+01:00", True, id="exceptional-night"),
        pytest.param("2026-12-12T01:00+01:00", False, id="the-exception-replaces-the-week"),
        pytest.param("2026-12-18T23:00+01:00", False, id="exceptionally-closed"),
        pytest.param("2026-12-19T01:00+01:00", False, id="and-the-night-after"),
    ],
)
def test_hours_over_midnight_and_of_single_dates(moment: str, is_open: bool) -> None:
    assert NIGHTS.is_open(at(moment)) is is_open


def test_exceptional_opening_goes_before_a_closed_day() -> None:
    christmas = date(2026, 12, 25)
    hours = Hours(
        zone=BERLIN,
        weekly={},
        closed_on=frozenset({christmas}),
        exceptions={christmas: ((time(10), time(12)),)},
    )
    opening = hours.next_opening(at("2026-12-20T12:00+01:00"))
    assert opening is not None
    assert opening.isoformat() == "2026-12-25T10:00:00+01:00"


@pytest.mark.parametrize(
    ("spans", "day", "told"),
    [
        pytest.param(
            ((time(2, 30), time(3, 15)),), 29, [("03:00:00+02:00", "03:15:00+02:00")],
            id="opens-in-the-hour-left-out",
        ),
        pytest.param(((time(2), time(2, 30)),), 29, [], id="lies-in-the-hour-left-out"),
        pytest.param(
            ((time(1, 30), time(2, 30)),), 29, [("01:30:00+01:00", "03:00:00+02:00")],
            id="closes-in-the-hour-left-out",
        ),
    ],
)  # fmt: skip
def test_hours_when_clocks_go_forward(
    spans: tuple[tuple[time, time], ...], day: int, told: list[tuple[str, str]]
) -> None:
    hours = Hours(zone=BERLIN, weekly={6: spans})
    found = hours.spans(at(f"2026-03-{day}T00:00+01:00"), days=1)
    assert [(a.isoformat()[11:], b.isoformat()[11:]) for a, b in found] == told


def test_hours_when_clocks_go_back_mean_the_first_of_two_times() -> None:
    hours = Hours(zone=BERLIN, weekly={6: ((time(1), time(2, 30)),)})
    assert hours.is_open(at("2026-10-25T02:15+02:00"))
    assert not hours.is_open(at("2026-10-25T02:15+01:00"))


def test_stretches_that_overlap_or_touch_are_one() -> None:
    hours = Hours(
        zone=BERLIN, weekly={0: ((time(10), time(12)), (time(8), time(11)), (time(12), time(13)))}
    )
    (span,) = hours.spans(at("2026-11-23T00:00+01:00"), days=1)
    assert [t.isoformat() for t in span] == [
        "2026-11-23T08:00:00+01:00",
        "2026-11-23T13:00:00+01:00",
    ]


CLOCKS = st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0))


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Santiago",
         "Asia/Kathmandu", "America/St_Johns", "Asia/Beirut"]
    ),
    spans=st.lists(st.tuples(CLOCKS, CLOCKS), max_size=3),
    moment=st.datetimes(
        min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31),
        timezones=st.just(timezone.utc),
    ),
)  # fmt: skip
def test_hours_agree_with_themselves_in_every_zone(
    zone: str, spans: list[tuple[time, time]], moment: datetime
) -> None:
    hours = Hours(zone=ZoneInfo(zone), weekly=dict.fromkeys(range(7), tuple(spans)))
    listed = hours.spans(moment, days=2)
    assert hours.is_open(moment) == any(start <= moment < end for start, end in listed)
    assert all(
        start.astimezone(timezone.utc) < end.astimezone(timezone.utc) for start, end in listed
    )
    opening = hours.next_opening(moment)
    if opening is not None:
        assert opening > moment
        assert hours.is_open(opening)
    for start, end in listed:
        assert hours.is_open(start)
        assert hours.is_open(end.astimezone(timezone.utc) - timedelta(microseconds=1))
