"""Writes into the routing log beside the turns: in a thread of its own, in order, in batches."""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from prometheus_client.registry import CollectorRegistry

from persona_router.log.errors import LogUnavailable
from persona_router.log.events import Outcome
from persona_router.log.store import RoutingLog
from persona_router.metrics import TurnMetrics

log = logging.getLogger(__name__)
MOST_WAITING = 10_000
"""Beyond that the oldest are let go; the tracker store has them for the next start."""
_GATHER_SECONDS = 0.05
"""What one turn tells comes in several pieces, and is written at once."""
_BATCH = 500
_UNWRITABLE = (LookupError, OverflowError, TypeError, ValueError)
"""Errors of what is to be written; all others are the log's, and pass."""

_Entries = tuple[Mapping[str, Any] | Outcome, ...]


class LogWriter:
    """Takes rows and outcomes from any thread; a conversation never waits or fails for them.

    What cannot be written now is tried again after `retry` seconds, what never can is logged and
    let go. `metrics` counts what was new, and the errors.
    """

    def __init__(
        self,
        routing_log: RoutingLog,
        *,
        retry: float = 1.0,
        metrics: TurnMetrics | None = None,
    ) -> None:
        self._log = routing_log
        self._retry = retry
        self._metrics = metrics or TurnMetrics(CollectorRegistry())
        self._waiting: deque[Mapping[str, Any] | Outcome] = deque(maxlen=MOST_WAITING)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._hurry = self._closed = False

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting)

    @property
    def alive(self) -> bool:
        """Whether what is put in will be written, now or after a retry."""
        return not self._closed and (self._thread is None or self._thread.is_alive())

    def put(self, found: Iterable[Mapping[str, Any] | Outcome]) -> None:
        """Return at once; what was found is written soon, after what came before it."""
        with self._changed:
            before = len(self._waiting)
            self._waiting.extend(found)
            if len(self._waiting) == before or self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="log writer", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, *, within: float = 10.0) -> bool:
        """Return whether everything that came so far was written within so many seconds."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._waiting, timeout=within)
            self._hurry = False
        return done

    def close(self) -> None:
        """Write what waits, if the log can be written now, and end the thread."""
        if not self.flush(within=2.0):
            log.error("%d entries did not reach the routing log", len(self._waiting))
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                if not self._hurry:
                    self._changed.wait_for(lambda: self._hurry, timeout=_GATHER_SECONDS)
                batch = tuple(islice(self._waiting, _BATCH))
            try:
                written = self._write_batch(batch)
            except LogUnavailable:
                log.exception("%d entries wait for the routing log", len(self._waiting))
                self._metrics.count_error(lost=False)
                time.sleep(self._retry)
                continue
            self._metrics.count(written)
            with self._changed:
                for _ in range(min(len(batch), len(self._waiting))):
                    self._waiting.popleft()
                self._changed.notify_all()

    def _write_batch(self, batch: _Entries) -> _Entries:
        """Return what the log did not know; what never can be written is let go."""
        try:
            return self._log.write(batch)
        except _UNWRITABLE:
            written: list[Mapping[str, Any] | Outcome] = []
            for one in batch:
                try:
                    written += self._log.write([one])
                except _UNWRITABLE:
                    log.exception("an entry cannot be written into the routing log")
                    self._metrics.count_error(lost=True)
            return tuple(written)
