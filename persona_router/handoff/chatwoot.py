"""Chatwoot: a handoff is a conversation in an API inbox, with all that is known in a note."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from persona_router.handoff.chatwoot_events import happened, read_webhook, webhook_fault
from persona_router.handoff.http import VendorHttp
from persona_router.handoff.notes import Labels, note, parting_note
from persona_router.handoff.provider import (
    Delivery,
    News,
    Parting,
    ProviderUnavailable,
    Received,
    Reference,
)
from persona_router.handoff.queue import Handoff, Line

REMEDY = "url, account, inbox, token and identity_secret in endpoints.yml"
ATTRIBUTE = "handoff"
_INCOMING, _PENDING, _RESOLVED, _MOST_MESSAGES = 0, "pending", "resolved", 100


class Chatwoot:
    """A HandoffProvider; `inbox` is the inbox identifier of an API inbox of the account.

    `identity_secret` is the inbox's HMAC token, where it demands one. Customers' messages are
    written by the public interface of the inbox, everything else by the account's.
    """

    name: str = "chatwoot"
    settle_seconds: float = 5.0

    def __init__(
        self,
        *,
        url: str,
        account: int,
        inbox: str,
        token: str,
        webhook_secret: str,
        identity_secret: str | None = None,
        labels: Labels,
    ) -> None:
        self._inbox = VendorHttp(
            f"{url.rstrip('/')}/public/api/v1/inboxes/{quote(inbox, safe='')}", remedy=REMEDY
        )
        self._account = VendorHttp(
            f"{url.rstrip('/')}/api/v1/accounts/{account}",
            headers={"api_access_token": token},
            remedy=REMEDY,
        )
        self._account_id = account
        self._webhook_secret = webhook_secret
        self._identity_secret = identity_secret
        self._labels = labels

    def open(
        self, handoff: Handoff, *, again: bool, kept: str, keep: Callable[[str], None]
    ) -> Reference:
        """Return the conversation, with attributes, labels, a note and the last words."""
        source = kept or self._contact(handoff)
        if not kept:
            keep(source)
        found = self._existing(source, handoff) if again else None
        if found is None:
            attributes = {"custom_attributes": _attributes(handoff)}
            found = self._inbox.post(f"{self._of(source)}/conversations", attributes)
        id = _id(found)
        path = f"/conversations/{id}"
        if found.get("status") == _PENDING:
            # So an inbox with a bot of its own keeps it from people.
            self._account.post(f"{path}/toggle_status", {"status": "open"})
        known = self._account.get(f"{path}/labels")["payload"]
        self._account.post(
            f"{path}/labels", {"labels": [*known, *(x for x in _labels(handoff) if x not in known)]}
        )
        reference = Reference(id=id, details={"source": source})
        last = self._note(reference, note(handoff, self._labels), after="0", again=again)
        spoken = [line for line in handoff.request.transcript if line.sender == "customer"]
        if spoken:
            last = self.send(reference, spoken[-1], after=last, again=again)
        return Reference(id=id, details=reference.details, last=last)

    def find(self, handoff: Handoff, *, kept: str) -> Reference | None:
        """Return the conversation that an unclear `open` has left; None if there is none."""
        found = self._existing(kept, handoff) if kept else None
        return None if found is None else Reference(id=_id(found), details={"source": kept})

    def send(self, reference: Reference, line: Line, *, after: str, again: bool) -> str:
        """Return the id of the customer's message."""
        if again:
            # Nobody else writes incoming messages here, and these go one after the other.
            for message in self._messages(reference, after):
                if message.get("message_type") == _INCOMING:
                    return str(message["id"])
        path = f"{self._of(reference.details['source'])}/conversations/{reference.id}/messages"
        sent = self._inbox.post(path, {"content": line.text, "echo_id": line.id or ""})
        return _id(sent)

    def close(self, reference: Reference, *, parting: Parting, again: bool) -> None:
        """Tell the team why, and resolve the conversation."""
        self._note(reference, parting_note(parting, self._labels), after="0", again=again)
        self._account.post(f"/conversations/{reference.id}/toggle_status", {"status": _RESOLVED})

    def news(self, reference: Reference, *, after: str) -> News | None:
        """Return what agents wrote since the message `after`, and whether it is resolved."""
        messages = self._messages(reference, after or "0")
        conversation = self._account.get(f"/conversations/{reference.id}")
        events = [e for message in messages for e in happened(message, reference.id)]
        last = max((int(m["id"]) for m in messages), default=int(after or "0"))
        return News(
            events=tuple(events),
            resolved=conversation.get("status") == _RESOLVED,
            cursor=str(last),
            fault=webhook_fault(messages),
        )

    def read(self, delivery: Delivery) -> Received:
        """Return what agents did by a webhook of the account or the inbox."""
        return read_webhook(delivery, self._webhook_secret, account=self._account_id)

    def check(self) -> tuple[str, ...]:
        """Return what the inbox and the account say about themselves."""
        inbox = self._inbox.get("")
        found = [f"The inbox is '{inbox.get('name')}'."]
        if inbox.get("identity_validation_enabled") and not self._identity_secret:
            found.append("The inbox enforces identity validation: set identity_secret.")
        self._account.get("/conversations/meta", {"status": "open"})
        found.append("The token may read the account's conversations.")
        return tuple(found)

    def _contact(self, handoff: Handoff) -> str:
        """Return the source id of a new session of the conversation's contact.

        What the customer says of themselves is not put where Chatwoot tells contacts apart: anybody
        may type somebody else's e-mail address.
        """
        identifier = handoff.request.conversation
        contact = {
            "identifier": identifier,
            "name": f"{self._labels.label('sender', 'customer')} {identifier[:8]}",
        }
        if self._identity_secret:
            contact["identifier_hash"] = hmac.new(
                self._identity_secret.encode(), identifier.encode(), hashlib.sha256
            ).hexdigest()
        made = self._inbox.post("/contacts", contact)
        return _text(made, "source_id")

    def _existing(self, source: str, handoff: Handoff) -> Mapping[str, Any] | None:
        """Return the handoff's conversation among those of the contact."""
        for listed in self._inbox.get(f"{self._of(source)}/conversations"):
            found: Mapping[str, Any] = self._account.get(f"/conversations/{_id(listed)}")
            if (found.get("custom_attributes") or {}).get(ATTRIBUTE) == handoff.id:
                return found
        return None

    def _note(self, reference: Reference, text: str, *, after: str, again: bool) -> str:
        if again:
            for message in self._messages(reference, after):
                if message.get("private") and message.get("content") == text:
                    return str(message["id"])
        body = {"content": text, "message_type": "outgoing", "private": True}
        return _id(self._account.post(f"/conversations/{reference.id}/messages", body))

    def _messages(self, reference: Reference, after: str) -> Sequence[Mapping[str, Any]]:
        """Return all messages with a higher id than `after`, in order."""
        found: list[Mapping[str, Any]] = []
        while True:
            path = f"/conversations/{reference.id}/messages"
            page = self._account.get(path, {"after": after})["payload"]
            found += sorted(page, key=lambda message: int(message["id"]))
            if len(page) < _MOST_MESSAGES:
                return found
            after = str(found[-1]["id"])

    def _of(self, source: str) -> str:
        return f"/contacts/{quote(source, safe='')}"


def _attributes(handoff: Handoff) -> Mapping[str, str]:
    request = handoff.request
    return {
        ATTRIBUTE: handoff.id,
        "decision": request.decision_id or "",
        "language": request.locale,
        "persona": request.persona or "",
        "reason": request.reason,
        "intent": request.intent or "",
    }


def _labels(handoff: Handoff) -> Iterator[str]:
    request = handoff.request
    named = {
        "language": request.language,
        "persona": request.persona,
        "reason": request.reason,
    }
    return (f"{kind}-{value}".lower().replace("_", "-") for kind, value in named.items() if value)


def _id(answer: Any) -> str:
    id = answer.get("id") if isinstance(answer, Mapping) else None
    if not isinstance(id, int):
        raise ProviderUnavailable("Chatwoot's answer has no id.", unsure=True)
    return str(id)


def _text(answer: Any, key: str) -> str:
    value = answer.get(key) if isinstance(answer, Mapping) else None
    if not isinstance(value, str) or not value:
        raise ProviderUnavailable(f"Chatwoot's answer has no {key}.", unsure=True)
    return value
