"""Signatures of webhooks: ours, and those of the desks that call us."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from persona_router.handoff.provider import Delivery, WebhookRefused

REPLAY_SECONDS = 300.0
STANDARD_PREFIX = "whsec_"

_WRONG = "The signature is wrong: is the webhook's secret the one of this assistant?"


def check_timestamped(delivery: Delivery, secret: str, *, signature: str, timestamp: str) -> None:
    """Raise WebhookRefused unless `sha256=` and the HMAC of "timestamp.body" is in the header.

    `signature` and `timestamp` name headers. What is older than five minutes, or as much ahead,
    is refused: it may be a recording.
    """
    at = _fresh(delivery, timestamp)
    signed = f"{at}.".encode() + delivery.body
    wanted = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    _same(wanted, delivery.headers.get(signature, ""))


def check_sha1(delivery: Delivery, secret: str, *, signature: str) -> None:
    """Raise WebhookRefused unless `sha1=` and the HMAC-SHA1 of the body is in the header."""
    wanted = "sha1=" + hmac.new(secret.encode(), delivery.body, hashlib.sha1).hexdigest()
    _same(wanted, delivery.headers.get(signature, ""))


def check_standard(delivery: Delivery, secret: str) -> str:
    """Return the id of a delivery that is signed as Standard Webhooks are; else WebhookRefused.

    Of several signatures, as sent while secrets are exchanged, one has to be right.
    """
    id, at = delivery.headers.get("webhook-id", ""), _fresh(delivery, "webhook-timestamp")
    if not id or len(id) > 200:
        raise WebhookRefused(400, "The header webhook-id is missing or too long.")
    wanted = _standard(id, at, delivery.body, secret).encode()
    given = delivery.headers.get("webhook-signature", "").split()[:10]
    # All are compared, so that the time taken tells nothing.
    if sum(hmac.compare_digest(wanted, one.encode()) for one in given) == 0:
        raise WebhookRefused(401, _WRONG)
    return id


def standard_headers(id: str, at: float, body: bytes, secret: str) -> Mapping[str, str]:
    """Return the headers that sign a body as Standard Webhooks are signed."""
    second = str(int(at))
    return {
        "webhook-id": id,
        "webhook-timestamp": second,
        "webhook-signature": _standard(id, second, body, secret),
    }


def is_standard_secret(secret: str) -> bool:
    """Return whether the secret is `whsec_` and the base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(STANDARD_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith(STANDARD_PREFIX) and 24 <= len(key) <= 64


def _standard(id: str, at: str, body: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(STANDARD_PREFIX))
    made = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def _fresh(delivery: Delivery, header: str) -> str:
    at = delivery.headers.get(header, "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise WebhookRefused(401, f"The header {header} is missing or no Unix time.")
    if abs(delivery.at - int(at)) > REPLAY_SECONDS:
        raise WebhookRefused(401, "The webhook is too old, or one of the two clocks is wrong.")
    return at


def _same(wanted: str, given: str) -> None:
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise WebhookRefused(401, _WRONG)
