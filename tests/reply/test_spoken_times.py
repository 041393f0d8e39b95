"""Times in customers' words, on a Monday at five past ten in Berlin."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.content.lexicons import read_lexicons
from persona_router.core.callbacks import CallbackRules, free_slots
from persona_router.core.hours import Hours
from persona_router.reply.spoken_times import SpokenTime, read_spoken_time

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 10, 5, tzinfo=BERLIN)
RULES = CallbackRules(route="phone")
HOURS = Hours(zone=BERLIN, weekly=dict.fromkeys(range(6), ((time(8), time(20)),)))
FREE = free_slots(HOURS, RULES, NOW, {})
LEXICONS = read_lexicons(["en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar"])


def heard(language: str, text: str) -> tuple[SpokenTime, tuple[datetime, ...]]:
    spoken = read_spoken_time(text, LEXICONS[language], language, today=NOW.date())
    return spoken, spoken.matches(FREE, BERLIN, now=NOW, length=RULES.length)


@pytest.mark.parametrize(
    ("language", "text", "slot"),
    [
        ("en", "tomorrow at 3", "Tue 15:00"),
        ("en", "as soon as possible", "Mon 10:30"),
        ("en", "9am tomorrow please", "Tue 09:00"),
        ("en", "Friday at 10:20", "Fri 10:15"),
        ("en", "on 25 November at 4 pm", "Wed 16:00"),
        ("en", "11/25 at 4pm", "Wed 16:00"),
        ("de", "morgen um 15 Uhr", "Tue 15:00"),
        ("de", "morgen früh um 8", "Tue 08:00"),
        ("de", "ÜBERMORGEN UM 9", "Wed 09:00"),
        ("de", "24.11. um 15.30 Uhr", "Tue 15:30"),
        ("fr", "demain à 15h30", "Tue 15:30"),
        ("fr", "après-demain à 9 heures", "Wed 09:00"),
        ("es", "mañana por la mañana a las 10", "Tue 10:00"),
        ("es", "el miércoles a las 4 de la tarde", "Wed 16:00"),
        ("pt", "quarta-feira às 14:30", "Wed 14:30"),
        ("it", "dopodomani alle 9", "Wed 09:00"),
        ("nl", "woensdag om 14.30 uur", "Wed 14:30"),
        ("pl", "w środę o 14:30", "Wed 14:30"),
        ("pl", "jak najszybciej", "Mon 10:30"),
        ("tr", "yarın saat 15'te", "Tue 15:00"),
        ("ar", "غدًا الساعة ٣", "Tue 15:00"),
        ("ar", "غدا الساعة 3 مساء", "Tue 15:00"),
        ("ar", "في أقرب وقت", "Mon 10:30"),
    ],
)
def test_words_that_mean_one_slot_are_taken(language: str, text: str, slot: str) -> None:
    spoken, matches = heard(language, text)
    assert spoken.is_certain(matches)
    assert f"{matches[0].astimezone(BERLIN):%a %H:%M}" == slot


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("en", "half past three", "Mon 10:30"),
        ("en", "call me after six please", "Mon 10:30"),
        ("en", "tomorrow", "Tue 08:00"),
        ("en", "tomorrow between 3 and 5", "Tue 08:00"),
        ("en", "not tomorrow at 3", "Tue 15:00"),
        ("en", "as soon as possible but not today", "Mon 10:30"),
        ("de", "halb vier", "Mon 10:30"),
        ("de", "morgen nachmittag", "Tue 12:00"),
        ("nl", "half vier", "Mon 10:30"),
        ("ar", "بعد العصر", "Mon 12:00"),
        ("tr", "cumartesi", "Sat 08:00"),
    ],
)
def test_words_that_leave_something_open_are_asked_about(
    language: str, text: str, first: str
) -> None:
    spoken, matches = heard(language, text)
    assert not spoken.is_certain(matches)
    assert f"{matches[0].astimezone(BERLIN):%a %H:%M}" == first


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Sunday at 3"), ("de", "heute um 21 Uhr"), ("es", "el 3 de mayo a las 10")],
)
def test_times_at_which_nobody_is_there_match_nothing(language: str, text: str) -> None:
    spoken, matches = heard(language, text)
    assert matches == ()
    assert spoken.whole
    assert spoken.clocks


def test_hour_that_may_be_of_the_morning_or_the_evening_is_asked_about() -> None:
    always = Hours(zone=BERLIN, weekly=dict.fromkeys(range(7), ((time(0), time(0)),)))
    spoken = read_spoken_time("tomorrow at 3", LEXICONS["en"], "en", today=NOW.date())
    free = free_slots(always, RULES, NOW, {})
    matches = spoken.matches(free, BERLIN, now=NOW, length=RULES.length)
    assert len(matches) == 2
    assert not spoken.is_certain(matches)


def test_day_is_that_of_the_customer() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    today = NOW.astimezone(auckland).date()
    spoken = read_spoken_time("heute um 23 Uhr", LEXICONS["de"], "de", today=today)
    (match,) = spoken.matches(FREE, auckland, now=NOW, length=RULES.length)
    assert match.isoformat() == "2026-11-23T10:00:00+00:00"


@given(text=st.text(max_size=60), language=st.sampled_from(sorted(LEXICONS)))
def test_any_text_is_read_without_a_fault(text: str, language: str) -> None:
    spoken, matches = heard(language, text)
    if spoken.is_certain(matches):
        assert matches[0] in FREE
