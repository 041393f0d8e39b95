"""RoutingLogBroker: passes on decisions and messages as soon as their turn is saved."""

import logging
import sqlite3
from collections import deque
from typing import Any, Dict, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from persona_router.handoff.message_relay import MessageRelay
from persona_router.log.store import RoutingLog, decision_row
from persona_router.state import state_file

log = logging.getLogger(__name__)
_MOST_WAITING = 10_000


class RoutingLogBroker(EventBroker):
    """An event broker for the routing log and the desk that has a conversation, without a server.

    A row that cannot be written waits and is tried again with the next event; a conversation
    never fails for the log's sake.
    """

    def __init__(self, routing_log: RoutingLog) -> None:
        self._log = routing_log
        self._waiting: deque[Dict[str, Any]] = deque(maxlen=_MOST_WAITING)
        self._messages = MessageRelay()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: Optional[EndpointConfig], event_loop: Any = None
    ) -> "RoutingLogBroker":
        """Return the broker with the log of the state folder."""
        return cls(RoutingLog(state_file("routing_log.sqlite")))

    def publish(self, event: Dict[str, Any]) -> None:
        """Write the event's decision, if it carries one, after those that still wait.

        A customer's message goes to the desk that has the conversation, if one has.
        """
        self._messages.take(event)
        row = decision_row(event)
        if row is not None:
            self._waiting.append(row)
        try:
            while self._waiting:
                self._log.add(self._waiting[0])
                self._waiting.popleft()
        except sqlite3.Error:
            log.exception("%d decisions wait for the routing log", len(self._waiting))
