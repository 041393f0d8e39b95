"""The connector to Chatwoot, against a server that holds every call to Chatwoot's OpenAPI."""

from collections.abc import Iterator
from typing import Any

import pytest

from persona_router.handoff import http
from persona_router.handoff.chatwoot import Chatwoot
from persona_router.handoff.provider import (
    ProviderRefused,
    ProviderUnavailable,
    Reference,
    WebhookRefused,
)
from tests.handoff.fake_chatwoot import (
    ACCOUNT,
    ACTIVITY,
    IDENTITY_SECRET,
    INBOX,
    INCOMING,
    OUTGOING,
    TOKEN,
    WEBHOOK_SECRET,
    FakeChatwoot,
)
from tests.handoff.making import NOW, delivery, handoff, said, words


@pytest.fixture
def server() -> Iterator[FakeChatwoot]:
    server = FakeChatwoot()
    yield server
    server.stop()
    assert server.violations == []


def connector(server: FakeChatwoot, **changes: Any) -> Chatwoot:
    values: dict[str, Any] = {
        "url": server.url,
        "account": ACCOUNT,
        "inbox": INBOX,
        "token": TOKEN,
        "webhook_secret": WEBHOOK_SECRET,
        "labels": words("en"),
    }
    return Chatwoot(**{**values, **changes})


@pytest.fixture
def chatwoot(server: FakeChatwoot) -> Chatwoot:
    return connector(server)


def opened(chatwoot: Chatwoot, *, again: bool = False, kept: str = "", **changes: Any) -> Reference:
    return chatwoot.open(handoff(**changes), again=again, kept=kept, keep=lambda _: None)


def test_open_gives_agents_all_they_need(server: FakeChatwoot, chatwoot: Chatwoot) -> None:
    reference = opened(chatwoot)
    assert (reference.id, reference.details) == ("1", {"source": "source-1"})
    conversation = server.conversations[1]
    assert conversation["status"] == "open"
    assert conversation["custom_attributes"] == {
        "handoff": "3f2a9c00d1e2b3a4",
        "decision": "d7",
        "language": "de-AT",
        "persona": "talker",
        "reason": "wish_agent",
        "intent": "track_order",
    }
    assert conversation["labels"] == [
        "by-automation",
        "language-de",
        "persona-talker",
        "reason-wish-agent",
    ]
    note, last = server.messages()
    assert (note["private"], note["message_type"]) == (True, OUTGOING)
    for told in ("Asked for a person", "German (de-AT)", "(81%)", "4471903", "Assistant (", "d7"):
        assert told in note["content"]
    assert note["content"].index("Wo ist 4471903?") < note["content"].index("Einen Menschen")
    assert (last["message_type"], last["content"]) == (INCOMING, "Einen Menschen bitte!")
    assert reference.last == str(last["id"])


