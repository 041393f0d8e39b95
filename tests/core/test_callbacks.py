from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.callbacks import CallbackRules, free_slots, slots
from persona_router.core.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")
RULES = CallbackRules(route="phone", minutes=30, notice_minutes=20, days=2)
OFFICE = Hours(zone=BERLIN, weekly=dict.fromkeys(range(5), ((time(9), time(10, 45)),)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def clock(starts) -> list[str]:
    return [f"{start.astimezone(BERLIN):%a %H:%M}" for start in starts]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(
            "2026-11-23T08:00+01:00",
            ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Tue 09:00", "Tue 09:30", "Tue 10:00"],
            id="none-that-closes-too-late",
        ),
        pytest.param(
            "2026-11-23T09:15+01:00",
            ["Mon 10:00", "Tue 09:00", "Tue 09:30", "Tue 10:00", "Wed 09:00"],
            id="none-too-soon-none-too-late",
        ),
        pytest.param("2026-11-28T08:00+01:00", [], id="weekend"),
    ],
)
def test_slots_lie_within_the_hours(now: str, expected: list[str]) -> None:
    assert clock(slots(OFFICE, RULES, at(now))) == expected


def test_slots_that_are_full_are_not_free() -> None:
    rules = CallbackRules(route="phone", minutes=30, at_once=2, days=1)
    ten = at("2026-11-23T10:00+01:00").timestamp()
    taken = {ten: 2, ten - 1800: 1}
    free = free_slots(OFFICE, rules, at("2026-11-23T08:00+01:00"), taken)
    assert clock(free) == ["Mon 09:00", "Mon 09:30"]


@given(
    zone=st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Asia/Dubai"]),
    opens=st.times(), closes=st.times(), minutes=st.integers(5, 240),
    now=st.datetimes(
        min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 31),
        timezones=st.just(timezone.utc),
    ),
)  # fmt: skip
def test_every_slot_is_open_from_its_start_to_its_end(
    zone: str, opens: time, closes: time, minutes: int, now: datetime
) -> None:
    hours = Hours(
        zone=ZoneInfo(zone),
        weekly=dict.fromkeys(range(7), ((opens.replace(second=0, microsecond=0),
                                         closes.replace(second=0, microsecond=0)),)),
    )  # fmt: skip
    rules = CallbackRules(route="phone", minutes=minutes, days=3)
    found = list(slots(hours, rules, now))
    for start in found:
        assert now + timedelta(minutes=15) <= start <= now + timedelta(days=3)
        assert hours.is_open(start)
        assert hours.is_open(start + rules.length - timedelta(seconds=1))
    assert found == sorted(found)
