"""When customers can be called back: slots of one length within the hours of a service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from persona_router.core.hours import Hours


@dataclass(frozen=True, kw_only=True)
class CallbackRules:
    """How callbacks are booked: at whose hours, how long a slot is, and how many fit into one.

    `route` is the route whose services call; `minutes` the length of a slot, `at_once` the calls
    that a service can make in one. The first slot begins at least `notice_minutes` from now, the
    last within `days`; `offered` are shown as buttons. Agents are reminded `remind_minutes` before
    a call is due.
    """

    route: str
    minutes: int = 15
    at_once: int = 1
    notice_minutes: int = 15
    days: int = 7
    offered: int = 4
    remind_minutes: int = 5

    @property
    def length(self) -> timedelta:
        """The length of a slot."""
        return timedelta(minutes=self.minutes)


def slots(hours: Hours, rules: CallbackRules, now: datetime) -> Iterator[datetime]:
    """Yield the starts of the bookable slots in UTC, the soonest first.

    Slots are counted from each opening, and end before it closes.
    """
    moment = now.astimezone(timezone.utc)
    first, last = moment + timedelta(minutes=rules.notice_minutes), moment + timedelta(rules.days)
    for opens, closes in hours.spans(moment, days=rules.days + 1):
        start, end = opens.astimezone(timezone.utc), closes.astimezone(timezone.utc)
        while start + rules.length <= end:
            if first <= start <= last:
                yield start
            start += rules.length


def free_slots(
    hours: Hours, rules: CallbackRules, now: datetime, taken: Mapping[float, int]
) -> tuple[datetime, ...]:
    """Return the starts of the slots that are not full, in UTC, the soonest first.

    `taken` is how many calls are booked by the start of their slot in Unix seconds.
    """
    found = slots(hours, rules, now)
    return tuple(start for start in found if taken.get(start.timestamp(), 0) < rules.at_once)
