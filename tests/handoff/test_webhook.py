"""The generic webhook, held to its published schema in both directions."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from persona_router.handoff.provider import (
    ProviderRefused,
    ProviderUnavailable,
    Reference,
    WebhookRefused,
)
from persona_router.handoff.webhook import SignedWebhook
from tests.handoff.fake_desk import SIGNING_SECRET, WEBHOOK_SECRET, FakeDesk, faults
from tests.handoff.making import NOW, Clock, delivery, handoff, said

OURS = "3f2a9c00d1e2b3a4"


@pytest.fixture
def server() -> Iterator[FakeDesk]:
    server = FakeDesk()
    yield server
    server.stop()
    assert server.violations == []


def connector(url: str, *, private: bool = True) -> SignedWebhook:
    return SignedWebhook(
        url=url,
        signing_secret=SIGNING_SECRET,
        webhook_secret=WEBHOOK_SECRET,
        allow_private_network=private,
        clock=Clock(),
    )


@pytest.fixture
def webhook(server: FakeDesk) -> SignedWebhook:
    return connector(f"{server.url}/hooks/chat")


def opened(webhook: SignedWebhook, *, again: bool = False) -> Reference:
    return webhook.open(handoff(), again=again, kept="", keep=lambda _: None)


def test_open_sends_the_whole_request_signed(server: FakeDesk, webhook: SignedWebhook) -> None:
    assert opened(webhook) == Reference(id=OURS)
    ((method, path, headers, event),) = server.requests
    assert (method, path, headers["webhook-id"]) == ("POST", "/hooks/chat", f"{OURS}.opened")
    assert (event["type"], event["timestamp"]) == ("handoff.opened", "2027-01-15T08:00:00+00:00")
    assert event["data"]["locale"] == "de-AT"
    assert [line["id"] for line in event["data"]["transcript"]] == ["m1", None, "m2"]


def test_repeated_events_keep_their_identity(server: FakeDesk, webhook: SignedWebhook) -> None:
    server.troubles = ["lost", None, "lost"]
    with pytest.raises(ProviderUnavailable):
        opened(webhook)
    reference = opened(webhook, again=True)
    with pytest.raises(ProviderUnavailable):
        webhook.send(reference, said("مرحبًا", "m3"), after="", again=False)
    assert webhook.send(reference, said("مرحبًا", "m3"), after="", again=True) == "m3"
    webhook.close(reference, parting="moved", again=False)
    assert list(server.events) == [f"{OURS}.opened", f"{OURS}.m3", f"{OURS}.closed"]
    assert server.events[f"{OURS}.m3"]["data"]["text"] == "مرحبًا"
    assert server.events[f"{OURS}.closed"]["data"]["reason"] == "moved"


def test_private_address_is_refused_before_anything_is_sent(server: FakeDesk) -> None:
    with pytest.raises(ProviderRefused, match=r"127\.0\.0\.1, an address of a private network"):
        opened(connector(server.url, private=False))
    assert server.requests == []


@pytest.mark.parametrize(
    ("type", "data", "kind"),
    [
        ("agent.joined", {"agent": "Zeynep"}, "joined"),
        ("message.created", {"id": "7", "agent": "Zeynep", "text": "Buyurun"}, "reply"),
        ("handoff.resolved", {}, "resolved"),
    ],
)
def test_event_of_the_other_side_is_taken(
    server: FakeDesk, webhook: SignedWebhook, type: str, data: dict[str, Any], kind: str
) -> None:
    event = {"type": type, "data": {"handoff": OURS, **data}}
    assert faults("taken", event) == []
    received = webhook.read(delivery(*server.signed(event, NOW)))
    (found,) = received.events
    assert (received.id, found.kind, found.reference) == ("e1", kind, OURS)
    assert (found.agent, found.text) == (data.get("agent"), data.get("text", ""))


def test_reply_is_known_by_its_own_id(server: FakeDesk, webhook: SignedWebhook) -> None:
    event = {"type": "message.created", "data": {"handoff": OURS, "id": "7", "text": "Hi"}}
    keys = {
        webhook.read(delivery(*server.signed(event, NOW, id=id))).events[0].key
        for id in ("e1", "e2")
    }
    assert keys == {"message.created:7"}


def test_own_events_that_come_back_say_nothing(server: FakeDesk, webhook: SignedWebhook) -> None:
    opened(webhook)
    ((*_, headers, event),) = server.requests
    assert webhook.read(delivery(*server.signed(event, NOW))).events == ()
    with pytest.raises(WebhookRefused, match="signature"):
        webhook.read(delivery(b"{}", {**headers, "webhook-timestamp": str(int(NOW))}))


@pytest.mark.parametrize(
    "event",
    [
        [],
        {},
        {"type": "message.created"},
        {"type": "message.created", "data": {"handoff": OURS, "id": "7"}},
        {"type": "message.created", "data": {"handoff": OURS, "id": "7", "text": "  "}},
        {"type": "message.created", "data": {"handoff": OURS, "id": 7, "text": "Hi"}},
        {"type": "message.created", "data": {"handoff": {}, "id": "7", "text": "Hi"}},
        {"type": "agent.joined", "data": {"handoff": OURS, "agent": {"name": "Zeynep"}}},
        {"type": "handoff.resolved", "data": {}},
    ],
)
def test_event_of_another_shape_is_refused(
    server: FakeDesk, webhook: SignedWebhook, event: Any
) -> None:
    with pytest.raises(WebhookRefused, match="no event that this assistant knows") as refusal:
        webhook.read(delivery(*server.signed(event, NOW)))
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-signature": "v1,AAAA"}, "signature"),
        ({"webhook-signature": ""}, "signature"),
        ({"webhook-signature": "ü"}, "signature"),
        ({"webhook-id": "e2"}, "signature"),
        ({"webhook-id": ""}, "webhook-id"),
        ({"webhook-timestamp": str(int(NOW) - 301)}, "too old"),
        ({"webhook-timestamp": "١٢٣"}, "no Unix time"),
    ],
)
def test_event_with_a_wrong_signature_is_refused(
    server: FakeDesk, webhook: SignedWebhook, change: dict[str, str], reason: str
) -> None:
    event = {"type": "handoff.resolved", "data": {"handoff": OURS}}
    body, headers = server.signed(event, NOW)
    with pytest.raises(WebhookRefused, match=reason):
        webhook.read(delivery(body, {**headers, **change}))


def test_signature_is_that_of_the_specification() -> None:
    # The example of the specification of Standard Webhooks, 1.0.0.
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    webhook = SignedWebhook(url="https://x.example", signing_secret=key, webhook_secret=key)
    with pytest.raises(WebhookRefused, match="no event"):
        webhook.read(delivery(body, headers, at=1614265330.0))
    assert base64.b64decode(key[6:])


def test_check_sends_a_ping(server: FakeDesk, webhook: SignedWebhook) -> None:
    assert webhook.check() == ("The address takes signed events.",)
    assert [event["type"] for event in server.events.values()] == ["ping"]
