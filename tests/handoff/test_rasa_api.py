"""The client of Rasa's HTTP API, against a server that answers as Rasa does, or fails to."""

import logging
import socket
from collections.abc import Iterator

import pytest

from persona_router.handoff import rasa_api
from persona_router.handoff.queue import Handoff, HandoffRequest, Line
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable
from tests.handoff.fake_rasa import TOKEN, FakeRasa

HANDOFF = Handoff(
    id="h1",
    request=HandoffRequest(
        conversation="whatsapp:+49@1",
        kind="agent",
        reason="anger",
        language="de",
        locale="de",
        output_channel="website",
        requested_at=1.0,
    ),
    status="claimed",
    agent="Amira",
)
TALK = HANDOFF.request.conversation


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    server = FakeRasa()
    yield server
    server.stop()


@pytest.fixture
def api(rasa: FakeRasa) -> RasaApi:
    return RasaApi(url=rasa.url + "/", token=TOKEN)


def test_tracker_events_tell_who_said_what(rasa: FakeRasa, api: RasaApi) -> None:
    rasa.append(TALK, {"event": "action", "name": "action_session_start", "timestamp": 1.0})
    rasa.append(TALK, {"event": "user", "text": "أين طلبي؟", "timestamp": 2.0})
    rasa.append(TALK, {"event": "bot", "text": "Gleich.", "timestamp": 3.0})
    rasa.append(TALK, {"event": "bot", "text": None, "timestamp": 4.0})
    details = {"from": "agent", "name": "Amira", "id": "r1"}
    rasa.append(TALK, {"event": "bot", "text": "Hallo!", "timestamp": 5.0, "metadata": details})
    rasa.status_slot(TALK, "connected")
    known = api.tracker_events(TALK)
    assert known.handoff_status == "connected"
    assert known.lines == (
        Line(sender="customer", text="أين طلبي؟", at=2.0),
        Line(sender="bot", text="Gleich.", at=3.0),
        Line(sender="agent", text="Hallo!", at=5.0, name="Amira", id="r1"),
    )
    method, path, query, _ = rasa.requests[-1]
    assert (method, path) == ("GET", "/conversations/whatsapp:+49@1/tracker")
    assert query == {"include_events": "ALL", "token": TOKEN}


def test_reply_is_posted_as_the_agents_message(rasa: FakeRasa, api: RasaApi) -> None:
    rasa.status_slot(TALK, "connected")
    api.reply(HANDOFF, "Amira", "Guten Tag!", id="r1")
    ((_, path, query, body),) = rasa.posted()
    assert path == "/conversations/whatsapp:+49@1/tracker/events"
    assert query == {
        "execute_side_effects": "true",
        "output_channel": "website",
        "token": TOKEN,
    }
    assert body == [
        {
            "event": "bot",
            "text": "Guten Tag!",
            "metadata": {"from": "agent", "name": "Amira", "id": "r1"},
        }
    ]


def test_reply_silences_the_assistant_when_connecting_had_failed(
    rasa: FakeRasa, api: RasaApi
) -> None:
    rasa.status_slot(TALK, "waiting")
    api.reply(HANDOFF, "Amira", "Guten Tag!", id="r1")
    assert rasa.slots(TALK)["handoff_status"] == "connected"


def test_reply_whose_answer_got_lost_is_not_doubled(rasa: FakeRasa, api: RasaApi) -> None:
    rasa.status_slot(TALK, "connected")
    rasa.append(TALK, {"event": "bot", "text": "Ja", "metadata": {"from": "agent", "id": "r1"}})
    api.reply(HANDOFF, "Amira", "Ja", id="r1")
    assert rasa.posted() == []
    api.reply(HANDOFF, "Amira", "Ja", id="r2")
    assert len(rasa.posted()) == 1


