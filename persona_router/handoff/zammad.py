"""Zammad: a handoff is a ticket whose articles are the conversation."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from persona_router.handoff.http import VendorHttp
from persona_router.handoff.notes import Labels, facts, parting_note, said_at, speaker, title
from persona_router.handoff.provider import (
    Delivery,
    News,
    Parting,
    ProviderUnavailable,
    Received,
    Reference,
)
from persona_router.handoff.queue import Handoff, Line
from persona_router.handoff.zammad_events import happened, read_webhook

REMEDY = "url, group, customer and token in endpoints.yml"
CLOSED = "closed"
MOST_LINES = 40
"""Lines of the transcript that become articles; what is older stands in the first article."""


class Zammad:
    """A HandoffProvider; tickets go to `group`, in the name of the customer with an e-mail address.

    A ticket is over in one of the `closed_states`. Articles carry their identity as their subject,
    so that one whose answer got lost is found again.
    """

    name: str = "zammad"
    settle_seconds: float = 20.0

    def __init__(
        self,
        *,
        url: str,
        group: str,
        customer: str,
        token: str,
        webhook_secret: str,
        closed_states: Sequence[str],
        labels: Labels,
    ) -> None:
        self._http = VendorHttp(
            f"{url.rstrip('/')}/api/v1",
            headers={"Authorization": f"Token token={token}"},
            remedy=REMEDY,
        )
        self._group = group
        self._customer = customer
        self._webhook_secret = webhook_secret
        self._closed_states = frozenset(closed_states)
        self._labels = labels

    def open(
        self, handoff: Handoff, *, again: bool, kept: str, keep: Callable[[str], None]
    ) -> Reference:
        """Return the ticket: facts in an internal note, then the transcript, then tags."""
        found = self.find(handoff, kept=kept) if again else None
        reference = found or Reference(id=self._ticket(handoff))
        lines = handoff.request.transcript[-MOST_LINES:]
        last = ""
        written = self._subjects(reference) if again else {}
        for number, line in enumerate(lines):
            subject = f"{handoff.id}/{number}"
            last = written.get(subject) or self._article(reference, line, subject)
        for tag in _tags(handoff):
            self._http.post(
                "/tags/add", {"item": tag, "object": "Ticket", "o_id": int(reference.id)}
            )
        return Reference(id=reference.id, last=last)

    def find(self, handoff: Handoff, *, kept: str) -> Reference | None:
        """Return the ticket with the handoff's id in its title; None if there is none."""
        for ticket in self._http.get("/tickets/search", {"query": handoff.id}):
            if handoff.id in str(ticket.get("title", "")):
                return Reference(id=_id(ticket))
        return None

    def send(self, reference: Reference, line: Line, *, after: str, again: bool) -> str:
        """Return the id of the article with the customer's words."""
        subject = line.id or f"at {line.at}"
        found = self._subjects(reference).get(subject) if again else None
        return found or self._article(reference, line, subject)

    def close(self, reference: Reference, *, parting: Parting, again: bool) -> None:
        """Tell the team why, and close the ticket."""
        text = parting_note(parting, self._labels)
        if not (again and any(a.get("body") == text for a in self._articles(reference))):
            self._note(reference, text)
        path = f"/tickets/{quote(reference.id, safe='')}"
        self._http.call("PUT", path, body=json.dumps({"state": CLOSED}).encode())

    def news(self, reference: Reference, *, after: str) -> News | None:
        """Return what agents wrote after the article `after`, and whether the ticket is closed."""
        number = int(after or "0")
        articles = [a for a in self._articles(reference) if int(a["id"]) > number]
        ticket = self._http.get(f"/tickets/{quote(reference.id, safe='')}", {"expand": "true"})
        return News(
            events=tuple(e for article in articles for e in happened(article, reference.id)),
            resolved=ticket.get("state") in self._closed_states,
            cursor=str(max((int(a["id"]) for a in articles), default=number)),
        )

    def read(self, delivery: Delivery) -> Received:
        """Return what agents did, by a webhook of a trigger."""
        return read_webhook(delivery, self._webhook_secret, closed_states=self._closed_states)

    def check(self) -> tuple[str, ...]:
        """Return whether the token works and which of the closed states exist."""
        known = {str(state["name"]) for state in self._http.get("/ticket_states")}
        found = ["The token is accepted."]
        unknown = sorted(self._closed_states - known)
        if unknown:
            found.append(f"No ticket state is called {', '.join(unknown)}: mend closed_states.")
        return tuple(found)

    def _ticket(self, handoff: Handoff) -> str:
        """Return the id of a new ticket, its first article what is known of the customer."""
        older = handoff.request.transcript[:-MOST_LINES]
        before = "\n".join(_told(line, self._labels) for line in older)
        body = "\n\n".join(part for part in (facts(handoff, self._labels), before) if part)
        return _id(
            self._http.post(
                "/tickets",
                {
                    "title": title(handoff, self._labels),
                    "group": self._group,
                    "customer_id": f"guess:{self._customer}",
                    "article": {
                        "subject": handoff.id,
                        "body": body,
                        "content_type": "text/plain",
                        "type": "note",
                        "internal": True,
                    },
                },
            )
        )

    def _article(self, reference: Reference, line: Line, subject: str) -> str:
        """Return the id of a new article: the customer's words open, the assistant's internal."""
        customers = line.sender == "customer"
        made = self._http.post(
            "/ticket_articles",
            {
                "ticket_id": int(reference.id),
                "subject": subject,
                "body": line.text if customers else _told(line, self._labels),
                "content_type": "text/plain",
                "type": "chat" if customers else "note",
                "internal": not customers,
                "sender": "Customer" if customers else "Agent",
            },
        )
        return _id(made)

    def _note(self, reference: Reference, text: str) -> None:
        note = {"body": text, "content_type": "text/plain", "type": "note", "internal": True}
        self._http.post("/ticket_articles", {"ticket_id": int(reference.id), **note})

    def _articles(self, reference: Reference) -> Sequence[Mapping[str, Any]]:
        path = f"/ticket_articles/by_ticket/{quote(reference.id, safe='')}"
        return sorted(self._http.get(path), key=lambda article: int(article["id"]))

    def _subjects(self, reference: Reference) -> Mapping[str, str]:
        return {str(a["subject"]): _id(a) for a in self._articles(reference) if a.get("subject")}


def _told(line: Line, labels: Labels) -> str:
    return f"{speaker(line, labels)} ({said_at(line, labels)}): {line.text}"


def _tags(handoff: Handoff) -> tuple[str, ...]:
    request = handoff.request
    named = (
        ("language", request.language),
        ("persona", request.persona),
        ("reason", request.reason),
    )
    return tuple(f"{kind}-{value}" for kind, value in named if value)


def _id(answer: Any) -> str:
    id = answer.get("id") if isinstance(answer, Mapping) else None
    if not isinstance(id, int):
        raise ProviderUnavailable("Zammad's answer has no id.", unsure=True)
    return str(id)
