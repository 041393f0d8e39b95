"""Reads the desk as it is at one moment, and notes who is heard of."""

import time
from collections.abc import Callable

from persona_router.core.desk_rules import DeskRules
from persona_router.core.policy import Service
from persona_router.desk.account_store import AccountStore
from persona_router.desk.accounts import Account
from persona_router.desk.assignment import Floor
from persona_router.desk.care import CareStore
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.queue import Handoff, HandoffQueue

HEARD_EVERY = 15.0
"""Seconds between two notes that somebody's browser is heard of."""


class FloorReader:
    """Reads queue, care and people together; `clock` gives Unix seconds.

    `service` tells who serves a handoff by the routing policy, `bookings` which calls are booked;
    agents are reminded of them `remind_before` seconds ahead. Every method may raise
    QueueUnavailable.
    """

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        accounts: AccountStore,
        care: CareStore,
        rules: DeskRules,
        bookings: Bookings,
        remind_before: float = 0.0,
        service: Callable[[Handoff], Service | None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._accounts = accounts
        self._care = care
        self.rules = rules
        self._service = service
        self._bookings = bookings
        self._remind_before = remind_before
        self._clock = clock

    def read(self) -> Floor:
        """Return the desk as it is now."""
        waiting = self._queue.waiting()
        served = {handoff.id: self._service(handoff) for handoff in waiting}
        return Floor(
            rules=self.rules,
            waiting=waiting,
            claimed=self._queue.claimed(),
            care=self._care.all(),
            people=self._accounts.all(),
            now=self._clock(),
            calls=self._bookings.all(),
            remind_before=self._remind_before,
            teams={id: service.team for id, service in served.items() if service and service.team},
        )

    def reminders(self) -> tuple[float, ...]:
        """Return when agents are to be reminded of each open callback, in Unix seconds."""
        floor = self.read()
        return tuple(
            floor.reminds_at(one)
            for one in (*floor.waiting, *floor.claimed)
            if one.request.kind == "callback"
        )

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self._clock()

    def hear(self, account: Account) -> None:
        """Note that the person's browser was heard of, unless that was noted a moment ago."""
        now = self._clock()
        if account.seen_at is None or not 0 <= now - account.seen_at < HEARD_EVERY:
            self._accounts.present(account.login, now=now)
