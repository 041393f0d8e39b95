"""The address where other desks call us."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from persona_router.handoff.outbox import Outbox
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.provider import Reference
from persona_router.handoff.webhook import SignedWebhook
from persona_router.handoff.webhooks import LARGEST_BODY, Webhooks
from tests.handoff.fake_desk import SIGNING_SECRET, WEBHOOK_SECRET, FakeDesk
from tests.handoff.making import NOW, Clock, request


async def _hello(_: Request) -> Response:
    return PlainTextResponse("the desk")


@pytest.fixture
def server() -> Iterator[FakeDesk]:
    server = FakeDesk()
    yield server
    server.stop()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite", clock=Clock())


@pytest.fixture
def client(server: FakeDesk, outbox: Outbox) -> TestClient:
    provider = SignedWebhook(
        url=server.url, signing_secret=SIGNING_SECRET, webhook_secret=WEBHOOK_SECRET
    )
    desk = Starlette(routes=[Route("/", _hello)])
    return TestClient(Webhooks(desk, outbox=outbox, provider=provider, clock=Clock()))


@pytest.fixture
def handoff(outbox: Outbox) -> str:
    relay, work = outbox.open(request("c1"), "webhook"), OutboxWork(outbox)
    taken = work.take(NOW, out=True)
    assert taken is not None
    work.opened(taken[1], Reference(id=relay.id), NOW)
    return relay.id


def reply(handoff: str, text: str = "Hallo") -> dict[str, Any]:
    return {"type": "message.created", "data": {"handoff": handoff, "id": "7", "text": text}}


def test_webhook_is_stored_before_it_is_answered(
    client: TestClient, server: FakeDesk, outbox: Outbox, handoff: str
) -> None:
    body, headers = server.signed(reply(handoff), NOW)
    answers = [client.post("/webhooks/webhook", content=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json() for answer in answers] == [
        {"ok": True, "new": 1},
        {"ok": True, "new": 0},
    ]
    assert outbox.waiting()["reply"][0] == 1
    assert outbox.health("webhook").heard_at == NOW


def test_webhook_of_a_conversation_that_is_not_ours_is_none(
    client: TestClient, server: FakeDesk, handoff: str
) -> None:
    body, headers = server.signed(reply("somebody else's"), NOW)
    answer = client.post("/webhooks/webhook", content=body, headers=headers)
    assert (answer.status_code, answer.json()["new"]) == (200, 0)


def test_wrong_signature_is_refused_and_nothing_stored(
    client: TestClient, server: FakeDesk, outbox: Outbox, handoff: str
) -> None:
    body, headers = server.signed(reply(handoff), NOW)
    answer = client.post("/webhooks/webhook", content=body + b" ", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {
        "ok": False,
        "error": "The signature is wrong: is the webhook's secret the one of this assistant?",
    }
    assert "reply" not in outbox.waiting()
    assert outbox.health("webhook").heard_at == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/webhooks/chatwoot", 404),
        ("POST", "/webhooks/", 404),
        ("POST", "/webhooks/webhook/more", 404),
        ("GET", "/webhooks/webhook", 405),
        ("PUT", "/webhooks/webhook", 405),
    ],
)
def test_other_addresses_and_methods_are_refused(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["ok"]) == (status, False)


def test_body_is_bounded(client: TestClient, server: FakeDesk, handoff: str) -> None:
    body, headers = server.signed(reply(handoff, "x" * LARGEST_BODY), NOW)
    answer = client.post("/webhooks/webhook", content=body, headers=headers)
    assert answer.status_code == 413


def test_outbox_that_cannot_be_written_asks_for_another_try(
    client: TestClient, server: FakeDesk, outbox: Outbox, handoff: str
) -> None:
    body, headers = server.signed(reply(handoff), NOW)
    outbox.database.path.write_bytes(b"no database " * 900)
    answer = client.post("/webhooks/webhook", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (503, "Try again later.")


def test_everything_else_is_the_desks(client: TestClient) -> None:
    assert client.get("/").text == "the desk"
    assert client.get("/webhooksandmore").status_code == 404
