"""What a telephone service must be able to do to call for the desk, whoever runs it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from persona_router.content.connectors import ENDPOINTS
from persona_router.content.dial_out import read_dial_out
from persona_router.handoff.provider import Delivery

Stage = Literal[
    "calling_agent",
    "calling_customer",
    "talking",
    "answered",
    "busy",
    "no_answer",
    "failed",
    "agent_missed",
    "unknown",
]
"""Where a call stands. "answered" is one that is over; "agent_missed" never rang at the customer's,
and of an "unknown" one nobody knows whether it was placed, or how it ended."""
RUNNING: tuple[Stage, ...] = ("calling_agent", "calling_customer", "talking")
"""In the order in which they follow each other; every other stage is an end."""
REPORTS = "/webhooks/dial-out/"
"""Where the desk takes a service's reports, followed by the name of the attempt."""
RING_AGENT = 20
RING_CUSTOMER = 30
"""Seconds for which a phone rings. The agent's for less: their mailbox would talk to the customer.
"""


def is_running(stage: Stage) -> bool:
    """Return whether the call goes on."""
    return stage in RUNNING


def furthest(known: Stage, told: Stage) -> Stage:
    """Return where a call stands when this was told of it, in whatever order it is told.

    A call never goes back, and an end is the end, unless nobody knew it.
    """
    if known == "unknown":
        return told
    if not is_running(known):
        return known
    if not is_running(told):
        return told
    return max(known, told, key=RUNNING.index)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a service reports of a call by itself: its id there, and its stage.

    Without a `stage` the report does not tell it, but `Dialler.stage` does.
    """

    call: str
    stage: Stage | None


class Dialler(Protocol):
    """Calls an agent first and, once they have picked up, the customer; safe for any thread.

    Every method may raise DialError. Numbers are E.164, and are never in an error or a log.
    """

    name: str
    calls_back: bool
    """Whether the service reports by itself how a call goes."""
    longest_call: float
    """Seconds after which it ends a conversation."""

    def place(self, *, agent: str, customer: str, attempt: str) -> str:
        """Return the service's id of a new call, which rings at the agent's phone.

        `attempt` is our own name for it, of letters, digits, "_" and "-"; reports come with it.
        """
        ...

    def stage(self, call: str) -> Stage:
        """Return where a call stands by what the service says now."""
        ...

    def read(self, delivery: Delivery, *, attempt: str) -> Report:
        """Return what was reported of an attempt; raises ReportRefused unless the service did."""
        ...


class DialError(Exception):
    """The service did not do what was asked; the text says why, and quotes no number or secret."""


class CredentialsRefused(DialError):
    """The service does not accept the account or its token."""


class NumberRefused(DialError):
    """The service does not call the agent's number."""


class CallRefused(DialError):
    """The service does not call by these settings, whomever it is to call."""


class TooManyCalls(DialError):
    """The service wants to be asked less often; `retry_after` is in seconds, if it says when."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DiallerUnreachable(DialError):
    """The service gave no answer that can be read; `unsure` if it may have placed the call."""

    def __init__(self, message: str, *, unsure: bool = False) -> None:
        super().__init__(message)
        self.unsure = unsure


class ReportRefused(Exception):
    """A report that is not the service's own, or makes no sense; the text says why."""


def open_dialler(project: Path, environment: Mapping[str, str] = os.environ) -> Dialler | None:
    """Return the telephone service that the project's endpoints.yml chooses; None for none.

    Raises ContentError, also for a secret that is not set.
    """
    settings = read_dial_out(project / ENDPOINTS)
    if settings is None:
        return None
    # The library is large, and most desks call by hand.
    from persona_router.handoff.twilio_calls import TwilioCalls

    account = settings.account
    return TwilioCalls(
        account=account if isinstance(account, str) else account.value(environment),
        token=settings.token.value(environment),
        number=settings.number,
        longest_call=settings.longest_call,
        public_url=settings.public_url,
        url=settings.url,
        public_only=not settings.allow_private_network,
    )
