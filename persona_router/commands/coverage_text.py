"""What the coverage grid says, in sentences: who finds no route, when, and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from babel import Locale, UnknownLocaleError

from persona_router.core.coverage import Coverage, Gap, Lack

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMED = 3
"""Up to so many intents are named; more are counted."""
_DATED = 4
"""Up to so many dates are written out; of more, the first of them."""
_WEEK = 7 * 24


def sentence(gap: Gap, coverage: Coverage) -> str:
    """Return a gap as one line: persona, language, when, what is there, and what is not."""
    hours = coverage.hours[gap.language]
    told = when(gap.hours, hours)
    return (
        f"{gap.persona} · {language_name(gap.language)} · {told} ({zone_name(hours)}): "
        f"{'; '.join(_reasons(gap))} ({_intents(gap)}, {gap.cells:,} cells)"
    )


def language_name(tag: str) -> str:
    """Return the English name of a language; the tag itself for an unknown one."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def route_name(route: str) -> str:
    """Return a route's id as words."""
    return route.replace("_", " ")


def zone_name(hours: Sequence[datetime]) -> str:
    """Return the name of the zone that the hours are in."""
    return str(hours[0].tzinfo) if hours else "UTC"


def _reasons(gap: Gap) -> Iterator[str]:
    count = len(gap.intents)
    names = [
        route_name(route) + ("" if served == count else f" ({served} of {count})")
        for route, served in gap.fails.items()
    ]
    if names:
        yield f"only {_join(names)}, at which the {gap.persona} fails"
    closed = [route_name(route) for route, lack in gap.lacks.items() if lack is Lack.CLOSED]
    if closed:
        yield f"closed: {', '.join(closed)}"
    language = language_name(gap.language)
    missing = [route_name(route) for route, lack in gap.lacks.items() if lack is Lack.LANGUAGE]
    if missing:
        yield f"not in {language}: {', '.join(missing)}"
    if Lack.ARTICLE in gap.lacks.values():
        yield f"no article in {language}"
    if not gap.fails and not gap.lacks:
        yield "nothing serves it"


def _intents(gap: Gap) -> str:
    count = len(gap.intents)
    return f"{count} intents" if count > _NAMED else ", ".join(gap.intents)


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def when(hours: Collection[datetime], period: Collection[datetime]) -> str:
    """Return the weekdays and times of `hours`, then the dates on which it is otherwise.

    `period` are all hours of the grid, by which a missing hour is told from one that is covered.
    """
    existing, found = _by_date(period), _by_date(hours)
    usual = {
        weekday: _usual([day for day in existing if day.weekday() == weekday], found, existing)
        for weekday in range(7)
    }
    also: dict[str, list[date]] = {}
    without: dict[str, list[date]] = {}
    for day, there in existing.items():
        expected, actual = usual[day.weekday()] & there, found.get(day, frozenset())
        for dates, differing in ((also, actual - expected), (without, expected - actual)):
            if differing:
                dates.setdefault(_spans(differing), []).append(day)
    weekly = ", ".join(_weekly({(d, hour) for d, told in usual.items() for hour in told}))
    parts = [weekly] if weekly else []
    parts += [f"{'also ' if parts else ''}{_dates(days)} {s}" for s, days in also.items()]
    parts += [f"not {_dates(days)} {spans}" for spans, days in without.items()]
    return "; ".join(parts)


def day_ranges(days: Collection[int]) -> str:
    """Return weekdays as ranges that may pass the weekend: "Sat–Wed", "Mon–Thu, Sat", "daily"."""
    if len(days) == 7:
        return "daily"
    ranges = []
    for first in sorted(days):
        if (first - 1) % 7 in days:
            continue
        last = next(first + n for n in range(7) if (first + n + 1) % 7 not in days) % 7
        ranges.append(DAYS[first] if first == last else f"{DAYS[first]}–{DAYS[last]}")
    return ", ".join(ranges)


def _by_date(hours: Collection[datetime]) -> dict[date, frozenset[int]]:
    found: dict[date, set[int]] = {}
    for hour in hours:
        found.setdefault(hour.date(), set()).add(hour.hour)
    return {day: frozenset(told) for day, told in found.items()}


def _usual(
    days: Sequence[date],
    found: Mapping[date, frozenset[int]],
    existing: Mapping[date, frozenset[int]],
) -> frozenset[int]:
    """Return the hours that most of the days agree on; of equals the fewest."""
    told = [found.get(day, frozenset()) for day in days]

    def agreeing(hours: frozenset[int]) -> int:
        return sum(hours & existing[day] == found.get(day, frozenset()) for day in days)

    return min(told, key=lambda hours: (-agreeing(hours), len(hours)), default=frozenset())


def _weekly(cells: Collection[tuple[int, int]]) -> Iterator[str]:
    """Yield the stretches of a week, those of one clock time together."""
    marked = {day * 24 + hour for day, hour in cells}
    if len(marked) == _WEEK:
        yield "at all hours"
        return
    daily: dict[str, list[int]] = {}
    long = []
    for first in sorted(marked):
        if (first - 1) % _WEEK in marked:
            continue
        length = next(n for n in range(1, _WEEK) if (first + n) % _WEEK not in marked)
        day, hour = divmod(first, 24)
        end_day, end_hour = divmod((first + length) % _WEEK, 24)
        if hour == end_hour == 0:
            days = [(day + n) % 7 for n in range(length // 24)]
            daily.setdefault("all day", []).extend(days)
        elif length <= 24:
            daily.setdefault(f"{hour:02}:00–{end_hour or 24:02}:00", []).append(day)
        else:
            long.append(f"{DAYS[day]} {hour:02}:00 – {DAYS[end_day]} {end_hour:02}:00")
    yield from (f"{day_ranges(days)} {spans}" for spans, days in daily.items())
    yield from long


def _spans(hours: Collection[int]) -> str:
    if len(hours) == 24:
        return "all day"
    starts = sorted(hour for hour in hours if hour - 1 not in hours)
    ends = sorted(hour + 1 for hour in hours if hour + 1 not in hours)
    return " and ".join(f"{a:02}:00–{b:02}:00" for a, b in zip(starts, ends, strict=True))


def _dates(days: Sequence[date]) -> str:
    shown = days if len(days) <= _DATED else days[: _DATED - 1]
    text = ", ".join(f"{DAYS[day.weekday()]} {day.isoformat()}" for day in shown)
    return text if shown is days else f"{text} and {len(days) - len(shown)} more dates"