def test_reply_sent_again_after_a_dropped_connection_arrives_once(
    rasa: FakeRasa, api: RasaApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa.status_slot(TALK, "connected")
    known = api.tracker_events(TALK)
    rasa.deaf = True
    with monkeypatch.context() as patch:
        patch.setattr(api, "tracker_events", lambda conversation: known)
        with pytest.raises(RasaUnavailable):
            api.reply(HANDOFF, "Amira", "Ja", id="r1")
    rasa.deaf = False
    api.reply(HANDOFF, "Amira", "Ja", id="r1")
    assert [event["text"] for event in rasa.events[TALK] if event["event"] == "bot"] == ["Ja"]


def test_connect_tells_the_assistant_and_the_customer_once(rasa: FakeRasa, api: RasaApi) -> None:
    rasa.status_slot(TALK, "waiting")
    api.connect(HANDOFF, "Amira", text="Sie schreiben jetzt mit Amira.")
    api.connect(HANDOFF, "Amira", text="Sie schreiben jetzt mit Amira.")
    ((_, _, _, body),) = rasa.posted()
    assert body == [
        {"event": "slot", "name": "handoff_status", "value": "connected"},
        {"event": "bot", "text": "Sie schreiben jetzt mit Amira.", "metadata": {"from": "bot"}},
    ]


def test_release_gives_the_conversation_back_once(rasa: FakeRasa, api: RasaApi) -> None:
    rasa.status_slot(TALK, "connected")
    api.release(HANDOFF, text="Der Assistent hilft weiter.")
    api.release(HANDOFF, text="Der Assistent hilft weiter.")
    ((_, _, query, body),) = rasa.posted()
    assert query["output_channel"] == "website"
    assert body == [
        {"event": "slot", "name": "handoff_status", "value": None},
        {"event": "bot", "text": "Der Assistent hilft weiter.", "metadata": {"from": "bot"}},
    ]


@pytest.mark.parametrize("id", ["", "c 1", "a/b", "..", "é", "c%201", "c?x=1", "c#1"])
def test_conversation_that_rasa_cannot_address_is_refused(
    rasa: FakeRasa, api: RasaApi, id: str
) -> None:
    with pytest.raises(RasaUnavailable, match="cannot address"):
        api.tracker_events(id)
    assert rasa.requests == []


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "the same one"),
        (403, "the same one"),
        (404, "--enable-api"),
        (302, "HTTP 302"),
        (500, "assistant's log"),
    ],
)
def test_refusals_say_what_to_do(rasa: FakeRasa, api: RasaApi, status: int, remedy: str) -> None:
    rasa.status = status
    with pytest.raises(RasaUnavailable, match=remedy):
        api.tracker_events(TALK)


def test_wrong_token_is_refused_without_showing_a_token(rasa: FakeRasa) -> None:
    with pytest.raises(RasaUnavailable, match="refused the token") as raised:
        RasaApi(url=rasa.url, token="wrong one").tracker_events(TALK)
    assert "wrong one" not in str(raised.value)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"events": 5, "slots": {}}', b"null"])
def test_answers_that_are_no_conversation_are_refused(
    rasa: FakeRasa, api: RasaApi, body: bytes
) -> None:
    rasa.raw = body
    with pytest.raises(RasaUnavailable, match="--rasa address"):
        api.tracker_events(TALK)


def test_slow_server_is_given_up(
    rasa: FakeRasa, api: RasaApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rasa_api, "READ_SECONDS", 0.1)
    rasa.delay = 0.5
    with pytest.raises(RasaUnavailable, match="did not answer in time"):
        api.tracker_events(TALK)


def test_absent_server_is_reported_without_token_or_text(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = RasaApi(url=f"http://127.0.0.1:{port}", token=TOKEN)
    with caplog.at_level(logging.DEBUG), pytest.raises(RasaUnavailable, match="reached") as raised:
        api.reply(HANDOFF, "Amira", "geheim", id="r1")
    assert raised.value.__context__ is None
    told = str(raised.value) + caplog.text.replace("+", " ")
    assert "geheim" not in told
    assert TOKEN not in str(raised.value)


def test_address_without_scheme_is_refused() -> None:
    with pytest.raises(RasaUnavailable, match="Check --rasa"):
        RasaApi(url="localhost:5005").tracker_events(TALK)
