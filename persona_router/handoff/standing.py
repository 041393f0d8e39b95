"""Where a customer stands on the way to a person, as their page shows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from persona_router.core.expected_wait import LOOK_BACK, expected_minutes
from persona_router.handoff.contact import Contact
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.queue import Handoff, HandoffQueue

RATE_WITHIN = 24 * 3600.0
"""Seconds after the end in which the customer is asked for a rating."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`status` is None when the assistant has the conversation and nothing is to be asked.

    `position` counts from 1; `minutes` is the expected wait, None when it is not known; `name` is
    who answers and `typing` whether they write; `handoff` is what a rating is asked for once it is
    `ended`.
    """

    status: Literal["waiting", "connected", "ended"] | None = None
    position: int | None = None
    minutes: int | None = None
    name: str | None = None
    typing: bool = False
    handoff: str | None = None


class Standings:
    """Reads where customers stand; `outbox` gives the way to another desk, if there is one.

    `clock` gives Unix seconds. May raise QueueUnavailable.
    """

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        contact: Contact,
        outbox: Callable[[], Outbox | None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._contact = contact
        self._outbox = outbox
        self._clock = clock

    def of(self, conversation: str) -> Standing:
        """Return where the conversation's customer stands now."""
        open_ones = self._queue.open_for(conversation)
        here = next((one for one in open_ones if one.request.kind == "agent"), None)
        if here is not None:
            return self._at_desk(here)
        outbox = self._outbox()
        relay = outbox.open_for(conversation) if outbox else None
        if relay is not None:
            status: Literal["waiting", "connected"] = "connected" if relay.agent else "waiting"
            return Standing(status=status, name=relay.agent or None)
        return self._ended(conversation)

    def with_people(self) -> frozenset[str]:
        """Return the conversations that wait for a person or have one; all else is the bot's."""
        outbox = self._outbox()
        return frozenset(
            [
                *(one.request.conversation for one in self._queue.waiting()),
                *(one.request.conversation for one in self._queue.claimed()),
                *(outbox.open_conversations() if outbox else ()),
            ]
        )

    def rateable(self, conversation: str, handoff: str) -> Handoff | None:
        """Return the conversation's handoff if its customer can rate it now, else None."""
        if self._ended(conversation).handoff != handoff:
            return None
        return self._queue.past.last_helped(conversation)

    def _at_desk(self, handoff: Handoff) -> Standing:
        if handoff.status == "claimed":
            return Standing(
                status="connected",
                name=self._contact.name(handoff.id),
                typing=self._contact.is_typing(handoff.request.conversation, "agent"),
            )
        now = self._clock()
        waits = self._queue.past.waits("agent", now - LOOK_BACK)
        return Standing(
            status="waiting",
            position=self._queue.position(handoff.id),
            minutes=expected_minutes(waits, now - handoff.request.requested_at),
        )

    def _ended(self, conversation: str) -> Standing:
        last = self._queue.past.last_helped(conversation)
        recent = last is not None and self._clock() - (last.closed_at or 0.0) < RATE_WITHIN
        if last is None or not recent or self._contact.rating(last.id) is not None:
            return Standing()
        return Standing(status="ended", name=self._contact.name(last.id), handoff=last.id)
