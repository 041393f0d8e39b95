"""Closed handoffs are deleted once the policy's days are over."""

import logging

from persona_router.desk.care import CareStore
from persona_router.handoff.contact import Contact
from persona_router.handoff.queue import HandoffQueue

EVERY_SECONDS = 3600.0
_DAY_SECONDS = 24 * 3600.0

log = logging.getLogger(__name__)


class Retention:
    """Deletes handoffs that were closed more than `days` ago, with all that belongs to them.

    A deletion that is cut off is completed by the next look: the handoff itself goes last.
    """

    def __init__(
        self, *, queue: HandoffQueue, care: CareStore, contact: Contact, days: int
    ) -> None:
        self._past = queue.past
        self._care = care
        self._contact = contact
        self._days = days
        self._looked: float | None = None

    def step(self, now: float) -> None:
        """Delete what is due, at most once an hour; `now` is in Unix seconds.

        May raise QueueUnavailable.
        """
        if self._looked is not None and 0 <= now - self._looked < EVERY_SECONDS:
            return
        due = self._past.closed_before(now - self._days * _DAY_SECONDS)
        for id in due:
            self._care.purge(id)
            self._contact.forget(id)
            self._past.forget(id)
        self._looked = now
        if due:
            log.info("%d closed handoffs deleted", len(due))
