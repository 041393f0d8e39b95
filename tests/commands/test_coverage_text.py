from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.commands.coverage_text import day_ranges, language_name, sentence, when
from persona_router.core.coverage import Coverage, Gap, Lack

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)


def period(days: int = 14, start: date = MONDAY, zone: tzinfo = BERLIN) -> list[datetime]:
    first, end = (
        datetime.combine(day, time.min, zone).astimezone(timezone.utc)
        for day in (start, start + timedelta(days=days))
    )
    count = (end - first) // timedelta(hours=1)
    return [(first + timedelta(hours=hour)).astimezone(zone) for hour in range(count)]


def told(hours: list[datetime], *spans: tuple[str, int, int]) -> str:
    """What is said of the hours of the given days, such as ("mon tue", 9, 17)."""
    wanted = [(days.split(), start, end) for days, start, end in spans]
    found = [
        hour
        for hour in hours
        if any(
            {f"{hour:%a}".lower(), f"{hour:%m-%d}"} & set(days) and start <= hour.hour < end
            for days, start, end in wanted
        )
    ]
    return when(found, hours)


WEEK = "mon tue wed thu fri sat sun"
WORKDAYS = "mon tue wed thu fri"


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        pytest.param([(WEEK, 0, 24)], "at all hours", id="always"),
        pytest.param([(WEEK, 9, 17)], "daily 09:00–17:00", id="daily"),
        pytest.param([(WEEK, 0, 7), (WEEK, 22, 24)], "daily 22:00–07:00", id="nights"),
        pytest.param([(WORKDAYS, 9, 17)], "Mon–Fri 09:00–17:00", id="workdays"),
        pytest.param([("sun", 0, 24)], "Sun all day", id="day"),
        pytest.param([("sat sun", 0, 24)], "Sat–Sun all day", id="weekend"),
        pytest.param([("fri sat", 0, 24)], "Fri–Sat all day", id="weekend-of-the-gulf"),
        pytest.param([("sun mon", 0, 24)], "Sun–Mon all day", id="sunday-and-monday"),
        pytest.param([("tue", 20, 24)], "Tue 20:00–24:00", id="until-midnight"),
        pytest.param([("mon thu", 9, 10)], "Mon, Thu 09:00–10:00", id="single-days"),
        pytest.param([("sat sun mon", 9, 10)], "Sat–Mon 09:00–10:00", id="over-the-weekend"),
        pytest.param(
            [("sat", 13, 24), ("sun", 0, 24), ("mon", 0, 8)], "Sat 13:00 – Mon 08:00", id="long"
        ),
        pytest.param(
            [("mon", 9, 10), ("mon", 12, 13)], "Mon 09:00–10:00, Mon 12:00–13:00", id="twice"
        ),
        pytest.param(
            [(WEEK, 0, 7), ("12-01", 7, 20)],
            "daily 00:00–07:00; also Tue 2026-12-01 07:00–20:00",
            id="holiday",
        ),
        pytest.param(
            [("12-01 12-02", 9, 20)],
            "Tue 2026-12-01, Wed 2026-12-02 09:00–20:00",
            id="only-holidays",
        ),
        pytest.param(
            [("12-01", 0, 24)], "Tue 2026-12-01 all day", id="all-of-a-holiday"
        ),
        pytest.param(
            [("12-01", 9, 10), ("12-01", 12, 14)],
            "Tue 2026-12-01 09:00–10:00 and 12:00–14:00",
            id="parts-of-a-holiday",
        ),
    ],
)  # fmt: skip
def test_hours_are_told_as_weekdays_and_dates(spans: list[tuple[str, int, int]], text: str) -> None:
    assert told(period(), *spans) == text


def test_date_that_lacks_the_usual_hours_is_told() -> None:
    hours = period(days=21)
    found = [hour for hour in hours if hour.weekday() == 1 and hour.date() != date(2026, 12, 1)]
    assert when(found, hours) == "Tue all day; not Tue 2026-12-01 all day"


def test_many_dates_are_counted() -> None:
    hours = period(days=366)
    found = [hour for hour in hours if hour.date().day == 3 and hour.hour == 9]
    assert when(found, hours) == (
        "Thu 2026-12-03, Sun 2027-01-03, Wed 2027-02-03 and 9 more dates 09:00–10:00"
    )


@pytest.mark.parametrize("start", [date(2026, 3, 23), date(2026, 10, 19)])
def test_day_on_which_clocks_change_is_like_the_others(start: date) -> None:
    hours = period(start=start)
    assert when([h for h in hours if h.hour < 7 or h.hour >= 22], hours) == "daily 22:00–07:00"
    assert when(hours, hours) == "at all hours"


@given(
    days=st.integers(1, 20),
    start=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    marks=st.sets(st.integers(0, 20 * 24)),
)
def test_any_hours_are_told(days: int, start: date, marks: set[int]) -> None:
    hours = period(days, start)
    found = [hour for number, hour in enumerate(hours) if number in marks]
    text = when(found, hours)
    assert bool(text) is bool(found)
    assert text.startswith("at all hours") or len(found) < len(hours) or days < 7


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([0], "Mon"),
        ([0, 1, 2, 3], "Mon–Thu"),
        ([6, 0, 1, 2, 3], "Sun–Thu"),
        ([0, 2, 4], "Mon, Wed, Fri"),
        ([0, 2, 3, 4], "Mon, Wed–Fri"),
        (range(7), "daily"),
        ([], ""),
    ],
)
def test_weekdays_are_told_as_ranges(days: list[int], text: str) -> None:
    assert day_ranges(days) == text


@pytest.mark.parametrize(
    ("tag", "name"), [("pl", "Polish"), ("pt-BR", "Portuguese (Brazil)"), ("xx", "xx")]
)
def test_languages_have_english_names(tag: str, name: str) -> None:
    assert language_name(tag) == name


FIVE = ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("intents", "fails", "lacks", "text"),
    [
        pytest.param(
            FIVE,
            {"self_service": 3, "knowledge_base": 5},
            {"agent": Lack.CLOSED, "phone": Lack.CLOSED},
            "only self service (3 of 5) and knowledge base, at which the walker fails; "
            "closed: agent, phone (5 intents, 840 cells)",
            id="night",
        ),
        pytest.param(
            ("refund_policy", "complaint"),
            {},
            {"agent": Lack.CLOSED, "phone": Lack.LANGUAGE, "knowledge_base": Lack.ARTICLE},
            "closed: agent; not in Polish: phone; no article in Polish "
            "(refund_policy, complaint, 336 cells)",
            id="every-lack",
        ),
        pytest.param(
            ("complaint",), {}, {}, "nothing serves it (complaint, 168 cells)", id="nothing"
        ),
    ],
)
def test_gap_is_one_sentence(
    intents: tuple[str, ...], fails: dict[str, int], lacks: dict[str, Lack], text: str
) -> None:
    hours = tuple(period(7, zone=ZoneInfo("Europe/Warsaw")))
    gap = Gap(
        persona="walker", language="pl", intents=intents, hours=hours, fails=fails, lacks=lacks
    )
    coverage = Coverage(
        start=MONDAY,
        days=7,
        intents=5,
        personas=("walker",),
        hours={"pl": hours},
        covered={("walker", "pl"): (0,) * 168},
        gaps=(gap,),
    )
    assert sentence(gap, coverage) == f"walker · Polish · at all hours (Europe/Warsaw): {text}"
