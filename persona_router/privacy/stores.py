"""The stores that hold something of a customer, in the order in which they are emptied."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from persona_router.chat.history import ChatHistory
from persona_router.content.errors import ContentError
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.contact import Contact
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.queue import QueueUnavailable
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.places import log_place
from persona_router.log.store import RoutingLog
from persona_router.privacy.audit import AUDIT, AuditTrail

Found = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table."""
Counts = Mapping[str, int]
"""Rows by table."""
UNREACHABLE = (QueueUnavailable, OSError, sqlite3.Error, ContentError, ValueError)
"""What a store raises that cannot be read or written."""

CHAT = "website.sqlite"
OUTBOX = "outbox.sqlite"
DESK = "desk.sqlite"
CONTACT = "contact.sqlite"
CALLBACKS = "callbacks.sqlite"
QUEUE = "handoff.sqlite"
TRACKER = "tracker store"


class OfConversations(Protocol):
    """What is kept by conversation."""

    def of_conversation(self, conversation: str) -> Found:
        """Return what is kept of a conversation."""
        ...

    def forget_conversation(self, conversation: str) -> Counts:
        """Return how much of it is deleted."""
        ...


class OfHandoffs(Protocol):
    """What is kept by handoff."""

    def of_handoffs(self, ids: Sequence[str]) -> Found:
        """Return what is kept of handoffs."""
        ...

    def forget_handoffs(self, ids: Sequence[str]) -> Counts:
        """Return how much of it is deleted."""
        ...


@dataclass(frozen=True, kw_only=True)
class Store:
    """A place: `find` and `forget` may raise what UNREACHABLE lists.

    It is emptied only after those that it `waits_for`, which are found by its entries.
    """

    name: str
    find: Callable[[str], Found]
    forget: Callable[[str], Counts]
    waits_for: tuple[str, ...] = ()


class Stores:
    """The stores of a state folder, with Rasa's tracker store and the desk's own file.

    `desk` opens the latter. With `even_open` open handoffs are deleted as well. Files that are not
    there hold nothing, and none is made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tracker: OfConversations,
        desk: Callable[[Path], OfHandoffs],
        even_open: bool = False,
    ) -> None:
        self._folder = folder
        self._tracker = tracker
        self._desk = desk
        self._even_open = even_open

    def all(self) -> tuple[Store, ...]:
        """Return the stores; the queue comes last, for others are found by its entries.

        The tracker store comes first: from it the routing log fills what it has missed. The audit
        trail is found by entries of the log and the queue.
        """
        return (
            Store(
                name=TRACKER,
                find=self._tracker.of_conversation,
                forget=self._tracker.forget_conversation,
            ),
            self._of_audit(),
            self._of_log(),
            self._by_conversation(CHAT, lambda path: closing(ChatHistory(path))),
            self._by_conversation(OUTBOX, lambda path: _kept(Outbox(path))),
            self._by_conversation(CALLBACKS, lambda path: _kept(Bookings(path))),
            self._of_desk(),
            self._of_contact(),
            self._of_queue(),
        )

    def handoffs(self, conversation: str) -> tuple[str, ...]:
        """Return the ids of the conversation's handoffs; raises QueueUnavailable."""
        path = self._folder / QUEUE
        if not path.exists():
            return ()
        found = SqliteHandoffQueue(path).past.of_conversation(conversation)
        return tuple(row["id"] for row in found["handoff"])

    def open_handoffs(self, conversation: str) -> tuple[str, ...]:
        """Return the ids of handoffs that are not closed, here or at another desk.

        Raises QueueUnavailable.
        """
        ids: list[str] = []
        if (self._folder / QUEUE).exists():
            queue = SqliteHandoffQueue(self._folder / QUEUE)
            ids += [handoff.id for handoff in queue.open_for(conversation)]
        if (self._folder / OUTBOX).exists():
            relays = Outbox(self._folder / OUTBOX).of_conversation(conversation)["relay"]
            ids += [row["id"] for row in relays if row["status"] in ("open", "ending")]
        return tuple(ids)

    def _by_conversation(self, name: str, opened: Callable[[Path], Any]) -> Store:
        path = self._folder / name

        def find(conversation: str) -> Found:
            if not path.exists():
                return {}
            with opened(path) as store:
                found: Found = store.of_conversation(conversation)
                return found

        def forget(conversation: str) -> Counts:
            if not path.exists():
                return {}
            with opened(path) as store:
                counts: Counts = store.forget_conversation(conversation)
                return counts

        return Store(name=name, find=find, forget=forget)

    def _of_log(self) -> Store:
        place = log_place(self._folder)

        def find(conversation: str) -> Found:
            if not place.begun():
                return {}
            with closing(RoutingLog(place)) as log:
                return log.of_conversation(conversation)

        def forget(conversation: str) -> Counts:
            if not place.begun():
                return {}
            with closing(RoutingLog(place)) as log:
                return log.forget_conversation(conversation)

        return Store(name=place.name, find=find, forget=forget)

    def _of_audit(self) -> Store:
        path, log = self._folder / AUDIT, log_place(self._folder)

        def ids(conversation: str) -> tuple[str, ...]:
            found = [conversation, *self.handoffs(conversation)]
            if log.begun():
                with closing(RoutingLog(log)) as kept:
                    rows = kept.of_conversation(conversation)["decision"]
                    found += [row["id"] for row in rows]
            return tuple(found)

        def find(conversation: str) -> Found:
            return AuditTrail(path).about(ids(conversation)) if path.exists() else {}

        def forget(conversation: str) -> Counts:
            return AuditTrail(path).unname(ids(conversation)) if path.exists() else {}

        return Store(name=AUDIT, find=find, forget=forget)

    def _of_desk(self) -> Store:
        path = self._folder / DESK

        def find(conversation: str) -> Found:
            ids = self.handoffs(conversation)
            return self._desk(path).of_handoffs(ids) if path.exists() else {}

        def forget(conversation: str) -> Counts:
            ids = self.handoffs(conversation)
            return self._desk(path).forget_handoffs(ids) if path.exists() else {}

        return Store(name=DESK, find=find, forget=forget)

    def _of_contact(self) -> Store:
        path = self._folder / CONTACT

        def find(conversation: str) -> Found:
            ids = self.handoffs(conversation)
            return Contact(path).of_conversation(conversation, ids) if path.exists() else {}

        def forget(conversation: str) -> Counts:
            ids = self.handoffs(conversation)
            return Contact(path).forget_conversation(conversation, ids) if path.exists() else {}

        return Store(name=CONTACT, find=find, forget=forget)

    def _of_queue(self) -> Store:
        path = self._folder / QUEUE

        def find(conversation: str) -> Found:
            if not path.exists():
                return {}
            return SqliteHandoffQueue(path).past.of_conversation(conversation)

        def forget(conversation: str) -> Counts:
            if not path.exists():
                return {}
            past = SqliteHandoffQueue(path).past
            return past.forget_conversation(conversation, even_open=self._even_open)

        return Store(name=QUEUE, find=find, forget=forget, waits_for=(AUDIT, DESK, CONTACT))


@contextmanager
def _kept(store: OfConversations) -> Iterator[OfConversations]:
    yield store
