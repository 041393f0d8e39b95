"""RoutingLogBroker: passes on decisions and messages as soon as their turn is saved."""

import logging
import threading
from typing import Any, Callable, Dict, Iterable, Mapping, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from persona_router.handoff.message_relay import MessageRelay
from persona_router.log.events import EventReader
from persona_router.log.places import log_place
from persona_router.log.store import RoutingLog
from persona_router.log.writer import LogWriter
from persona_router.rasa.watching import watched

log = logging.getLogger(__name__)
_LOOKED_BACK_SECONDS = 24 * 3600.0


class RoutingLogBroker(EventBroker):
    """An event broker for the routing log and the desk that has a conversation, without a server.

    Rows are written beside the turns, so that no customer waits for them. What a crash loses of
    them, the next start catches up on.
    """

    def __init__(self, routing_log: RoutingLog) -> None:
        self._log = routing_log
        self._reader = EventReader()
        self._writer = LogWriter(routing_log, metrics=watched().turns)
        watched().writer = self._writer
        self._messages = MessageRelay()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: Optional[EndpointConfig], event_loop: Any = None
    ) -> "RoutingLogBroker":
        """Return the broker with the log that the environment names."""
        return cls(RoutingLog(log_place(), simulated=False))

    def publish(self, event: Dict[str, Any]) -> None:
        """Have the event's decision, or what it tells of one, written.

        A customer's message goes to the desk that has the conversation, if one has.
        """
        self._messages.take(event)
        self._writer.put(self._reader.read(event))

    def flush(self) -> bool:
        """Return whether all that was published is in the log."""
        return self._writer.flush()

    async def close(self) -> None:
        """Write what waits; Rasa calls it when it ends."""
        self._writer.close()

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


def _write_missed(routing_log: RoutingLog, events: Iterable[Dict[str, Any]]) -> int:
    """Return how many decisions were new; what is told of them is written, too."""
    reader = EventReader()
    told = (routing_log.write(found) for found in map(reader.read, events) if found)
    return sum(isinstance(one, Mapping) for news in told for one in news)
