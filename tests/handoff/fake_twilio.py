"""Twilio's calls, as https://www.twilio.com/docs/voice/api/call-resource describes them."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

from tests.handoff.vendor import Answer, Vendor

ACCOUNT, TOKEN, NUMBER = "AC" + "0a" * 16, "auth token", "+442079460112"
AGENT, CUSTOMER = "+493011111111", "+966500000001"
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
FIELDS = {
    "To", "From", "Twiml", "Timeout", "TimeLimit",
    "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent",
}  # fmt: skip
EVENTS = ["initiated", "ringing", "answered", "completed"]
E164 = re.compile(r"\+[1-9]\d{6,14}")
AUTHORIZATION = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()


def twiml_faults(text: str) -> list[str]:
    """Return what is wrong with the instructions of a call that bridges two phones."""
    if len(text) > 4000:
        return ["longer than 4000 characters"]
    root = ElementTree.fromstring(text)
    (dial,) = root
    (number,) = dial
    known = {"callerId", "answerOnBridge", "timeout", "timeLimit"}
    faults = [f"unknown attribute {name}" for name in dial.attrib.keys() - known]
    if (root.tag, dial.tag, number.tag) != ("Response", "Dial", "Number"):
        faults.append("not Response, Dial, Number")
    if dial.get("answerOnBridge") not in ("true", "false"):
        faults.append("answerOnBridge")
    faults += [
        f"{name} is no positive number"
        for name in ("timeout", "timeLimit")
        if not re.fullmatch(r"[1-9]\d*", dial.get(name, ""))
    ]
    numbers = (dial.get("callerId", ""), number.text or "")
    faults += [f"{one} is not E.164" for one in numbers if not E164.fullmatch(one)]
    events = number.get("statusCallbackEvent")
    if events is not None and set(events.split(" ")) - set(EVENTS):
        faults.append("unknown event")
    return faults


def signature(url: str, fields: Mapping[str, str], token: str = TOKEN) -> str:
    """Return X-Twilio-Signature by https://www.twilio.com/docs/usage/security."""
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(
        hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    ).decode()


class FakeTwilio(Vendor):
    """One account whose calls go on as a test says; `refusal` is (status, code) for new calls."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}
        self.refusal: tuple[int, int] | None = None
        super().__init__()

    @property
    def placed(self) -> list[dict[str, Any]]:
        """The forms of the calls that were asked for."""
        return self.wrote("POST", "/Calls.json")

    def rings(self, status: str, sid: str = "") -> None:
        """Have the agent's phone be at a status."""
        self.calls[sid or next(iter(self.calls))]["status"] = status

    def dials(self, status: str) -> str:
        """Have the customer's phone be at a status; return the SID of its call."""
        parent = next(sid for sid, call in self.calls.items() if not call["parent_call_sid"])
        self.calls[parent]["status"] = "in-progress"
        child = next((s for s, c in self.calls.items() if c["parent_call_sid"] == parent), "")
        return self._add(status, parent=parent, sid=child)

    def report(
        self, url: str, *, token: str = TOKEN, sign: str = "", **fields: str
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a status callback to the address."""
        told = {
            "CallSid": next(iter(self.calls), "CA" + "0" * 32),
            "AccountSid": ACCOUNT,
            "From": NUMBER,
            "To": AGENT,
            "CallStatus": "ringing",
            "ApiVersion": "2010-04-01",
            "Direction": "outbound-api",
            "CallbackSource": "call-progress-events",
            "ForwardedFrom": "",
            **fields,
        }
        return urlencode(told).encode(), {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign or signature(url, told, token),
            "I-Twilio-Idempotency-Token": "0a1b",
        }

    def handle(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Any:
        if raw and headers.get("content-type") != "application/x-www-form-urlencoded":
            self.violations.append("not a form")
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=bool(raw))
        form: dict[str, Any] = {}
        for name, value in pairs:
            form.setdefault(name, []).append(value)
        body = {k: v if k == "StatusCallbackEvent" else v[0] for k, v in form.items()}
        if any(len(values) > 1 for name, values in form.items() if name != "StatusCallbackEvent"):
            self.violations.append("a field is repeated")
        return super().handle(method, target, headers, json.dumps(body).encode() if raw else b"")

    def carry_out(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        if headers.get("authorization") != AUTHORIZATION:
            return 401, _error(401, 20003)
        url = urlsplit(target)
        if method == "POST" and url.path == f"{CALLS}.json":
            return self._create(body)
        if method == "GET" and url.path == f"{CALLS}.json":
            (parent,) = parse_qs(url.query)["ParentCallSid"]
            found = [call for call in self.calls.values() if call["parent_call_sid"] == parent]
            return 200, {"calls": found, "page": 0, "next_page_uri": None, "uri": target}
        sid = url.path.removeprefix(f"{CALLS}/").removesuffix(".json")
        if method == "GET" and sid in self.calls:
            return 200, self.calls[sid]
        return 404, _error(404, 20404)

    def _create(self, form: dict[str, Any]) -> Answer:
        if self.refusal is not None:
            return self.refusal[0], _error(*self.refusal)
        self.violations += [f"unknown field {name}" for name in form.keys() - FIELDS]
        if not E164.fullmatch(form["To"]):
            return 400, _error(400, 21211)
        if form["From"] != NUMBER:
            return 400, _error(400, 21210)
        if set(form.get("StatusCallbackEvent", [])) - set(EVENTS):
            self.violations.append("unknown event")
        if not 1 <= int(form["Timeout"]) <= 600 or int(form["TimeLimit"]) < 1:
            self.violations.append("a time is out of bounds")
        self.violations += twiml_faults(form["Twiml"])
        return 201, self.calls[self._add("queued")]

    def _add(self, status: str, *, parent: str | None = None, sid: str = "") -> str:
        sid = sid or f"CA{len(self.calls) + 1:032x}"
        self.calls[sid] = {
            "sid": sid,
            "status": status,
            "parent_call_sid": parent,
            "account_sid": ACCOUNT,
            "direction": "outbound-dial" if parent else "outbound-api",
        }
        return sid


def _error(status: int, code: int) -> dict[str, Any]:
    return {
        "code": code,
        "message": f"The number {AGENT} of {ACCOUNT} is not what it should be",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
