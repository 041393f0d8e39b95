"""Opening hours of a route: weekly times in a time zone, closed days, and days of their own."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from types import MappingProxyType

Span = tuple[time, time]
"""Opening and closing time of one stretch.

One that closes no later than it opens ends on the next day, at 00:00 with the end of its own.
"""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Hours:
    """Weekly opening times (0 = Monday) in `zone`, and the dates that are unlike their weekday.

    `exceptions` are the stretches of single dates, none for a date on which nobody is there; they
    go before `closed_on`, and that before the week. A stretch over midnight belongs to the day on
    which it begins, whatever the next one is.
    """

    zone: tzinfo
    weekly: Mapping[int, tuple[Span, ...]]
    closed_on: Container[date] = frozenset()
    exceptions: Mapping[date, tuple[Span, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody is there at the aware time `at`."""
        moment, today = at.astimezone(timezone.utc), self._day(at)
        days = (today - _DAY, today) if self._passes_midnight(today - _DAY) else (today,)
        return any(start <= moment < end for day in days for start, end in self._begun(day, days=1))

    def next_opening(self, at: datetime, *, within_days: int = 14) -> datetime | None:
        """Return the next time after `at` at which it opens, in `zone`; None if not within days."""
        moment = at.astimezone(timezone.utc)
        for start, _ in self._begun(self._day(at), days=within_days + 1):
            if start > moment:
                return start.astimezone(self.zone)
        return None

    def spans(self, at: datetime, *, days: int) -> list[tuple[datetime, datetime]]:
        """Return the stretches of the `days` from the day of `at` on that are not over yet.

        Each begins and ends in `zone`; the first may have begun the day before. What overlaps or
        touches within a day is one stretch.
        """
        moment = at.astimezone(timezone.utc)
        return [
            (start.astimezone(self.zone), end.astimezone(self.zone))
            for start, end in self._begun(self._day(at) - _DAY, days=days + 1)
            if end > moment
        ]

    def edges(self) -> frozenset[int]:
        """Return the minutes of an hour at which it may open or close."""
        listed = (*self.weekly.values(), *self.exceptions.values())
        return frozenset(moment.minute for day in listed for span in day for moment in span)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _begun(self, first: date, *, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches that begin on the days from `first` on, in UTC, in order."""
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            joined: list[tuple[datetime, datetime]] = []
            for opens, closes in sorted(self._listed(day)):
                last = day if closes > opens else day + _DAY
                start, end = self._instant(day, opens), self._instant(last, closes)
                if joined and start <= joined[-1][1]:
                    joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
                elif start < end:
                    joined.append((start, end))
            yield from joined

    def _listed(self, day: date) -> tuple[Span, ...]:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.closed_on else self.weekly.get(day.weekday(), ())

    def _passes_midnight(self, day: date) -> bool:
        return any(time.min < closes <= opens for opens, closes in self._listed(day))

    def _instant(self, day: date, at: time) -> datetime:
        """Return a time of the clock in UTC: of two when it is set back, the first.

        One that is left out when the clock is set forward is the moment of that.
        """
        local = datetime.combine(day, at, self.zone)
        offset = local.utcoffset() or timedelta(0)
        if offset == local.replace(fold=1).utcoffset():
            return (local - offset).replace(tzinfo=timezone.utc)
        late = local.astimezone(timezone.utc)
        if late.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return late
        early = local.replace(fold=1).astimezone(timezone.utc)
        while late - early > _SECOND:
            middle = early + (late - early) / 2
            if middle.astimezone(self.zone).utcoffset() == offset:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)