def test_open_names_no_contact_by_what_the_customer_says(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    opened(chatwoot, entities={"email": "somebody@else.example"}, phone_number="+4312345")
    (contact,) = server.wrote("POST", "/contacts")
    assert contact == {"identifier": "c0ffee12", "name": "Customer c0ffee12"}


def test_identity_is_proved_where_the_inbox_demands_it() -> None:
    server = FakeChatwoot(identity=True)
    with pytest.raises(ProviderRefused, match="identity_secret"):
        opened(connector(server))
    assert opened(connector(server, identity_secret=IDENTITY_SECRET)).id == "1"
    assert connector(server).check()[1].endswith("set identity_secret.")
    server.stop()
    assert server.violations == []


@pytest.mark.parametrize("lost", range(1, 8))
def test_open_that_lost_an_answer_is_repeated_without_doubling(
    server: FakeChatwoot, chatwoot: Chatwoot, lost: int
) -> None:
    kept: list[str] = []
    server.troubles = [None] * (lost - 1) + ["lost"]
    with pytest.raises(ProviderUnavailable) as failure:
        chatwoot.open(handoff(), again=False, kept="", keep=kept.append)
    assert failure.value.unsure
    chatwoot.open(handoff(), again=True, kept=kept[-1] if kept else "", keep=kept.append)
    (conversation,) = server.conversations.values()
    assert conversation["status"] == "open"
    assert conversation["labels"].count("language-de") == 1
    assert [m["message_type"] for m in server.messages()] == [OUTGOING, INCOMING]


def test_another_handoff_of_the_same_customer_is_another_conversation(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    opened(chatwoot)
    chatwoot.open(handoff(id="other"), again=True, kept="source-1", keep=lambda _: None)
    assert [c["custom_attributes"]["handoff"] for c in server.conversations.values()] == [
        "3f2a9c00d1e2b3a4",
        "other",
    ]


def test_find_tells_what_an_unclear_attempt_has_left(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    assert chatwoot.find(handoff(), kept="") is None
    server.troubles = [None, "lost"]
    with pytest.raises(ProviderUnavailable):
        opened(chatwoot)
    found = chatwoot.find(handoff(), kept="source-1")
    assert found == Reference(id="1", details={"source": "source-1"})
    assert chatwoot.find(handoff(id="other"), kept="source-1") is None


def test_message_is_the_customers_and_carries_its_identity(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    reference = opened(chatwoot)
    line = said("Hallo? 👋", "m3")
    id = chatwoot.send(reference, line, after=reference.last, again=False)
    assert server.messages(id=int(id))[0]["content"] == "Hallo? 👋"
    assert server.wrote("POST", "/contacts/source-1/conversations/1/messages")[-1] == {
        "content": "Hallo? 👋",
        "echo_id": "m3",
    }


def test_message_that_lost_its_answer_is_found_again(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    reference = opened(chatwoot)
    server.troubles = ["lost"]
    with pytest.raises(ProviderUnavailable):
        chatwoot.send(reference, said("Ja", "m3"), after=reference.last, again=False)
    server.says("Einen Moment")
    first = chatwoot.send(reference, said("Ja", "m3"), after=reference.last, again=True)
    second = chatwoot.send(reference, said("Ja", "m4"), after=first, again=True)
    assert [str(m["id"]) for m in server.messages(content="Ja")] == [first, second]


def test_close_tells_why_once_and_resolves(server: FakeChatwoot, chatwoot: Chatwoot) -> None:
    reference = opened(chatwoot)
    server.troubles = [None, "lost"]
    with pytest.raises(ProviderUnavailable):
        chatwoot.close(reference, parting="left", again=False)
    chatwoot.close(reference, parting="left", again=True)
    assert server.conversations[1]["status"] == "resolved"
    told = "The customer has gone back to the assistant."
    assert [m["private"] for m in server.messages(content=told)] == [True]


def test_news_are_replies_alone_and_where_it_stands(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    reference = opened(chatwoot)
    server.says("Guten Tag!")
    server.says("Nur für uns", private=True)
    server.says("Amira resolved it", message_type=ACTIVITY)
    server.says("Bewerten Sie uns", message_type=3)
    server.says("Ich bin ein Bot", sender={"type": "agent_bot", "name": "Bot"})
    server.says("Zurückgenommen", content_attributes={"deleted": True})
    picture = {"data_url": "https://chat.example/lamp.png"}
    last = server.says("", attachments=[picture])
    news = chatwoot.news(reference, after=reference.last)
    assert news is not None
    assert [(e.agent, e.text) for e in news.events] == [
        ("Amira", "Guten Tag!"),
        ("Amira", "https://chat.example/lamp.png"),
    ]
    assert (news.resolved, news.cursor, news.fault) == (False, str(last["id"]), None)
    server.status_webhook("resolved")
    later = chatwoot.news(reference, after=news.cursor)
    assert later is not None
    assert (later.events, later.resolved) == ((), True)


def test_news_of_a_long_conversation_are_complete(server: FakeChatwoot, chatwoot: Chatwoot) -> None:
    reference = opened(chatwoot)
    for number in range(230):
        server.says(f"Satz {number}")
    news = chatwoot.news(reference, after=reference.last)
    assert news is not None
    assert [e.text for e in news.events] == [f"Satz {number}" for number in range(230)]


@pytest.mark.parametrize(
    ("told", "explained"),
    [
        ("Hostname 'desk.local' has no public ip addresses", "SAFE_FETCH_ALLOW_PRIVATE_NETWORK"),
        ("404 Not Found", "could not deliver its webhook: 404 Not Found"),
    ],
)
def test_webhook_that_chatwoot_refuses_to_send_is_explained(
    server: FakeChatwoot, chatwoot: Chatwoot, told: str, explained: str
) -> None:
    reference = opened(chatwoot)
    server.says("Hallo", status="failed", content_attributes={"external_error": told})
    news = chatwoot.news(reference, after=reference.last)
    assert news is not None
    assert news.fault is not None
    assert explained in news.fault
    assert [event.text for event in news.events] == ["Hallo"]


def test_webhook_of_a_reply_is_read_as_news_are(server: FakeChatwoot, chatwoot: Chatwoot) -> None:
    reference = opened(chatwoot)
    message = server.says("Guten Tag!")
    received = chatwoot.read(delivery(*server.signed(server.webhook(message), NOW)))
    news = chatwoot.news(reference, after=reference.last)
    assert news is not None
    assert received.id == "d1"
    assert received.events == news.events


def test_webhook_of_what_is_no_reply_says_nothing(server: FakeChatwoot, chatwoot: Chatwoot) -> None:
    opened(chatwoot)
    own = server.messages(message_type=INCOMING)[0]
    note = server.messages(private=True)[0]
    reply = server.says("Hallo")
    payloads = [
        server.webhook(own),
        server.webhook(note),
        server.webhook(reply, "message_updated"),
        server.webhook(reply, "an_event_of_tomorrow"),
        {**server.webhook(reply), "account": {"id": 99}},
        server.status_webhook("open"),
    ]
    for payload in payloads:
        assert chatwoot.read(delivery(*server.signed(payload, NOW))).events == (), payload["event"]


def test_webhook_of_a_resolved_conversation_ends_it(
    server: FakeChatwoot, chatwoot: Chatwoot
) -> None:
    opened(chatwoot)
    payload = server.status_webhook("resolved")
    (event,) = chatwoot.read(delivery(*server.signed(payload, NOW))).events
    assert (event.kind, event.reference) == ("resolved", "1")


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        pytest.param({"X-Chatwoot-Signature": "sha256=" + "0" * 64}, 401, "signature", id="wrong"),
        pytest.param({"X-Chatwoot-Signature": ""}, 401, "signature", id="none"),
        pytest.param({"X-Chatwoot-Signature": "schlüssel"}, 401, "signature", id="not ascii"),
        pytest.param({"X-Chatwoot-Timestamp": str(int(NOW) + 1)}, 401, "signature", id="moved"),
        pytest.param({"X-Chatwoot-Timestamp": "now"}, 401, "no Unix time", id="no time"),
    ],
)
def test_webhook_with_a_wrong_signature_is_refused(
    server: FakeChatwoot, chatwoot: Chatwoot, change: dict[str, str], status: int, reason: str
) -> None:
    body, headers = server.signed({"event": "message_created"}, NOW)
    with pytest.raises(WebhookRefused, match=reason) as refusal:
        chatwoot.read(delivery(body, {**headers, **change}))
    assert refusal.value.status == status


@pytest.mark.parametrize(("age", "taken"), [(299, True), (301, False), (-301, False)])
def test_webhook_that_was_recorded_is_refused(
    server: FakeChatwoot, chatwoot: Chatwoot, age: int, taken: bool
) -> None:
    opened(chatwoot)
    body, headers = server.signed(server.status_webhook("resolved"), NOW - age)
    if taken:
        assert chatwoot.read(delivery(body, headers)).events
    else:
        with pytest.raises(WebhookRefused, match="too old"):
            chatwoot.read(delivery(body, headers))


@pytest.mark.parametrize("payload", [[], "text", {}, {"event": "message_created"}, None])
def test_webhook_of_another_shape_is_refused(
    server: FakeChatwoot, chatwoot: Chatwoot, payload: Any
) -> None:
    with pytest.raises(WebhookRefused, match="no webhook of Chatwoot") as refusal:
        chatwoot.read(delivery(*server.signed(payload, NOW)))
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refuses the token"),
        (404, "does not know"),
        (422, "does not accept"),
        (302, "address"),
    ],
)
def test_refusals_name_the_settings(
    server: FakeChatwoot, chatwoot: Chatwoot, status: int, told: str
) -> None:
    server.troubles = [status]
    with pytest.raises(ProviderRefused, match=told):
        opened(chatwoot)


def test_wrong_token_is_told_without_the_token(server: FakeChatwoot) -> None:
    with pytest.raises(ProviderRefused, match=r"HTTP 401.*token") as refusal:
        opened(connector(server, token="not the right one"))
    assert "not the right one" not in str(refusal.value)
    assert refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("trouble", "retry_after", "everything", "unsure"),
    [
        pytest.param((429, {"Retry-After": "17"}), 17.0, True, False, id="seconds"),
        pytest.param((429, {}), None, True, False, id="429"),
        pytest.param(500, None, False, True, id="500"),
        pytest.param((503, {"Retry-After": "nonsense"}), None, False, True, id="503"),
        pytest.param("refused", None, True, True, id="dropped"),
        pytest.param("silence", None, True, True, id="silence"),
        pytest.param(b"<html>Wartung</html>", None, False, True, id="maintenance"),
        pytest.param(b"[]", None, False, True, id="other JSON"),
    ],
)
def test_failures_tell_when_to_try_again(
    server: FakeChatwoot,
    chatwoot: Chatwoot,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Any,
    retry_after: float | None,
    everything: bool,
    unsure: bool,
) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    server.troubles = [trouble]
    with pytest.raises(ProviderUnavailable) as failure:
        opened(chatwoot)
    found = failure.value
    assert (found.retry_after, found.everything, found.unsure) == (retry_after, everything, unsure)


def test_check_looks_and_changes_nothing(server: FakeChatwoot, chatwoot: Chatwoot) -> None:
    assert chatwoot.check() == (
        "The inbox is 'Chat'.",
        "The token may read the account's conversations.",
    )
    assert {method for method, *_ in server.requests} == {"GET"}
