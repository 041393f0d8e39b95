"""What is older than the policy keeps it is deleted, a little at a time."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from persona_router.chat.history import ChatHistory
from persona_router.core.privacy_rules import KeepDays
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.places import LogPlace, log_place
from persona_router.log.questions import QuestionsOfAge
from persona_router.log.store import RoutingLog
from persona_router.privacy.audit import AUDIT, AuditTrail
from persona_router.privacy.stores import (
    CALLBACKS,
    CHAT,
    OUTBOX,
    QUEUE,
    UNREACHABLE,
)

MOST_ROWS = 1_000
"""Rows of a kind that one step deletes, so that nobody waits for it."""
BUSY_SECONDS = 60.0
"""Between two steps while there is something to delete …"""
IDLE_SECONDS = 3600.0
"""… and while there is nothing."""
_DAY_SECONDS = 24 * 3600.0

log = logging.getLogger(__name__)


class OfAge(Protocol):
    """What is kept with its time; `but` are conversations that are left alone."""

    def older(self, before: float, *, but: Sequence[str]) -> int:
        """Return how many rows are from before then, in Unix seconds."""
        ...

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        """Return how many of them are deleted, at most `most`."""
        ...


class _Closable(OfAge, Protocol):
    def close(self) -> None: ...


_Opened = Callable[[Path], AbstractContextManager[OfAge]]


@dataclass(frozen=True, kw_only=True)
class _Kind:
    name: str
    days: int
    opened: Callable[[], AbstractContextManager[OfAge]]


class Sweep:
    """Deletes in the files of a state folder what is older than `keep` says.

    `endpoints` names the file with the settings of Rasa's tracker store, `unanswered_days` how long
    questions that nothing answered are kept. Conversations with an open
    handoff are left alone, whatever their age.
    """

    def __init__(
        self, folder: Path, *, keep: KeepDays, endpoints: Path, unanswered_days: int = 0
    ) -> None:
        self._folder = folder
        self._unanswered_days = unanswered_days
        self._endpoints = endpoints
        self._kinds = {kind.name: kind for kind in self._all(keep)}
        self._next: dict[str, float] = {}

    def step(self, now: float) -> None:
        """Delete some of each kind, at most once a minute, and once an hour where nothing is due.

        `now` is in Unix seconds. What cannot be reached is logged, and tried again an hour later.
        """
        kinds = [kind for kind in self._kinds.values() if self._is_time(kind, now)]
        if not kinds:
            return
        but = self._open_conversations()
        for kind in kinds:
            self._next[kind.name] = now + IDLE_SECONDS
            try:
                deleted = self._delete(kind, now, but)
            except UNREACHABLE as error:
                log.error("what is old of %s cannot be deleted: %s", kind.name, error)
                continue
            if deleted:
                self._next[kind.name] = now + BUSY_SECONDS
                log.info("%d old rows of %s deleted", deleted, kind.name)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are not kept for ever."""
        return tuple(self._kinds)

    def due(self, kind: str, now: float) -> int:
        """Return how many rows of a kind are too old; raises what UNREACHABLE lists."""
        chosen = self._kinds[kind]
        with chosen.opened() as store:
            before = now - chosen.days * _DAY_SECONDS
            return store.older(before, but=self._open_conversations())

    def delete(self, kind: str, now: float) -> int:
        """Return how many of them are now deleted, all; raises what UNREACHABLE lists."""
        but, total = self._open_conversations(), 0
        while deleted := self._delete(self._kinds[kind], now, but):
            total += deleted
        return total

    def _all(self, keep: KeepDays) -> Iterator[_Kind]:
        found: tuple[tuple[str, int | None, Callable[[], AbstractContextManager[OfAge]]], ...] = (
            ("log", keep.log, self._log(RoutingLog)),
            ("chat", keep.chat, self._file(CHAT, lambda path: closing(ChatHistory(path)))),
            (
                "callbacks",
                keep.callbacks,
                self._file(CALLBACKS, lambda path: nullcontext(Bookings(path))),
            ),
            # Where the policy keeps none any more, those that are there go.
            ("questions", self._unanswered_days, self._log(_asked)),
            ("audit", keep.audit, self._file(AUDIT, lambda path: nullcontext(AuditTrail(path)))),
        )
        for name, days, opened in found:
            if days is not None:
                yield _Kind(name=name, days=days, opened=opened)
        if keep.conversations is not None:
            yield _Kind(name="conversations", days=keep.conversations, opened=self._tracker)

    def _tracker(self) -> AbstractContextManager[OfAge]:
        # SQLAlchemy is loaded only where conversations are not kept for ever.
        from persona_router.privacy.tracker import TrackerEvents

        return nullcontext(TrackerEvents(self._endpoints))

    def _log(
        self, opened: Callable[[LogPlace], _Closable]
    ) -> Callable[[], AbstractContextManager[OfAge]]:
        place = log_place(self._folder)
        return lambda: closing(opened(place)) if place.begun() else nullcontext(_Nothing())

    def _file(self, name: str, opened: _Opened) -> Callable[[], AbstractContextManager[OfAge]]:
        path = self._folder / name
        return lambda: opened(path) if path.exists() else nullcontext(_Nothing())

    def _is_time(self, kind: _Kind, now: float) -> bool:
        at = self._next.get(kind.name)
        return at is None or now >= at or at - now > IDLE_SECONDS  # the clock was set back

    def _delete(self, kind: _Kind, now: float, but: Sequence[str]) -> int:
        with kind.opened() as store:
            before = now - kind.days * _DAY_SECONDS
            return store.forget_older(before, but=but, most=MOST_ROWS)

    def _open_conversations(self) -> tuple[str, ...]:
        found: set[str] = set()
        if (self._folder / QUEUE).exists():
            queue = SqliteHandoffQueue(self._folder / QUEUE)
            for handoff in (*queue.waiting(), *queue.claimed()):
                found.add(handoff.request.conversation)
        if (self._folder / OUTBOX).exists():
            found |= Outbox(self._folder / OUTBOX).open_conversations()
        return tuple(sorted(found))


def _asked(place: LogPlace) -> QuestionsOfAge:
    return QuestionsOfAge(RoutingLog(place))


class _Nothing:
    """A file that is not there."""

    def older(self, before: float, *, but: Sequence[str]) -> int:
        return 0

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        return 0
