"""The way from another desk to the customer: who joined, what they wrote, that it is over."""

import logging
from collections.abc import Callable

from persona_router.handoff.backoff import wait_seconds
from persona_router.handoff.customers import MOVED, Customers
from persona_router.handoff.errands import Errand, Relay
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.provider import HandoffProvider, ProviderError
from persona_router.handoff.rasa_api import RasaUnavailable
from persona_router.handoff.to_provider import ask, place_of

PATIENCE = 3
"""Failures after which a conversation is given back without another look at the provider."""

log = logging.getLogger(__name__)


class ToCustomers:
    """Does the errands to customers, each once; `clock` gives Unix seconds, `jitter` 0 to 1."""

    def __init__(
        self,
        *,
        work: OutboxWork,
        provider: HandoffProvider,
        customers: Customers,
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._work = work
        self._provider = provider
        self._customers = customers
        self._clock = clock
        self._jitter = jitter

    def do(self, relay: Relay, errand: Errand) -> None:
        """Do the errand, or put it off while the assistant cannot be reached."""
        try:
            if self._reach(relay, errand):
                self._work.done(errand)
        except RasaUnavailable as error:
            self._postpone(errand, str(error))

    def _reach(self, relay: Relay, errand: Errand) -> bool:
        """Return whether the errand is done, rather than put off."""
        agent = errand.body.get("agent")
        if errand.kind == "notice":
            if relay.status == "open" or (errand.key, relay.status) == (MOVED, "moved"):
                self._customers.notice(relay, errand.key)
        elif errand.kind == "joined":
            self._announce(relay, agent)
        elif errand.kind == "reply":
            self._reply(relay, agent, errand.body["text"], errand.key)
        elif relay.status == "open":
            return self._resolve(relay, errand)
        return True

    def _reply(self, relay: Relay, agent: str | None, text: str, key: str) -> None:
        self._announce(relay, agent)
        self._customers.reply(relay, agent, text, key=key)

    def _announce(self, relay: Relay, agent: str | None) -> None:
        if agent and agent != relay.agent and relay.status == "open":
            self._customers.joined(relay, agent)
            self._work.announced(relay, agent)

    def _resolve(self, relay: Relay, errand: Errand) -> bool:
        """Give the customer back to the assistant, unless somebody has spoken since."""
        if self._work.has_messages(relay):
            self._work.put_off(errand, self._clock() + 1.0)
            return False
        news = None
        try:
            if relay.provider == self._provider.name:
                place = place_of(relay)
                news = ask(lambda: self._provider.news(place, after=relay.cursor))
        except ProviderError as error:
            if errand.attempts < PATIENCE:
                self._postpone(errand, str(error))
                return False
        if news is not None:
            for event in news.events:
                if not self._work.has_brought(relay, event.key):
                    self._reply(relay, event.agent, event.text, event.key)
            if not news.resolved:
                return True
        self._customers.release(relay)
        self._work.ended(relay)
        log.info("handoff resolved", extra={"handoff": relay.id})
        return True

    def _postpone(self, errand: Errand, error: str) -> None:
        wait = wait_seconds(errand.attempts + 1, jitter=self._jitter())
        self._work.postpone(errand, self._clock() + wait, error)
