"""What a desk must be able to do to take conversations over, whoever made it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from persona_router.handoff.queue import Handoff, Line

Doing = Literal["joined", "reply", "resolved"]
Parting = Literal["left", "moved"]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Where a handoff is at the provider.

    `id` is what the provider's webhooks name it by; `details` is what else is needed to write to
    it; `last` is the provider's id of the last message that opening it wrote.
    """

    id: str
    details: Mapping[str, str] = field(default_factory=dict)
    last: str = ""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """What somebody at the provider did: joined the conversation, replied, or resolved it.

    `reference` is the id of its Reference. `key` tells repeated reports of one doing, however they
    came, from another doing. `order` counts replies of a conversation up, 0 if it is not known.
    `agent` is the name that customers may read, None if there is none.
    """

    kind: Doing
    reference: str
    key: str
    agent: str | None = None
    text: str = ""
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class News:
    """What a provider tells when it is asked: what happened, oldest first, and where it stands.

    `cursor` is where to go on asking; `fault` is one line when the provider complains that its
    webhooks do not reach us.
    """

    events: tuple[Happened, ...]
    resolved: bool
    cursor: str
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A webhook as it came in: header names in lower case, the body untouched, Unix seconds."""

    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, kw_only=True)
class Received:
    """What a webhook says; `id` is the delivery's own, the same when it is repeated."""

    id: str | None
    events: tuple[Happened, ...]


class ProviderError(Exception):
    """The provider did not do what was asked; the text says why, and never quotes a customer."""


class ProviderUnavailable(ProviderError):
    """It may work later. `retry_after` is in seconds, if the provider named a time.

    `everything` tells that nothing else has to be tried meanwhile. `unsure` tells that the request
    may have taken effect although no answer came.
    """

    def __init__(
        self,
        text: str,
        *,
        retry_after: float | None = None,
        everything: bool = False,
        unsure: bool = False,
    ) -> None:
        self.retry_after = retry_after
        self.everything = everything
        self.unsure = unsure
        super().__init__(text)


class ProviderRefused(ProviderError):
    """It will not work however often it is tried; somebody has to change something."""


class WebhookRefused(Exception):
    """A webhook cannot be believed or understood; `status` is the HTTP status of the answer."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class HandoffProvider(Protocol):
    """A desk that handoffs are sent to; every method may raise ProviderError unless it says else.

    Nothing is ever doubled: a call that is repeated after an unclear outcome comes with `again`,
    and then looks for what the earlier one has left before it writes.
    """

    @property
    def name(self) -> str:
        """The name by which endpoints.yml chooses it."""
        ...

    @property
    def settle_seconds(self) -> float:
        """So long an `open` of unclear outcome is left alone, for what it did to be found."""
        ...

    def open(
        self, handoff: Handoff, *, again: bool, kept: str, keep: Callable[[str], None]
    ) -> Reference:
        """Return where the handoff is now, with all that a person needs to know.

        What `keep` is given survives a crash, and comes back as `kept`.
        """
        ...

    def find(self, handoff: Handoff, *, kept: str) -> Reference | None:
        """Return where an `open` of unclear outcome has left the handoff; None if nowhere."""
        ...

    def send(self, reference: Reference, line: Line, *, after: str, again: bool) -> str:
        """Return the provider's id of the customer's message, now that it is there.

        `after` is the id of the message before it; `line.id` is its identity.
        """
        ...

    def close(self, reference: Reference, *, parting: Parting, again: bool) -> None:
        """End it at the provider: the customer left, or another desk has taken over."""
        ...

    def news(self, reference: Reference, *, after: str) -> News | None:
        """Return what happened since the cursor `after`; None if the provider cannot be asked."""
        ...

    def read(self, delivery: Delivery) -> Received:
        """Return what a webhook says, own messages and private notes left out.

        Raises WebhookRefused for a wrong signature, an old timestamp or an unreadable body.
        """
        ...

    def check(self) -> tuple[str, ...]:
        """Return what a look at the provider found, one line each; changes nothing there."""
        ...
