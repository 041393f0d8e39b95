"""What is under way between a customer and another desk: the values of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from persona_router.handoff.provider import Reference
from persona_router.handoff.queue import Handoff, HandoffRequest

Direction = Literal["out", "in"]
LATELY_SECONDS = 600.0
RelayStatus = Literal["open", "ending", "moved", "ended"]


@dataclass(frozen=True, kw_only=True)
class Relay:
    """A conversation that is handed over to another desk.

    Its status is `open`; `ending` when the customer has left; `moved` when the embedded desk has
    it, because the provider could not be reached in time; `ended`. `sent` is the provider's id of
    the last message that was delivered, `cursor` where asking for news goes on, `agent` who was
    announced to the customer, `delayed` whether the customer was told to wait.
    """

    id: str
    provider: str
    request: HandoffRequest
    status: RelayStatus
    reference: Reference | None = None
    sent: str = ""
    cursor: str = ""
    agent: str | None = None
    delayed: bool = False

    @property
    def handoff(self) -> Handoff:
        """The handoff as providers take it."""
        return Handoff(id=self.id, request=self.request, status="waiting")


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One step that has to be done exactly once, in the order of its relay and direction.

    `out` to the provider: `open`, `message`, `end`, `withdraw`; `in` to the customer: `joined`,
    `reply`, `resolved`, `notice`. `attempts` counts those before this one, also one that a crash
    cut off; `kept` is what an unfinished attempt asked to be kept.
    """

    number: int
    relay: str
    direction: Direction
    kind: str
    key: str
    body: Mapping[str, Any]
    created_at: float
    attempts: int = 0
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class Health:
    """How a provider does: until when it is left alone, and what went wrong last.

    `failures` counts those since the last success. `heard_at` is when its last webhook came, 0 if
    none did; `missed` counts what was found by asking before a webhook told it, `fault` is what
    the provider says about its webhooks. Times are in Unix seconds.
    """

    paused_until: float = 0.0
    failures: int = 0
    error: str = ""
    failed_at: float = 0.0
    missed: int = 0
    heard_at: float = 0.0
    fault: str = ""

    def is_down(self, now: float) -> bool:
        """Return whether the provider failed when it was last tried, a short while ago."""
        return self.failures > 0 and now - self.failed_at < LATELY_SECONDS
