"""Follows the calls that run: asks how they go, and gives none up without saying so."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from persona_router.desk.call_store import Call, CallStore
from persona_router.handoff.beside import beside
from persona_router.handoff.dialling import (
    RING_AGENT,
    RING_CUSTOMER,
    DialError,
    Dialler,
    TooManyCalls,
)
from persona_router.handoff.queue import QueueUnavailable

EVERY_SECONDS = 1.0
ASK_SECONDS = 3.0
ASK_SECONDS_BESIDE_REPORTS = 30.0
"""How often the service is asked about a call: seldom if it reports by itself, as reports get lost.
"""
AGAIN_SECONDS = 30.0
PLACED_SECONDS = 60.0
"""After so long a call that the service has not answered for is not waited for."""
_SPARE_SECONDS = 120.0

log = logging.getLogger(__name__)


class CallWatch:
    """Looks at the calls that run every second; `clock` gives Unix seconds.

    The service is asked about one call at a time, however many browsers look at it.
    """

    def __init__(
        self,
        *,
        dialler: Dialler | None,
        calls: CallStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._dialler = dialler
        self._calls = calls
        self._clock = clock

    def running(self) -> AbstractContextManager[None]:
        """Watch in a thread of its own."""
        return beside(self._run, name="calls", patience=EVERY_SECONDS)

    def step(self) -> None:
        """Look once; may raise QueueUnavailable."""
        for call in self._calls.running():
            if self._is_lost(call):
                self._calls.told(call.attempt, "unknown", now=self._clock())
                log.warning("how a call went is not known", extra={"handoff": call.handoff})
            elif call.ask_at <= self._clock():
                self._ask(call)

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(EVERY_SECONDS):
            try:
                self.step()
            except QueueUnavailable as error:
                log.error("calls cannot be watched: %s", error)
            except Exception:
                log.exception("calls cannot be watched")
            if self._dialler is None:
                return  # what another configuration had left is settled

    def _is_lost(self, call: Call) -> bool:
        if self._dialler is None:
            return True
        ago = self._clock() - call.started_at
        longest = RING_AGENT + RING_CUSTOMER + self._dialler.longest_call + _SPARE_SECONDS
        return ago > (PLACED_SECONDS if call.id is None else longest)

    def _ask(self, call: Call) -> None:
        if self._dialler is None or call.id is None:
            return
        again = ASK_SECONDS_BESIDE_REPORTS if self._dialler.calls_back else ASK_SECONDS
        try:
            stage = self._dialler.stage(call.id)
        except DialError as error:
            # What it says stands in the log of the service's module.
            asked = error.retry_after if isinstance(error, TooManyCalls) else None
            again = asked or AGAIN_SECONDS
        else:
            if self._calls.told(call.attempt, stage, now=self._clock()):
                log.info("call: %s", stage, extra={"handoff": call.handoff})
        self._calls.ask(call.attempt, at=self._clock() + again)
