"""The embedded desk as a provider: its queue is the handoff, and it reads conversations itself."""

from collections.abc import Callable

from persona_router.handoff.provider import (
    Delivery,
    News,
    Parting,
    ProviderUnavailable,
    Received,
    Reference,
    WebhookRefused,
)
from persona_router.handoff.queue import Handoff, HandoffError, HandoffQueue, Line


class EmbeddedDesk:
    """A HandoffProvider over the desk's own queue, which several processes share."""

    name: str = "embedded"
    settle_seconds: float = 0.0

    def __init__(self, queue: HandoffQueue) -> None:
        self._queue = queue

    def open(
        self, handoff: Handoff, *, again: bool, kept: str, keep: Callable[[str], None]
    ) -> Reference:
        """Return where the handoff is in the queue; the conversation's open one if there is one."""
        try:
            return Reference(id=self._queue.add(handoff.request).id)
        except HandoffError as error:
            raise ProviderUnavailable(str(error)) from error

    def find(self, handoff: Handoff, *, kept: str) -> Reference | None:
        """Return where the conversation's open handoff is in the queue; None if there is none."""
        try:
            waiting = self._queue.open_for(handoff.request.conversation)
        except HandoffError as error:
            raise ProviderUnavailable(str(error)) from error
        found = (one.id for one in waiting if one.request.kind == handoff.request.kind)
        return next((Reference(id=id) for id in found), None)

    def send(self, reference: Reference, line: Line, *, after: str, again: bool) -> str:
        """Return the message's own identity: the desk reads it from the conversation."""
        return line.id or f"at:{line.at}"

    def close(self, reference: Reference, *, parting: Parting, again: bool) -> None:
        """Take the handoff out of the queue."""
        try:
            self._queue.close(reference.id, by="customer")
        except HandoffError as error:
            raise ProviderUnavailable(str(error)) from error

    def news(self, reference: Reference, *, after: str) -> News | None:
        """Return None: agents of the desk write to the customer by themselves."""
        return None

    def read(self, delivery: Delivery) -> Received:
        """Raise WebhookRefused: nobody calls the embedded desk."""
        raise WebhookRefused(404, "The embedded desk takes no webhooks.")

    def check(self) -> tuple[str, ...]:
        """Return how many customers wait."""
        try:
            return (f"Waiting at the embedded desk: {len(self._queue.waiting())}.",)
        except HandoffError as error:
            raise ProviderUnavailable(str(error)) from error
