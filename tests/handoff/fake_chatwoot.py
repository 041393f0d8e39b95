"""A Chatwoot with one account and one API inbox, as its documentation describes them."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.docs.pages import ROOT
from tests.handoff.contract import Contract
from tests.handoff.vendor import Answer, Vendor

ACCOUNT, INBOX, TOKEN = 3, "inbox-Id", "agents token"
WEBHOOK_SECRET, IDENTITY_SECRET = "webhooks secret", "hmac token"
INCOMING, OUTGOING, ACTIVITY = 0, 1, 2


class FakeChatwoot(Vendor):
    """Keeps contacts, conversations and messages in plain sight."""

    def __init__(self, *, identity: bool = False) -> None:
        self.sources: dict[str, str] = {}
        self.conversations: dict[int, dict[str, Any]] = {}
        self._identity = identity
        self._next = 100
        super().__init__(Contract(ROOT / "tests" / "data" / "chatwoot" / "openapi.json"))

    def messages(self, conversation: int = 1, **wanted: Any) -> list[dict[str, Any]]:
        """Return the messages whose fields are as wanted."""
        found = self.conversations[conversation]["messages"]
        return [m for m in found if all(m[key] == value for key, value in wanted.items())]

    def says(self, text: str | None, *, conversation: int = 1, **fields: Any) -> dict[str, Any]:
        """Have an agent write a message."""
        agent = {"id": 7, "name": "Amira N.", "available_name": "Amira", "type": "user"}
        message = {"private": False, "message_type": OUTGOING, "sender": agent, **fields}
        return self._add(conversation, text, **message)

    def webhook(self, message: dict[str, Any], event: str = "message_created") -> dict[str, Any]:
        """Return a message as webhooks show it."""
        kinds = {INCOMING: "incoming", OUTGOING: "outgoing", ACTIVITY: "activity", 3: "template"}
        number = message["conversation_id"]
        return {
            **message,
            "event": event,
            "message_type": kinds[message["message_type"]],
            "account": {"id": ACCOUNT, "name": "Shop"},
            "inbox": {"id": 5, "name": "Chat"},
            "conversation": {"id": number, "status": self.conversations[number]["status"]},
        }

    def status_webhook(self, status: str, conversation: int = 1) -> dict[str, Any]:
        """Set the status, and return how webhooks tell it."""
        self.conversations[conversation]["status"] = status
        return {
            "event": "conversation_status_changed",
            "id": conversation,
            "status": status,
            "meta": {"assignee": {"id": 7, "name": "Amira", "type": "user"}},
            "updated_at": 1_800_000_000.5,
        }

    def signed(
        self, payload: Any, at: float, *, delivery: str = "d1", secret: str = WEBHOOK_SECRET
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a webhook."""
        body, stamp = json.dumps(payload).encode(), str(int(at))
        made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {
            "X-Chatwoot-Signature": f"sha256={made}",
            "X-Chatwoot-Timestamp": stamp,
            "X-Chatwoot-Delivery": delivery,
        }

    def carry_out(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        url = urlsplit(target)
        if url.path.startswith("/public/"):
            return self._public(method, url.path.removeprefix("/public/api/v1/inboxes/"), body)
        if headers.get("api_access_token") != TOKEN:
            return 401, {"description": "Invalid Access Token"}
        rest = url.path.removeprefix(f"/api/v1/accounts/{ACCOUNT}/conversations")
        if rest == "/meta":
            return 200, {"meta": {"all_count": len(self.conversations)}}
        number, _, what = rest.removeprefix("/").partition("/")
        found = self.conversations.get(int(number))
        if found is None:
            return 404, {"description": "Resource could not be found"}
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        return self._of_account(method, what, found, query, body)

    def _public(self, method: str, path: str, body: Any) -> Answer:
        inbox, _, rest = path.partition("/")
        if inbox != INBOX:
            return 404, {"description": "Inbox"}
        if not rest:
            shown = {"identifier": INBOX, "name": "Chat"}
            return 200, {**shown, "identity_validation_enabled": self._identity}
        if rest == "contacts":
            identifier = body["identifier"].encode()
            proof = hmac.new(IDENTITY_SECRET.encode(), identifier, hashlib.sha256).hexdigest()
            if self._identity and body.get("identifier_hash") != proof:
                return 401, {"description": "HMAC failed"}
            source = f"source-{len(self.sources) + 1}"
            self.sources[source] = body["identifier"]
            return 200, {"id": 40 + len(self.sources), "source_id": source, "name": body["name"]}
        match = re.fullmatch(r"contacts/([^/]+)/conversations(?:/(\d+)/messages)?", rest)
        assert match, rest
        source, number = match.groups()
        if source not in self.sources or (number and int(number) not in self.conversations):
            return 404, {"description": "Resource could not be found"}
        if number:
            message = self._add(int(number), body["content"], message_type=INCOMING, sender={})
            shown = ("id", "content", "message_type", "content_type", "conversation_id")
            return 200, {key: message[key] for key in shown}
        if method == "POST":
            id = len(self.conversations) + 1
            self.conversations[id] = {
                "id": id,
                "status": "pending",
                "source": source,
                "custom_attributes": body["custom_attributes"],
                "labels": ["by-automation"],
                "messages": [],
            }
            return 200, {"id": id, "inbox_id": 5, "status": "pending", "messages": []}
        mine = [c for c in self.conversations.values() if c["source"] == source]
        return 200, [{"id": c["id"], "status": c["status"], "messages": []} for c in mine]

    def _of_account(
        self, method: str, what: str, found: dict[str, Any], query: dict[str, str], body: Any
    ) -> Answer:
        if what == "labels":
            if method == "POST":
                found["labels"] = body["labels"]
            return 200, {"payload": found["labels"]}
        if what == "toggle_status":
            found["status"] = body["status"]
            state = {"success": True, "current_status": body["status"]}
            return 200, {"meta": {}, "payload": {**state, "conversation_id": found["id"]}}
        if what == "messages" and method == "POST":
            kinds = {"incoming": INCOMING, "outgoing": OUTGOING}
            kind, private = kinds[body["message_type"]], body.get("private", False)
            return 200, self._add(found["id"], body["content"], message_type=kind, private=private)
        if what == "messages":
            later = [m for m in found["messages"] if m["id"] > int(query.get("after", 0))]
            return 200, {"meta": {}, "payload": later[:100]}
        shown = ("id", "status", "labels", "custom_attributes")
        return 200, {"messages": [], **{key: found[key] for key in shown}}

    def _add(self, conversation: int, text: str | None, **fields: Any) -> dict[str, Any]:
        self._next += 1
        message = {
            "id": self._next,
            "content": text,
            "content_type": "text",
            "content_attributes": {},
            "conversation_id": conversation,
            "created_at": 1_800_000_000,
            "private": False,
            "status": "sent",
            "sender": {"id": 9, "type": "user", "name": "Token"},
            **fields,
        }
        found = self.conversations[conversation]
        found["messages"].append(message)
        if message["message_type"] == INCOMING and found["status"] == "resolved":
            found["status"] = "open"
        return message
