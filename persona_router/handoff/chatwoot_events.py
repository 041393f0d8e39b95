"""What Chatwoot tells: its webhooks, and its messages as they are listed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from persona_router.handoff.provider import Delivery, Happened, Received, WebhookRefused
from persona_router.handoff.signatures import check_timestamped

_OUTGOING = ("outgoing", 1)
_MACHINES = frozenset({"agent_bot", "agentbot", "captain_assistant", "captain::assistant"})
_PRIVATE_NETWORK = "no public ip"


def read_webhook(delivery: Delivery, secret: str, *, account: int) -> Received:
    """Return what agents did, by a webhook signed with `secret`; raises WebhookRefused."""
    check_timestamped(
        delivery, secret, signature="x-chatwoot-signature", timestamp="x-chatwoot-timestamp"
    )
    try:
        payload = json.loads(delivery.body)
        events = tuple(_events(payload, account, delivery.headers["x-chatwoot-timestamp"]))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise WebhookRefused(400, "The body is no webhook of Chatwoot.") from error
    return Received(id=delivery.headers.get("x-chatwoot-delivery"), events=events)


def happened(message: Mapping[str, Any], reference: str) -> Iterator[Happened]:
    """Yield the reply that a message is; none for the customer's own, notes, bots and activity."""
    sender = message.get("sender") or {}
    kind = str(sender.get("type") or message.get("sender_type") or "").lower()
    attributes = message.get("content_attributes") or {}
    if message.get("message_type") not in _OUTGOING or message.get("private"):
        return
    if kind in _MACHINES or attributes.get("deleted"):
        return
    links = [a.get("data_url") for a in message.get("attachments") or () if a.get("data_url")]
    text = "\n".join(str(part) for part in (message.get("content"), *links) if part)
    if text:
        id = int(message["id"])
        yield Happened(
            kind="reply",
            reference=reference,
            key=f"message:{id}",
            order=id,
            agent=_name(sender),
            text=text,
        )


def webhook_fault(messages: Sequence[Mapping[str, Any]]) -> str | None:
    """Return why the inbox's webhook did not reach us, as Chatwoot notes it with the message."""
    for message in reversed(messages):
        told = (message.get("content_attributes") or {}).get("external_error")
        if message.get("status") == "failed" and told:
            if _PRIVATE_NETWORK in str(told).lower():
                return (
                    "Chatwoot refuses to call a private address with its webhooks. Give it a "
                    "public address of this desk, or start Chatwoot with "
                    "SAFE_FETCH_ALLOW_PRIVATE_NETWORK=true."
                )
            return f"Chatwoot could not deliver its webhook: {str(told)[:200]}"
    return None


def _events(payload: Any, account: int, at: str) -> Iterator[Happened]:
    # Events of conversations name no account in some releases; the secret is the account's.
    told = (payload.get("account") or {}).get("id", account)
    if int(told) != account:
        return
    event = payload["event"]
    if event == "message_created":
        yield from happened(payload, str(int(payload["conversation"]["id"])))
    elif event == "conversation_status_changed" and payload["status"] == "resolved":
        # Being assigned is no event: with automatic assignment nobody may be there.
        key = f"resolved:{payload.get('updated_at') or at}"
        yield Happened(kind="resolved", reference=str(int(payload["id"])), key=key)


def _name(person: Mapping[str, Any]) -> str | None:
    name = person.get("available_name") or person.get("name")
    return str(name)[:80] if name else None
