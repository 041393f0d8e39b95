"""The way to another desk: the handoff, the customer's words, and that the customer left."""

import logging
from collections.abc import Callable
from typing import TypeVar

from persona_router.handoff.backoff import wait_seconds
from persona_router.handoff.customers import MOVED, REACHED
from persona_router.handoff.errands import Errand, Relay
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.provider import (
    HandoffProvider,
    Parting,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    Reference,
)
from persona_router.handoff.queue import HandoffError, Line

GIVE_UP_SECONDS = 24 * 3600.0
"""So long a provider is told that a handoff is over, if it cannot be reached."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class ToProvider:
    """Does the errands to the provider, each once, and gives up for `fallback`.

    `clock` gives Unix seconds, `jitter` 0 to 1.
    """

    def __init__(
        self,
        *,
        work: OutboxWork,
        provider: HandoffProvider,
        fallback: HandoffProvider,
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._work = work
        self._provider = provider
        self._fallback = fallback
        self._clock = clock
        self._jitter = jitter

    def do(self, relay: Relay, errand: Errand) -> None:
        """Do the errand, put it off, or give up."""
        if relay.provider != self._provider.name:
            if relay.status == "open":
                self.move(relay, f"handoffs go to {self._provider.name} now")
            else:
                self._work.ended(relay)
            return
        try:
            ask(lambda: self._deliver(relay, errand))
        except ProviderRefused as error:
            self._refused(relay, error)
        except ProviderUnavailable as error:
            self._unavailable(relay, errand, error)
        else:
            self._work.succeeded(self._provider.name)

    def move(self, relay: Relay, why: str) -> None:
        """Give the conversation to the fallback, and have the customer told."""
        self._fallback.open(relay.handoff, again=True, kept="", keep=lambda _: None)
        self._work.move(relay, MOVED)
        log.warning(
            "a handoff for %s went to the embedded desk: %s",
            relay.provider,
            why,
            extra={"handoff": relay.id},
        )

    def failed(self, error: ProviderError, *, attempts: int = 0) -> float:
        """Return the seconds to wait after a failure, noted with the provider's health."""
        everything = isinstance(error, ProviderUnavailable) and error.everything
        health = self._work.health(self._provider.name)
        wait = wait_seconds(
            max(attempts, health.failures if everything else 0) + 1,
            jitter=self._jitter(),
            retry_after=getattr(error, "retry_after", None),
        )
        until = self._clock() + wait if everything else 0.0
        self._work.failed(self._provider.name, str(error), until)
        return wait

    def _deliver(self, relay: Relay, errand: Errand) -> None:
        again = errand.attempts > 0
        if errand.kind == "open" and relay.status == "open":
            reference = self._provider.open(
                relay.handoff,
                again=again,
                kept=errand.kept,
                keep=lambda kept: self._work.keep(errand, kept),
            )
            self._work.opened(errand, reference, self._clock())
            log.info("handoff delivered", extra={"handoff": relay.id})
            self._tell_reached(relay)
        elif errand.kind == "open":
            # The customer left before it got through; an attempt of unclear outcome is looked for.
            place = self._provider.find(relay.handoff, kept=errand.kept) if again else None
            if place is None:
                self._work.ended(relay)
            else:
                self._work.opened(errand, place, self._clock())
        elif errand.kind == "message":
            place, line = place_of(relay), Line(**errand.body)
            id = self._provider.send(place, line, after=relay.sent, again=again)
            self._work.sent(errand, id)
            self._tell_reached(relay)
        else:
            parting: Parting = "left" if errand.kind == "end" else "moved"
            place = relay.reference or self._provider.find(relay.handoff, kept=errand.kept)
            if place is not None:
                self._provider.close(place, parting=parting, again=again)
            self._work.ended(relay)

    def _tell_reached(self, relay: Relay) -> None:
        if relay.delayed and relay.status == "open":
            self._work.notify(relay, REACHED)

    def _refused(self, relay: Relay, error: ProviderRefused) -> None:
        log.error("%s refused a handoff: %s", self._provider.name, error)
        self.failed(error)
        if relay.status == "open":
            self.move(relay, "it was refused")
        else:
            self._work.ended(relay)

    def _unavailable(self, relay: Relay, errand: Errand, error: ProviderUnavailable) -> None:
        wait = self.failed(error, attempts=errand.attempts)
        if error.unsure and errand.kind == "open":
            wait = max(wait, self._provider.settle_seconds)
        now = self._clock()
        self._work.postpone(errand, now + wait, str(error))
        if relay.status != "open" and now - errand.created_at > GIVE_UP_SECONDS:
            log.error("gave up on ending a handoff", extra={"handoff": relay.id})
            self._work.ended(relay)


def ask(call: Callable[[], T]) -> T:
    """Return what the call to a provider returns; raises ProviderError for what it cannot read."""
    try:
        return call()
    except (ProviderError, HandoffError):
        raise
    except Exception:
        log.exception("an answer of the provider could not be understood")
        raise ProviderUnavailable(
            "Its answer has another form than documented.", unsure=True
        ) from None


def place_of(relay: Relay) -> Reference:
    """Return where the relay's handoff is; raises ProviderUnavailable while it is nowhere."""
    if relay.reference is None:
        raise ProviderUnavailable("The handoff is nowhere yet.")
    return relay.reference
