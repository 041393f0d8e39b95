"""A Zammad with one group, as its REST documentation describes it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.docs.pages import ROOT
from tests.handoff.contract import Contract
from tests.handoff.vendor import Answer, Vendor

TOKEN, GROUP, CUSTOMER, WEBHOOK_SECRET = "agents token", "Chat", "chat@shop.example", "hooks secret"
STATES = {1: "new", 2: "open", 4: "closed", 5: "merged"}
AGENT = {"id": 5, "firstname": "Emma", "lastname": "Taylor", "login": "emma@shop.example"}


class FakeZammad(Vendor):
    """Keeps tickets and articles in plain sight."""

    def __init__(self) -> None:
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: list[dict[str, Any]] = []
        self.tags: list[str] = []
        super().__init__(Contract(ROOT / "tests" / "data" / "zammad" / "openapi.json"))

    def writes(self, body: str, **fields: Any) -> dict[str, Any]:
        """Have an agent write an article to the first ticket."""
        return self._article(
            11,
            {
                "body": body,
                "from": "Emma Taylor via <chat@shop.example>",
                "content_type": "text/html",
                "type": "note",
                "internal": False,
                "sender": "Agent",
                "created_by": "emma@shop.example",
                **fields,
            },
        )

    def sets(self, state: str) -> None:
        """Have an agent set the first ticket's state."""
        ticket = self.tickets[11]
        ticket["state"] = state
        ticket["updated_at"] = f"2027-01-15T08:00:0{len(self.requests) % 10}.000Z"

    def webhook(self, article: dict[str, Any] | None) -> dict[str, Any]:
        """Return what a trigger sends about the first ticket and an article."""
        ticket = {**self.tickets[11], "owner_id": 5, "owner": AGENT}
        shown = article and {
            **article,
            "created_by": AGENT,
            "created_by_id": 5,
            "accounted_time": 0,
        }
        return {"ticket": ticket, "article": shown}

    def signed(
        self, payload: Any, *, delivery: str = "z1", secret: str = WEBHOOK_SECRET
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a webhook."""
        body = json.dumps(payload).encode()
        made = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        return body, {
            "User-Agent": "Zammad User Agent",
            "X-Zammad-Trigger": "Tell the assistant",
            "X-Zammad-Delivery": delivery,
            "X-Hub-Signature": f"sha1={made}",
        }

    def carry_out(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        if headers.get("authorization") != f"Token token={TOKEN}":
            return 401, {"error": "Invalid token!"}
        url = urlsplit(target)
        path = url.path.removeprefix("/api/v1")
        if path == "/tickets" and method == "POST":
            id = 11 + len(self.tickets)
            times = "2027-01-15T08:00:00.000Z"
            known = {"id": id, "number": f"200{id}", "state_id": 1, "state": "new"}
            self.tickets[id] = {**known, "updated_at": times, "title": body["title"]}
            article = self._article(id, {"sender": "Agent", **body["article"]})
            return 201, {**self.tickets[id], "article_ids": [article["id"]]}
        if path == "/tickets/search":
            query = parse_qs(url.query)["query"][0]
            return 200, [t for t in self.tickets.values() if query in t["title"]]
        if path == "/ticket_states":
            return 200, [{"id": id, "name": name} for id, name in STATES.items()]
        if path == "/tags/add":
            self.tags.append(body["item"])
            return 201, True
        if path == "/ticket_articles":
            if body["ticket_id"] not in self.tickets:
                return 422, {"error": "Ticket is invalid"}
            return 201, self._article(body["ticket_id"], body)
        id = int(path.rsplit("/", 1)[1])
        if id not in self.tickets:
            return 404, {"error": "Couldn't find Ticket"}
        if path.startswith("/ticket_articles/by_ticket/"):
            return 200, [a for a in self.articles if a["ticket_id"] == id]
        if method == "PUT":
            self.tickets[id]["state"] = body["state"]
        return 200, self.tickets[id]

    def _article(self, ticket: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        article = {
            "id": 200 + len(self.articles),
            "from": "Chat Bot",
            "subject": None,
            "type": "note",
            "sender": "Agent",
            "internal": False,
            "content_type": "text/plain",
            "created_by": "chat-bot@shop.example",
            "created_at": "2027-01-15T08:00:00.000Z",
            "attachments": [],
            **fields,
            "ticket_id": ticket,
        }
        self.articles.append(article)
        return article
