"""Closed handoffs, and whatever else is old, are deleted once the policy's days are over."""

import logging

from persona_router.desk.care import CareStore
from persona_router.handoff.contact import Contact
from persona_router.handoff.queue import HandoffQueue
from persona_router.privacy.sweep import Sweep

EVERY_SECONDS = 3600.0
_DAY_SECONDS = 24 * 3600.0

log = logging.getLogger(__name__)


class Retention:
    """Deletes handoffs that were closed more than `days` ago, with all that belongs to them.

    A deletion that is cut off is completed by the next look: the handoff itself goes last.
    `sweep` deletes the rest.
    """

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        care: CareStore,
        contact: Contact,
        days: int,
        sweep: Sweep | None = None,
    ) -> None:
        self._past = queue.past
        self._care = care
        self._contact = contact
        self._days = days
        self._sweep = sweep
        self._looked: float | None = None

    def step(self, now: float) -> None:
        """Delete what is due, handoffs at most once an hour; `now` is in Unix seconds.

        May raise QueueUnavailable.
        """
        if self._looked is None or not 0 <= now - self._looked < EVERY_SECONDS:
            deleted = self.delete(now)
            self._looked = now
            if deleted:
                log.info("%d closed handoffs deleted", deleted)
        if self._sweep is not None:
            self._sweep.step(now)

    def due(self, now: float) -> int:
        """Return how many handoffs were closed too long ago; may raise QueueUnavailable."""
        return len(self._past.closed_before(now - self._days * _DAY_SECONDS))

    def delete(self, now: float) -> int:
        """Return how many of them are deleted; may raise QueueUnavailable."""
        due = self._past.closed_before(now - self._days * _DAY_SECONDS)
        for id in due:
            self._care.purge(id)
            self._contact.forget(id)
            self._past.forget(id)
        return len(due)
