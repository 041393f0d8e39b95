"""Somebody's own desk behind the generic webhook: it checks and keeps what it is sent."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft7Validator, RefResolver

from tests.docs.pages import ROOT
from tests.handoff.vendor import Answer, Vendor

SCHEMA = json.loads((ROOT / "docs" / "handoff-webhook.schema.json").read_text(encoding="utf-8"))
KEY, THEIR_KEY = b"k" * 32, b"t" * 32
SIGNING_SECRET = "whsec_" + base64.b64encode(KEY).decode()
WEBHOOK_SECRET = "whsec_" + base64.b64encode(THEIR_KEY).decode()


def faults(kind: str, event: Any) -> list[str]:
    """Return what is wrong with an event, by the published schema."""
    schema = {"$ref": f"#/definitions/{kind}"}
    validator = Draft7Validator(schema, resolver=RefResolver("", SCHEMA))
    return [error.message for error in validator.iter_errors(event)]


def signature(key: bytes, id: str, at: str, body: bytes) -> str:
    made = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


class FakeDesk(Vendor):
    """Keeps each event once, by its `webhook-id`."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}
        super().__init__()

    def handle(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Any:
        id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if headers.get("webhook-signature") != signature(KEY, id, at, raw):
            self.violations.append("wrong signature")
        self.violations += faults("sent", json.loads(raw))
        return super().handle(method, target, headers, raw)

    def carry_out(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        self.events.setdefault(headers["webhook-id"], body)
        return 204, None

    def signed(self, payload: Any, at: float, *, id: str = "e1") -> tuple[bytes, dict[str, str]]:
        """Return body and headers of an event of ours; the payload is held to the schema."""
        body, stamp = json.dumps(payload).encode(), str(int(at))
        return body, {
            "webhook-id": id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,AAAA {signature(THEIR_KEY, id, stamp, body)}",
        }
