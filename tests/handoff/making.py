"""What the tests of connectors are made of: a clock, handoffs, and the words of the desk."""

from typing import Any

from persona_router.desk.texts import DeskTexts, choose_texts, load_texts
from persona_router.handoff.provider import Delivery
from persona_router.handoff.queue import Handoff, HandoffRequest, Line

NOW = 1_800_000_000.0
TEXTS = load_texts()


class Clock:
    """A clock that stands still until it is set forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


def words(locale: str) -> DeskTexts:
    return choose_texts(TEXTS, locale)


def request(conversation: str = "c0ffee12", **changes: Any) -> HandoffRequest:
    values: dict[str, Any] = {
        "conversation": conversation,
        "kind": "agent",
        "reason": "wish_agent",
        "language": "de",
        "locale": "de-AT",
        "output_channel": "website",
        "requested_at": NOW - 1,
        "intent": "track_order",
        "persona": "talker",
        "posterior": {"talker": 0.81, "sprinter": 0.19},
        "evidence": ({"signal": "courtesy", "value": 1.0, "decibans": 4.0},),
        "entities": {"order_number": "4471903"},
        "tried": ("self_service",),
        "transcript": (
            Line(sender="customer", text="Wo ist 4471903?", at=NOW - 9, id="m1"),
            Line(sender="bot", text="Unterwegs.", at=NOW - 8),
            Line(sender="customer", text="Einen Menschen bitte!", at=NOW - 2, id="m2"),
        ),
        "decision_id": "d7",
    }
    return HandoffRequest(**{**values, **changes})


def handoff(id: str = "3f2a9c00d1e2b3a4", **changes: Any) -> Handoff:
    return Handoff(id=id, request=request(**changes), status="waiting")


def said(text: str, id: str, *, at: float = NOW) -> Line:
    return Line(sender="customer", text=text, at=at, id=id)


def delivery(body: bytes, headers: dict[str, str], *, at: float = NOW) -> Delivery:
    return Delivery(headers={k.lower(): v for k, v in headers.items()}, body=body, at=at)
