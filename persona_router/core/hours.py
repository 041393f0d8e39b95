"""Opening hours of a route: weekly times in a time zone, with closed days."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

Span = tuple[time, time]
"""Opening and closing time of one stretch; closing at 00:00 means the end of the day."""


@dataclass(frozen=True)
class Hours:
    """Weekly opening times (0 = Monday) in `zone`, and the dates on which nobody is there."""

    zone: tzinfo
    weekly: Mapping[int, tuple[Span, ...]]
    closed_on: Container[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Return whether somebody is there at the aware time `at`."""
        local = at.astimezone(self.zone)
        return any(start <= local < end for start, end in self._spans(local.date()))

    def next_opening(self, at: datetime, *, within_days: int = 14) -> datetime | None:
        """Return the next time after `at` at which it opens, in `zone`; None if not within days."""
        local = at.astimezone(self.zone)
        for ahead in range(within_days + 1):
            for start, _ in self._spans(local.date() + timedelta(days=ahead)):
                if start > local:
                    return start
        return None

    def spans(self, at: datetime, *, days: int) -> list[tuple[datetime, datetime]]:
        """Return the stretches of the `days` from the day of `at` on that are not over yet."""
        today = at.astimezone(self.zone)
        found = []
        for ahead in range(days):
            found += self._spans(today.date() + timedelta(days=ahead))
        return [(start, end) for start, end in found if end > today]

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.closed_on:
            return []
        spans = []
        for start, end in sorted(self.weekly.get(day.weekday(), ())):
            last = day + timedelta(days=1) if end == time.min else day
            spans.append(
                (
                    datetime.combine(day, start, self.zone),
                    datetime.combine(last, end, self.zone),
                )
            )
        return spans
