"""What customers write while another desk has their conversation, on its way to the outbox."""

import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from persona_router.handoff.outbox import Outbox, open_outbox
from persona_router.handoff.queue import Line, QueueUnavailable
from persona_router.state import state_file

MOST_WAITING = 10_000
GUARD = "\u2060"
"""An invisible mark with which the website's channel keeps a slash from being a command."""

log = logging.getLogger(__name__)


class MessageRelay:
    """Takes the events of all conversations as Rasa publishes them, and keeps those that matter.

    A message that the outbox cannot take waits and is tried again with the next one; a
    conversation never fails for another desk's sake.
    """

    def __init__(self) -> None:
        self._outbox: Outbox | None = None
        self._waiting: deque[tuple[str, Line]] = deque(maxlen=MOST_WAITING)

    def take(self, event: Mapping[str, Any]) -> None:
        """Put the customer's message into the outbox, if another desk has the conversation."""
        text, conversation = event.get("text"), event.get("sender_id")
        if event.get("event") != "user" or not text or not isinstance(conversation, str):
            return
        if self._outbox is None and not state_file("outbox.sqlite").exists():
            return
        line = Line(
            sender="customer",
            text=str(text).removeprefix(GUARD),
            at=float(event.get("timestamp") or 0.0),
            id=event.get("message_id"),
        )
        self._waiting.append((conversation, line))
        try:
            self._outbox = self._outbox or open_outbox()
            while self._waiting:
                self._outbox.add_message(*self._waiting[0])
                self._waiting.popleft()
        except QueueUnavailable:
            log.exception("%d messages wait for the outbox", len(self._waiting))
