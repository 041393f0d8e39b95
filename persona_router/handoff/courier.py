"""Carries what is in the outbox: to another desk, and from there to customers."""

import logging
import random
from collections.abc import Callable

from persona_router.handoff.customers import DELAYED, Customers
from persona_router.handoff.errands import Relay
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.provider import HandoffProvider, ProviderError
from persona_router.handoff.rasa_api import RasaUnavailable
from persona_router.handoff.to_customers import ToCustomers
from persona_router.handoff.to_provider import ToProvider, ask, place_of

TELL_AFTER = 10.0
"""Seconds without success after which customers are told that it takes longer."""

log = logging.getLogger(__name__)


class Courier:
    """Does one errand at a time, each once; `clock` gives Unix seconds, `jitter` 0 to 1.

    `fall_back_after` seconds without success, or when the provider refuses, `fallback` gets the
    conversation. Every `catch_up_every` seconds both sides are asked for what nobody told us.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        provider: HandoffProvider,
        fallback: HandoffProvider,
        customers: Customers,
        fall_back_after: float,
        catch_up_every: float,
        clock: Callable[[], float],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._work = OutboxWork(outbox)
        self._provider = provider
        self._customers = customers
        self._fall_back_after = fall_back_after
        self._catch_up_every = catch_up_every
        self._clock = clock
        self._out = ToProvider(
            work=self._work, provider=provider, fallback=fallback, clock=clock, jitter=jitter
        )
        self._in = ToCustomers(
            work=self._work, provider=provider, customers=customers, clock=clock, jitter=jitter
        )

    def step(self) -> bool:
        """Return whether there was something to do, now done or put off.

        May raise HandoffError or ProviderError, when the embedded desk cannot take what falls back
        to it; nothing is lost then.
        """
        now = self._clock()
        health = self._work.health(self._provider.name)
        reachable = now >= health.paused_until
        if self._attend_waiting(now, down=health.failures > 0):
            return True
        taken = self._work.take(now, out=reachable)
        if taken is not None:
            errand = taken[1]
            settle = self._provider.settle_seconds if errand.kind == "open" else 0.0
            self._work.begin(errand, now + settle)
            way = self._in if errand.direction == "in" else self._out
            way.do(*taken)
            return True
        if not reachable:
            return False
        relay = self._work.unasked(now - self._catch_up_every, self._provider.name)
        if relay is not None:
            self._catch_up(relay, known_fault=health.fault)
        return relay is not None

    def _attend_waiting(self, now: float, *, down: bool) -> bool:
        """Return whether somebody had to be told that they wait, or waited long enough."""
        for relay in self._work.overdue(now - self._fall_back_after, down=down):
            self._out.move(relay, "it could not be reached in time")
            return True
        for relay in self._work.overdue(now - TELL_AFTER, down=down):
            if not relay.delayed:
                self._work.delay(relay, DELAYED)
                return True
        return False

    def _catch_up(self, relay: Relay, *, known_fault: str) -> None:
        """Ask both sides for what neither webhooks nor the assistant's events have told."""
        place, news = place_of(relay), None
        try:
            news = ask(lambda: self._provider.news(place, after=relay.cursor))
            self._work.succeeded(self._provider.name)
        except ProviderError as error:
            self._out.failed(error)
        try:
            for line in self._customers.said_since(relay):
                self._outbox.add_message(relay.request.conversation, line)
        except RasaUnavailable as error:
            log.warning("the assistant could not be asked: %s", error)
        self._work.asked(relay, news, self._clock())
        if news is not None and news.fault and news.fault != known_fault:
            log.error("%s", news.fault)
