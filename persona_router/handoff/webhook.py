"""Any other desk: handoffs as signed webhooks to one address, and its doings as webhooks to us."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from persona_router.handoff.http import VendorHttp
from persona_router.handoff.provider import (
    Delivery,
    Doing,
    Happened,
    News,
    Parting,
    Received,
    Reference,
    WebhookRefused,
)
from persona_router.handoff.queue import Handoff, Line
from persona_router.handoff.records import encoded
from persona_router.handoff.signatures import check_standard, standard_headers

REMEDY = "url and signing_secret in endpoints.yml"
LONGEST_REPLY = 30_000
_DOINGS: Mapping[str, Doing] = {
    "agent.joined": "joined",
    "message.created": "reply",
    "handoff.resolved": "resolved",
}


class SignedWebhook:
    """A HandoffProvider that speaks Standard Webhooks in both directions.

    `signing_secret` signs what we send, `webhook_secret` what we receive. A repeated event has the
    same `webhook-id`, by which the receiver tells it from a new one. Private addresses are refused
    unless `allow_private_network` is set.
    """

    name: str = "webhook"
    settle_seconds: float = 0.0

    def __init__(
        self,
        *,
        url: str,
        signing_secret: str,
        webhook_secret: str,
        allow_private_network: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = VendorHttp(url, remedy=REMEDY, public_only=not allow_private_network)
        self._signing_secret = signing_secret
        self._webhook_secret = webhook_secret
        self._clock = clock

    def open(
        self, handoff: Handoff, *, again: bool, kept: str, keep: Callable[[str], None]
    ) -> Reference:
        """Return the handoff's own id, by which the other side names it."""
        data = {"handoff": handoff.id, **json.loads(encoded(handoff.request))}
        self._send("handoff.opened", f"{handoff.id}.opened", data)
        return Reference(id=handoff.id)

    def find(self, handoff: Handoff, *, kept: str) -> Reference | None:
        """Return the handoff's own id: the other side knows what it has received."""
        return Reference(id=handoff.id)

    def send(self, reference: Reference, line: Line, *, after: str, again: bool) -> str:
        """Return the message's own identity."""
        id = line.id or f"at:{line.at}"
        data = {"handoff": reference.id, "id": id, "text": line.text, "at": line.at}
        self._send("message.created", f"{reference.id}.{id}", data)
        return id

    def close(self, reference: Reference, *, parting: Parting, again: bool) -> None:
        """Tell that it is over, and why."""
        data = {"handoff": reference.id, "reason": parting}
        self._send("handoff.closed", f"{reference.id}.closed", data)

    def news(self, reference: Reference, *, after: str) -> News | None:
        """Return None: there is nothing to ask."""
        return None

    def read(self, delivery: Delivery) -> Received:
        """Return what somebody at the other side did."""
        id = check_standard(delivery, self._webhook_secret)
        try:
            events = tuple(_events(json.loads(delivery.body), id))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise WebhookRefused(
                400, "The body is no event that this assistant knows: see docs/handoff.md."
            ) from error
        return Received(id=id, events=events)

    def check(self) -> tuple[str, ...]:
        """Return that the other side takes an event of the type `ping`."""
        self._send("ping", f"ping.{int(self._clock())}", {})
        return ("The address takes signed events.",)

    def _send(self, type: str, id: str, data: Mapping[str, Any]) -> None:
        at = self._clock()
        second = datetime.fromtimestamp(int(at), timezone.utc).isoformat()
        body = json.dumps({"type": type, "timestamp": second, "data": dict(data)}).encode()
        headers = standard_headers(id, at, body, self._signing_secret)
        self._http.call("POST", "", body=body, headers=headers, json_answer=False)


def _events(payload: Any, id: str) -> Iterator[Happened]:
    type, data = payload["type"], payload["data"]
    if type not in _DOINGS:
        return
    text, agent = data.get("text", ""), data.get("agent")
    handoff, message = data["handoff"], data["id"] if type == "message.created" else id
    if not isinstance(agent, str | None) or not all(
        isinstance(value, str) and value for value in (handoff, message)
    ):
        raise TypeError("handoff, id and agent are texts")
    if type == "message.created" and not (isinstance(text, str) and text.strip()):
        raise ValueError("a message needs a text")
    yield Happened(
        kind=_DOINGS[type],
        reference=handoff,
        key=f"{type}:{message[:200]}",
        agent=agent[:80] if agent else None,
        text=str(text)[:LONGEST_REPLY],
    )
