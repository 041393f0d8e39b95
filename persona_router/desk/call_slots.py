"""The free slots into which agents can move a callback."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from persona_router.core.callbacks import CallbackRules, free_slots
from persona_router.core.policy import Policy, Service
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.queue import Handoff

MOST = 40


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A slot that is free; `at` is its start in Unix seconds."""

    at: int


class CallSlots:
    """Slots by the routing policy and what is booked; `clock` gives Unix seconds."""

    def __init__(
        self, *, policy: Policy, bookings: Bookings, clock: Callable[[], float] = time.time
    ) -> None:
        self._policy = policy
        self._bookings = bookings
        self._clock = clock

    @property
    def rules(self) -> CallbackRules | None:
        """How callbacks are booked, if they are."""
        return self._policy.callbacks

    def service(self, handoff: Handoff) -> Service | None:
        """Return who serves a handoff by the policy: for a callback, those who call."""
        name: str = handoff.request.kind
        if name == "callback":
            name = self.rules.route if self.rules else ""
        route, request = self._policy.routes.get(name), handoff.request
        if route is None:
            return None
        found = route.service_for(request.locale, request.intent)
        return found or route.service_for(request.language, request.intent)

    def slots(self, handoff: Handoff) -> tuple[Slot, ...]:
        """Return the slots into which a booked call can be moved, the soonest first.

        None for what is not booked, or has nobody who calls. May raise QueueUnavailable.
        """
        rules, service = self.rules, self.service(handoff)
        booking = self._bookings.get(handoff.id)
        if rules is None or service is None or service.hours is None or booking is None:
            return ()
        now = datetime.fromtimestamp(self._clock(), tz=timezone.utc)
        taken = self._bookings.taken(booking.line, by_others_than=handoff.request.conversation)
        free = free_slots(service.hours, rules, now, taken)
        return tuple(
            Slot(at=int(start.timestamp())) for start in free if start.timestamp() != booking.start
        )[:MOST]
