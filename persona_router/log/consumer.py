"""From deliveries of a message queue to the routing log, and which of them may be acknowledged."""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from persona_router.log.events import EventReader
from persona_router.log.writer import LogWriter

log = logging.getLogger(__name__)
MOST_HELD = 250
"""Deliveries of turns under way that wait for their end; beyond, the oldest turn's are let go."""
LONGEST_TURN = 60.0
"""Seconds after which a turn is not waited for any more."""

Place = TypeVar("Place")


class Intake(Generic[Place]):
    """Writes what one connection delivers; a lost connection's deliveries come again to a new one.

    A decision is written at once, and acknowledged with the end of its turn: a consumer that
    ends in between reads the turn again from its beginning, and learns what came of it.
    """

    def __init__(self, writer: LogWriter, *, stopping: Callable[[], bool]) -> None:
        self._writer = writer
        self._stopping = stopping
        self._reader = EventReader()
        self._held: OrderedDict[str, tuple[float, list[Place]]] = OrderedDict()

    def take(self, deliveries: Iterable[tuple[Place, bytes]], *, now: float) -> list[Place]:
        """Return the deliveries that may be acknowledged; `now` is in seconds of any clock.

        Waits until the log could be written. Returns nothing if it is stopping before that.
        """
        done: list[Place] = []
        for place, body in deliveries:
            event = _event(body)
            if event is None:
                done.append(place)
            else:
                done += self._read(place, event, now)
        while not self._writer.flush(within=1.0):
            if self._stopping():
                return []
        return done + self._overdue(now)

    def _read(self, place: Place, event: Mapping[str, Any], now: float) -> list[Place]:
        conversation = str(event.get("sender_id", ""))
        before = self._held.pop(conversation, None) if event.get("event") == "user" else None
        try:
            self._writer.put(self._reader.read(event))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            log.error("an event cannot be read: %s", type(error).__name__)
            return [place, *(before[1] if before else [])]
        done = before[1] if before else []
        if self._reader.is_open(conversation):
            self._held.setdefault(conversation, (now, []))[1].append(place)
            return done
        return [*done, *self._held.pop(conversation, (now, []))[1], place]

    def _overdue(self, now: float) -> list[Place]:
        done: list[Place] = []
        held = sum(len(places) for _, places in self._held.values())
        while self._held:
            since, places = next(iter(self._held.values()))
            if held <= MOST_HELD and now - since < LONGEST_TURN:
                break
            self._held.popitem(last=False)
            held -= len(places)
            done += places
        return done


def _event(body: bytes) -> Mapping[str, Any] | None:
    """Return the event; None, and a line without its content, for what is none."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        event = None
    if isinstance(event, Mapping):
        return event
    log.error("a message of %d bytes is no event of Rasa, and is passed over", len(body))
    return None
