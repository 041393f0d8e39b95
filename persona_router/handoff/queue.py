"""What waits for a person: the values of a handoff and the protocol of every queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from persona_router.core.brand_visits import Handover
from persona_router.core.figures import Rate

Kind = Literal["agent", "callback"]
WaitedBy = Literal["persona", "language"]
Status = Literal["waiting", "claimed", "closed"]
Sender = Literal["customer", "bot", "agent"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message of a transcript, in the words in which it was sent.

    `at` is in Unix seconds; `name` is the agent's name where an agent wrote the line; `id` is the
    message's identity, by which a repeated delivery is recognised.
    """

    sender: Sender
    text: str
    at: float
    name: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class HandoffRequest:
    """What a person needs to know to take a conversation over, as it was when it was asked for.

    `reason` is a reason code of the decision. `posterior` maps persona ids to probabilities that
    sum to 1; `persona` is None while undecided. Each item of `evidence` has the keys `signal`,
    `value` (0 to 1) and `decibans` (for `persona`, negative when against). `tried` lists what the
    assistant offered before, oldest first, `articles` what it gave to read: `title`, and `helped`,
    true or false where the customer said so, else None. `phone_number` and `callback_time` (ISO
    8601, or the customer's own words) belong to callbacks. `output_channel` is the name of the Rasa
    channel that reaches the customer. `requested_at` is in Unix seconds.
    """

    conversation: str
    kind: Kind
    reason: str
    language: str
    locale: str
    output_channel: str
    requested_at: float
    intent: str | None = None
    persona: str | None = None
    posterior: Mapping[str, float] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    entities: Mapping[str, Any] = field(default_factory=dict)
    tried: tuple[str, ...] = ()
    articles: tuple[Mapping[str, Any], ...] = ()
    transcript: tuple[Line, ...] = ()
    phone_number: str | None = None
    callback_time: str | None = None
    decision_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """A request in the queue: waiting, then claimed by one agent, then closed.

    `claimed_at` and `closed_at` are in Unix seconds; `closed_by` is whoever closed it, which may
    be the customer.
    """

    id: str
    request: HandoffRequest
    status: Status
    agent: str | None = None
    claimed_at: float | None = None
    closed_at: float | None = None
    closed_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How long those waited who asked for a person in some time; lengths are in seconds.

    Of `asked`, agents took `taken` over, `within` of them in time; `left` were closed before
    anybody came, and the others wait still. `median` and `ninetieth` are of those taken over: half
    and nine tenths waited no longer. None without any.
    """

    asked: int = 0
    taken: int = 0
    within: int = 0
    left: int = 0
    median: float | None = None
    ninetieth: float | None = None

    @property
    def in_time(self) -> Rate:
        """How many were taken over in time, of those who wait no longer."""
        return Rate(self.within, self.taken + self.left)


class HandoffError(Exception):
    """A handoff cannot do what was asked of it; the text says why and what to do."""


class UnknownHandoff(HandoffError):
    """No handoff has this id."""

    def __init__(self, id: str) -> None:
        super().__init__(f"Unknown handoff '{id}'. Choose one from the queue.")


class AlreadyClaimed(HandoffError):
    """Another agent, named in `agent`, was first."""

    def __init__(self, id: str, agent: str) -> None:
        self.agent = agent
        super().__init__(f"Handoff '{id}' is claimed by {agent}. Choose another from the queue.")


class AlreadyClosed(HandoffError):
    """The handoff is over; a new one is made when the customer asks again."""

    def __init__(self, id: str) -> None:
        super().__init__(f"Handoff '{id}' is closed. Choose another from the queue.")


class QueueUnavailable(HandoffError):
    """The queue's storage cannot be read or written; the text names it and the remedy."""


class Past(Protocol):
    """What a queue knows of the past; every method may raise QueueUnavailable."""

    def waits(self, kind: Kind, since: float) -> tuple[float, ...]:
        """Return the seconds that those waited whom agents took over since then, latest first."""
        ...

    def waited(self, kind: Kind, since: float, until: float, *, within: float) -> Waits:
        """Return how long those waited who asked from `since` until before `until`.

        `within` are the seconds in which somebody should have come. Only what is not yet
        forgotten counts.
        """
        ...

    def waited_by(
        self, by: WaitedBy, kind: Kind, since: float, until: float, *, within: float
    ) -> Mapping[str | None, Waits]:
        """Return the same by persona or language of the handoff, the most frequent first."""
        ...

    def handovers(self, since: float, *, now: float) -> Mapping[str, Handover]:
        """Return what came of handoffs asked for since then by decision; of several, the taken."""
        ...

    def last_helped(self, conversation: str) -> Handoff | None:
        """Return the chat with an agent that was closed last; None if there was none."""
        ...

    def closed_before(self, at: float) -> tuple[str, ...]:
        """Return the ids of the handoffs that were closed before then, oldest first."""
        ...

    def forget(self, id: str) -> None:
        """Delete the closed handoff with its transcript; one that is open stays."""
        ...

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return the conversation's handoffs as `handoff`, open and closed, oldest first."""
        ...

    def forget_conversation(self, conversation: str, *, even_open: bool) -> Mapping[str, int]:
        """Return how many handoffs are deleted; open ones stay unless `even_open`."""
        ...


class HandoffQueue(Protocol):
    """A queue of handoffs that several processes share; every method may raise QueueUnavailable."""

    @property
    def past(self) -> Past:
        """What was."""
        ...

    def add(self, request: HandoffRequest) -> Handoff:
        """Return the waiting handoff; the open one of this conversation and kind if there is one.

        Repeating a request therefore never doubles it.
        """
        ...

    def waiting(self) -> tuple[Handoff, ...]:
        """Return the unclaimed handoffs of both kinds, first come first."""
        ...

    def claimed(self) -> tuple[Handoff, ...]:
        """Return the handoffs that agents are working on, first come first."""
        ...

    def get(self, id: str) -> Handoff:
        """Return the handoff; raises UnknownHandoff."""
        ...

    def open_for(self, conversation: str) -> tuple[Handoff, ...]:
        """Return the conversation's handoffs that are not closed: at most one of each kind."""
        ...

    def position(self, id: str) -> int | None:
        """Return the place among the waiting of its kind, from 1; None when it does not wait.

        Raises UnknownHandoff.
        """
        ...

    def claim(self, id: str, agent: str) -> Handoff:
        """Return the handoff, now this agent's; claiming it again changes nothing.

        Of several agents exactly one succeeds. Raises AlreadyClaimed, AlreadyClosed or
        UnknownHandoff.
        """
        ...

    def release(self, id: str, agent: str) -> Handoff:
        """Return the handoff, waiting in its old place if it was this agent's.

        One that the agent does not hold stays as it is. Raises UnknownHandoff.
        """
        ...

    def transfer(self, id: str, agent: str, to: str) -> Handoff:
        """Return the handoff, now the agent's `to` if it was this agent's.

        One that the agent does not hold stays as it is. Raises UnknownHandoff.
        """
        ...

    def close(self, id: str, by: str) -> Handoff:
        """Return the handoff, now closed; closing it again changes nothing.

        One that nobody claimed may be closed too, as when the customer goes back to the
        assistant. Raises UnknownHandoff.
        """
        ...

    def counts(self) -> Mapping[Status, int]:
        """Return how many handoffs have each status; all three statuses are present."""
        ...
