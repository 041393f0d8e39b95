"""Which routes are there in a language, hour by hour over some days."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from persona_router.core.hours import Hours
from persona_router.core.policy import KNOWLEDGE_BASE, Policy, Service

_HOUR = timedelta(hours=1)


class Presence:
    """The routes of a policy in one language; sets of hours are numbers, bit i for hour i.

    `hours` are the starts of the hours, in the zone of the language's services; `all` the set of
    them; `open` the hours of each route that it is staffed and open throughout, for intents that
    have no service of their own.
    """

    def __init__(
        self, policy: Policy, language: str, articles: Collection[str], *, start: date, days: int
    ) -> None:
        self._policy = policy
        self._articles = frozenset(articles)
        self._found: dict[int, int] = {}
        self.language = language
        self.hours = tuple(_hours(start, days, zone_of(policy, language)))
        self.all = (1 << len(self.hours)) - 1
        self.staffed = frozenset(route for route in policy.routes if self.service(route, None))
        self.open: Mapping[str, int] = {
            route: self.open_for(route, None) for route in policy.routes
        }

    def of(self, route: str, intent: str) -> int:
        """Return the hours in which a route is there for an intent."""
        return self.open_for(route, intent) if self.can_serve(route, intent) else 0

    def service(self, route: str, intent: str | None) -> Service | None:
        """Return who serves an intent at a route, in this language."""
        return self._policy.routes[route].service_for(self.language, intent)

    def is_special(self, route: str) -> bool:
        """Return whether some services of a route are for intents of their own."""
        return any(service.intents for service in self._policy.routes[route].services)

    def open_for(self, route: str, intent: str | None) -> int:
        """Return the hours in which whoever serves an intent at a route is there."""
        service = self.service(route, intent)
        hours = service.hours if service else None
        if service is None or hours is None:
            return self.all if service else 0
        if id(hours) not in self._found:
            self._found[id(hours)] = self._open(hours)
        return self._found[id(hours)]

    def can_serve(self, route: str, intent: str) -> bool:
        """Return whether a route serves an intent in this language, at whatever hour."""
        served = self._policy.intents[intent]
        if route not in served.served_by:
            return False
        if route == KNOWLEDGE_BASE and intent not in self._articles:
            return False
        return self._policy.routes[route].action is not None or served.self_service is not None

    def _open(self, hours: Hours) -> int:
        edges = hours.edges() | {0}
        starts = [hour.astimezone(timezone.utc) for hour in self.hours]
        ends = [*starts[1:], *(start + _HOUR for start in starts[-1:])]
        return sum(
            1 << bit
            for bit, (start, end) in enumerate(zip(starts, ends, strict=True))
            if _open_throughout(hours, start, end, edges)
        )


def zone_of(policy: Policy, language: str) -> tzinfo:
    """Return the zone in which a language's hours are told: UTC if none of its services has hours.

    Services may lie in several zones. That of the service for the fewest languages is taken, the
    first of equals: whoever serves one language only is where its customers are.
    """
    found = [
        (len(service.locales), service.hours.zone)
        for service in (route.service_for(language) for route in policy.routes.values())
        if service is not None and service.hours is not None
    ]
    return min(found, key=lambda entry: entry[0])[1] if found else timezone.utc


def _hours(start: date, days: int, zone: tzinfo) -> Iterator[datetime]:
    """Yield the start of every hour, in `zone`; a day has 23 or 25 when the clocks change."""
    for ahead in range(days):
        moment, end = (
            datetime.combine(start + timedelta(days=day), time.min, zone).astimezone(timezone.utc)
            for day in (ahead, ahead + 1)
        )
        while moment < end:
            yield moment.astimezone(zone)
            moment += _HOUR


def _open_throughout(hours: Hours, start: datetime, end: datetime, edges: frozenset[int]) -> bool:
    """Return whether it is open from `start` to `end`, looked at wherever that may change."""
    minute = start.astimezone(hours.zone).minute
    moments = {start, *(start + timedelta(minutes=(edge - minute) % 60) for edge in edges)}
    return all(hours.is_open(moment) for moment in moments if moment < end)
