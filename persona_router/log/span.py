"""The days that figures are about, as text that stands in an address or a command."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from persona_router.log.filters import FilterFault, read_filter

USUAL_DAYS = 28
MOST_DAYS = 366
DAY_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Span:
    """Whole days in UTC, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    @property
    def since(self) -> float:
        """The first moment, in Unix seconds."""
        day = self.first
        return datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()

    @property
    def until(self) -> float:
        """The first moment afterwards, in Unix seconds."""
        return self.since + self.days * DAY_SECONDS

    def each(self) -> Iterator[date]:
        """Yield the days in order."""
        yield from (self.first + timedelta(days=n) for n in range(self.days))


def read_span(first: str, last: str, *, now: float) -> Span:
    """Return the days from `first` to `last`; without them the four weeks up to today.

    Raises FilterFault for what is no day, and for more than a year.
    """
    given = read_filter([("since", first), ("until", last)])
    today = datetime.fromtimestamp(now, timezone.utc).date()
    until = given.until or max(today, given.since or today)
    since = given.since or until - timedelta(days=USUAL_DAYS - 1)
    span = Span(since, until)
    if span.days > MOST_DAYS:
        remedy = f"Choose up to {MOST_DAYS} days."
        raise FilterFault("span", "since", since.isoformat(), remedy)
    return span


def read_spans(first: str, last: str, before: str, *, now: float) -> tuple[Span, Span]:
    """Return the days as `read_span` does, and as many before them or those from `before` on.

    Raises FilterFault as `read_span` does; its name is "before" where that day is at fault.
    """
    span = read_span(first, last, now=now)
    eve = span.first - timedelta(days=1)
    if not before:
        return span, Span(span.first - timedelta(days=span.days), eve)
    try:
        return span, read_span(before, eve.isoformat(), now=now)
    except FilterFault as fault:
        remedy = f"Choose a day before {span.first}, and up to a year."
        raise FilterFault(fault.key, "before", before, remedy) from fault
