"""RoutingLogBroker: passes on decisions and messages as soon as their turn is saved."""

import logging
import sqlite3
import threading
from collections import deque
from typing import Any, Callable, Dict, Iterable, Optional, Union

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from persona_router.handoff.message_relay import MessageRelay
from persona_router.log.events import EventReader, Outcome
from persona_router.log.store import RoutingLog
from persona_router.state import state_file

log = logging.getLogger(__name__)
_MOST_WAITING = 10_000
_LOOKED_BACK_SECONDS = 24 * 3600.0


class RoutingLogBroker(EventBroker):
    """An event broker for the routing log and the desk that has a conversation, without a server.

    A row that cannot be written waits and is tried again with the next event; a conversation
    never fails for the log's sake.
    """

    def __init__(self, routing_log: RoutingLog) -> None:
        self._log = routing_log
        self._reader = EventReader()
        self._waiting: deque[Union[Dict[str, Any], Outcome]] = deque(maxlen=_MOST_WAITING)
        self._messages = MessageRelay()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: Optional[EndpointConfig], event_loop: Any = None
    ) -> "RoutingLogBroker":
        """Return the broker with the log of the state folder."""
        return cls(RoutingLog(state_file("routing_log.sqlite")))

    def publish(self, event: Dict[str, Any]) -> None:
        """Write the event's decision, or what it tells of one, after those that still wait.

        A customer's message goes to the desk that has the conversation, if one has.
        """
        self._messages.take(event)
        found = self._reader.read(event)
        if found is not None:
            self._waiting.append(found)
        try:
            while self._waiting:
                _write(self._log, self._waiting[0])
                self._waiting.popleft()
        except sqlite3.Error:
            log.exception("%d decisions wait for the routing log", len(self._waiting))

    def catch_up(
        self, events_since: Callable[[float], Iterable[Dict[str, Any]]]
    ) -> threading.Thread:
        """Write, beside the running conversations, the decisions that the log has missed.

        `events_since` gives events with their `sender_id`, in order, from a time in Unix seconds
        on: here from a day before the latest decision, for what a crash has cost. Returns the
        thread that does it.
        """

        def catch_up() -> None:
            latest = self._log.latest()
            since = 0.0 if latest is None else latest - _LOOKED_BACK_SECONDS
            try:
                added = _write_missed(self._log, events_since(since))
            except Exception:
                log.exception("the routing log could not catch up with the tracker store")
                return
            if added:
                log.info("%d missed decisions written to the routing log", added)

        thread = threading.Thread(target=catch_up, name="routing log", daemon=True)
        thread.start()
        return thread


def _write(routing_log: RoutingLog, found: Union[Dict[str, Any], Outcome]) -> bool:
    if isinstance(found, Outcome):
        return routing_log.note(found)
    return routing_log.add(found)


def _write_missed(routing_log: RoutingLog, events: Iterable[Dict[str, Any]]) -> int:
    """Return how many decisions were new; what is told of them is written, too."""
    reader, added = EventReader(), 0
    for event in events:
        found = reader.read(event)
        if found is not None:
            added += _write(routing_log, found) and not isinstance(found, Outcome)
    return added
