"""Times as customers write them, "tomorrow at 3", found among the times that are to be had."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from persona_router.core.lexicon import Lexicon
from persona_router.core.text import fold
from persona_router.reply.formats import babel_locale

_DATE = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})(?:\2(?:\d{4}|\d{2})?)?(?![\d:])")
_ISO_DATE = re.compile(r"(?<!\d)\d{4}-(\d{1,2})-(\d{1,2})(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?:\s*[:.h]\s*([0-5]\d))?(?:\s*h(?!\w))?(?!\d)(?:'\w+)?")
_GLUED = re.compile(r"(?<=\d)(?!h)(?=[^\W\d_])")
_LETTER = re.compile(r"[^\W_]")
_PARTS = {"forenoon": (time(0), time(12)), "afternoon": (time(12), time.max),
          "evening": (time(17), time.max)}  # fmt: skip
_DAYS_AHEAD = (("day_after_tomorrow", 2), ("tomorrow", 1), ("today", 0))
_SOON = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class SpokenTime:
    """What a customer's words say of a time, and what they leave open.

    `days` are the dates that may be meant, `clocks` the times of day; None where nothing is said.
    `within` is the part of the day. `whole` tells that every word was understood.
    """

    soonest: bool = False
    days: frozenset[date] | None = None
    clocks: frozenset[time] | None = None
    within: tuple[time, time] | None = None
    whole: bool = True

    def matches(
        self, starts: Iterable[datetime], zone: tzinfo, *, now: datetime, length: timedelta
    ) -> tuple[datetime, ...]:
        """Return those of the slots' `starts` that the words may mean, in their order."""
        return tuple(
            start for start in starts if self._may_mean(start.astimezone(zone), now, length)
        )

    def is_certain(self, matches: Sequence[datetime]) -> bool:
        """Return whether the words mean the first of their `matches` and no other."""
        if not self.whole or not matches:
            return False
        return self.soonest or (self.clocks is not None and len(matches) == 1)

    def _may_mean(self, start: datetime, now: datetime, length: timedelta) -> bool:
        if self.days is not None and start.date() not in self.days:
            return False
        if self.clocks is not None:
            if self.days is None and start - now > _SOON:
                return False
            begins, ends = _minute(start.time()), _minute(start.time()) + length.seconds // 60
            if not any(begins <= _minute(clock) < ends for clock in self.clocks):
                return False
        return self.within is None or self.within[0] <= start.time() <= self.within[1]


def read_spoken_time(text: str, lexicon: Lexicon, locale: str, *, today: date) -> SpokenTime:
    """Return what `text` says of a time; `today` is the date where the customer is.

    Never raises. Words that are in no list of the language leave it uncertain.
    """
    rest = _GLUED.sub(" ", _ascii_digits(fold(text)))
    rest, soonest = _without("soonest", rest, lexicon)
    days: set[date] = set()
    rest, part = _parts(rest, lexicon)
    for category, ahead in _DAYS_AHEAD:
        rest, said = _without(category, rest, lexicon)
        if said:
            days.add(today + timedelta(days=ahead))
    rest, named = _named_days(rest, locale, today)
    rest, clocks = _clocks(rest, part)
    rest, _ = _without("time_words", rest, lexicon)
    days |= named
    return SpokenTime(
        soonest=soonest and not (days or clocks or part),
        days=frozenset(days) or None,
        clocks=frozenset(clocks) or None,
        within=None if clocks else part,
        whole=not _LETTER.search(rest),
    )


def _without(category: str, text: str, lexicon: Lexicon) -> tuple[str, bool]:
    pattern = lexicon.patterns.get(category)
    return (text, False) if pattern is None else _cut(pattern, text)


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    rest, count = pattern.subn(" ", text)
    return rest, count > 0


def _parts(text: str, lexicon: Lexicon) -> tuple[str, tuple[time, time] | None]:
    part = None
    for category, span in _PARTS.items():
        text, said = _without(category, text, lexicon)
        part = span if said else part
    return text, part


def _named_days(text: str, locale: str, today: date) -> tuple[str, set[date]]:
    """Return the text without weekdays and dates, and the dates of the coming weeks they name."""
    shown = babel_locale(locale)
    days: set[date] = set()
    for form in ("format", "stand-alone"):
        for weekday, name in shown.days[form]["wide"].items():
            # The last letter changes with the case in some languages.
            stem = re.escape(fold(name).partition("-")[0][:-1])
            text, said = _cut(re.compile(rf"(?<!\w){stem}\w{{1,2}}(?:-\w+)?(?!\w)"), text)
            if said:
                ahead = (weekday - today.weekday()) % 7
                days |= {today + timedelta(days=ahead), today + timedelta(days=ahead + 7)}
        for month, name in shown.months[form]["wide"].items():
            word = re.escape(fold(name))
            pattern = re.compile(
                rf"(?<!\d)(\d{{1,2}})[.°ºo]?\s*(?:de\s+)?{word}(?!\w)|(?<!\w){word}\s+(\d{{1,2}})(?!\d)"
            )
            for found in pattern.finditer(text):
                days |= _dates(today, month, int(found[1] or found[2]))
            text, _ = _cut(pattern, text)
    for found in _ISO_DATE.finditer(text):
        days |= _dates(today, int(found[1]), int(found[2]))
    text, _ = _cut(_ISO_DATE, text)
    for found in _DATE.finditer(text):
        first, second = int(found[1]), int(found[3])
        # What cannot be a date, as 14.15 and 9.00, is a time of day.
        if meant := _dates(today, second, first) | _dates(today, first, second):
            days |= meant
            text = text.replace(found[0], " ")
    return text, days


def _dates(today: date, month: int, day: int) -> set[date]:
    """Return the date of this month and day that comes next, none if there is no such day."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return {found}
    return set()


def _clocks(text: str, part: tuple[time, time] | None) -> tuple[str, set[time]]:
    """Return the text without its time of day, and the times that may be meant."""
    found = list(_CLOCK.finditer(text))
    if len(found) != 1:  # none, or a span of time
        return text, set()
    hour, minute = int(found[0][1]), int(found[0][2] or 0)
    hours = {hour, hour + 12} if 1 <= hour <= 11 else {hour % 24 if hour == 24 else hour}
    if part and part[0] >= time(12):
        hours = {hour + 12} if hour < 12 else {hour}
    elif part:
        hours = {0 if hour == 12 else hour}
    times = {time(one, minute) for one in hours if one < 24}
    return text[: found[0].start()] + " " + text[found[0].end() :], times


def _minute(at: time) -> int:
    return 60 * at.hour + at.minute


def _ascii_digits(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text
    )
