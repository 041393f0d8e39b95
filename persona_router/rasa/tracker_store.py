"""IncrementalTrackerStore: Rasa's SQL tracker store, reading only the events that are new to it.

Rasa reads and decodes a whole conversation twice a turn, so that its turns get slower as the
conversation grows. Here a process keeps the events that it has decoded and asks the database for
later ones; the database stays the only truth, and any process can take any turn.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Dict, Iterator, List, Optional

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.rasa.broker import RoutingLogBroker

_REMEMBERED = 1_000
_READ_AT_ONCE = 500


@dataclass
class _Known:
    """The decoded events of a conversation's latest session, and the row of the last one."""

    last_row: int = 0
    since: float = float("-inf")
    events: List[Event] = field(default_factory=list)

    def add(self, row: int, event: Event) -> None:
        """Take the next row; as Rasa does, a session is what is no older than its start."""
        self.last_row = row
        if isinstance(event, SessionStarted) and event.timestamp >= self.since:
            self.since = event.timestamp
            self.events = [known for known in self.events if known.timestamp >= self.since]
        if event.timestamp >= self.since:
            self.events.append(event)


class IncrementalTrackerStore(SQLTrackerStore):
    """In `endpoints.yml`: `tracker_store: {type: persona_router.rasa.tracker_store.…}`.

    Takes the settings of Rasa's SQL tracker store.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        if isinstance(self.engine.pool, sa.pool.NullPool):
            self._keep_connection()  # a file of SQLite, which would be opened anew each time
        if isinstance(self.event_broker, RoutingLogBroker):
            self.event_broker.catch_up(self._events_since)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """Return the tracker of the latest session; None for an unknown conversation."""
        with self.engine.connect() as connection:
            events = self._refresh(sender_id, connection).events
        if not self.domain or not events:
            return None
        # Trackers mark their events, so each gets its own.
        own = [_twin(event) for event in events]
        return DialogueStateTracker.from_events(sender_id, own, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Publish and store the events of `tracker` that are not stored yet."""
        with self.engine.begin() as connection:
            before = self._known.get(tracker.sender_id)
            # What was erased in the middle of a turn must not come back with its end.
            before_turn = len(before.events) if before else 0
            known = self._refresh(tracker.sender_id, connection)
            stored = len(known.events) if before is None or before is known else before_turn
            new = list(tracker.events)[stored:]
            if self.event_broker is not None:
                await self._stream_new_events(self.event_broker, new, tracker.sender_id)
            if new:
                connection.execute(_EVENTS.insert(), [_row(tracker.sender_id, e) for e in new])

    def _events_since(self, since: float) -> Iterator[Dict[str, Any]]:
        """Yield the events from a time in Unix seconds on, each with its conversation, in order."""
        last = 0
        with self.engine.connect() as connection:
            while True:
                place = {"since": since, "row": last, "most": _READ_AT_ONCE}
                found = connection.execute(_SINCE, place).fetchall()
                for row, sender, data in found:
                    last = row
                    yield {"sender_id": sender, **json.loads(data)}
                if len(found) < _READ_AT_ONCE:
                    return

    def _keep_connection(self) -> None:
        """Open the database once per thread instead of once per statement."""
        url = self.engine.url
        self.engine.dispose()
        self.engine = sa.create_engine(url, poolclass=sa.pool.SingletonThreadPool)
        sa.event.listen(self.engine, "connect", _tune_sqlite)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)

    def _refresh(self, sender_id: str, connection: sa.engine.Connection) -> _Known:
        known = self._known.setdefault(sender_id, _Known())
        self._known.move_to_end(sender_id)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        found = self._from(known.last_row, sender_id, connection)
        if known.last_row and (not found or found[0][0] != known.last_row):
            known = self._known[sender_id] = _Known()  # somebody has erased the conversation
            found = self._from(0, sender_id, connection)
        for row, data in found:
            if row > known.last_row:
                known.add(row, _decode(json.loads(data)))
        return known

    def _from(self, row: int, sender_id: str, connection: sa.engine.Connection) -> List[Any]:
        """Return the rows from `row` on; that one, if it is there, without its data."""
        return connection.execute(_FROM, {"sender": sender_id, "row": row}).fetchall()


# Rasa's object layer over the same table takes longer than the queries themselves.
_EVENTS = SQLTrackerStore.SQLEvent.__table__
_FROM = (
    sa.select(_EVENTS.c.id, sa.case((_EVENTS.c.id > sa.bindparam("row"), _EVENTS.c.data)))
    .where(_EVENTS.c.sender_id == sa.bindparam("sender"), _EVENTS.c.id >= sa.bindparam("row"))
    .order_by(_EVENTS.c.id)
)
_SINCE = (
    sa.select(_EVENTS.c.id, _EVENTS.c.sender_id, _EVENTS.c.data)
    .where(_EVENTS.c.timestamp >= sa.bindparam("since"), _EVENTS.c.id > sa.bindparam("row"))
    .order_by(_EVENTS.c.id)
    .limit(sa.bindparam("most"))
)


def _row(sender_id: str, event: Event) -> Dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


# Rasa walks through all classes of events for each one that it decodes.
_class_of = lru_cache(maxsize=256)(Event.resolve_by_type)


def _twin(event: Event) -> Event:
    """Return a shallow copy, made several times faster than by `copy.copy`."""
    twin = object.__new__(type(event))
    twin.__dict__.update(event.__dict__)
    return twin


def _decode(parameters: Dict[str, Any]) -> Event:
    return _class_of(parameters["event"])._from_parameters(parameters)


def _tune_sqlite(connection: Any, _: Any) -> None:
    """Let readers and a writer work side by side; a power cut may cost the last moment, no more."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")
