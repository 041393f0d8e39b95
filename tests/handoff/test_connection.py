"""From endpoints.yml to a running connection."""

import base64
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.content.connectors import read_connector
from persona_router.content.errors import ContentError
from persona_router.handoff.chatwoot import Chatwoot
from persona_router.handoff.connection import Connection, make_provider, open_connection
from persona_router.handoff.embedded import EmbeddedDesk
from persona_router.handoff.outbox import open_outbox
from persona_router.handoff.provider import HandoffProvider, WebhookRefused
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import open_queue
from persona_router.handoff.webhook import SignedWebhook
from persona_router.handoff.zammad import Zammad
from tests.content.test_connectors import CHATWOOT, WEBHOOK, ZAMMAD
from tests.handoff.fake_desk import FakeDesk
from tests.handoff.making import delivery, handoff, request, said, words

GOOD = "whsec_" + base64.b64encode(b"k" * 32).decode()
VARIABLES = (
    *("CHATWOOT_TOKEN", "CHATWOOT_WEBHOOK_SECRET", "ZAMMAD_TOKEN", "ZAMMAD_WEBHOOK_SECRET"),
    *("HANDOFF_SIGNING_SECRET", "HANDOFF_WEBHOOK_SECRET"),
)
SECRETS = dict.fromkeys(VARIABLES, GOOD)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def chosen(project: Path, settings: Any) -> None:
    text = yaml.safe_dump({"handoff": settings})
    (project / "endpoints.yml").write_text(text, encoding="utf-8")


def connection(project: Path, **secrets: str) -> Connection | None:
    return open_connection(
        project=project,
        queue=open_queue(),
        rasa=RasaApi(url="http://127.0.0.1:9"),
        words=words,
        environment={**SECRETS, **secrets},
    )


@pytest.mark.parametrize(
    ("settings", "made"),
    [(CHATWOOT, Chatwoot), (ZAMMAD, Zammad), (WEBHOOK, SignedWebhook), (None, EmbeddedDesk)],
)
def test_provider_is_the_chosen_one(
    project: Path, settings: Any, made: type[HandoffProvider]
) -> None:
    chosen(project, settings)
    provider = make_provider(
        read_connector(project / "endpoints.yml"),
        words=words,
        environment=SECRETS,
        embedded=EmbeddedDesk(open_queue()),
    )
    assert type(provider) is made
    assert provider.name == (settings or {"provider": "embedded"})["provider"]


def test_embedded_desk_needs_no_connection(project: Path, state: Path) -> None:
    assert connection(project) is None
    assert not (state / "outbox.sqlite").exists()


def test_missing_secret_stops_the_start_with_one_line(project: Path) -> None:
    chosen(project, CHATWOOT)
    with pytest.raises(ContentError) as fault:
        connection(project, CHATWOOT_TOKEN="")
    assert str(fault.value) == (
        f"{project / 'endpoints.yml'}: handoff.token: The environment variable CHATWOOT_TOKEN is "
        "not set. Set it where the desk is started."
    )


@pytest.mark.parametrize("value", ["simple", "whsec_", "whsec_c2hvcnQ=", "whsec_§§§"])
def test_weak_secret_is_refused_without_showing_it(project: Path, value: str) -> None:
    chosen(project, WEBHOOK)
    with pytest.raises(ContentError, match="base64 of 24 to 64 random bytes") as fault:
        connection(project, HANDOFF_SIGNING_SECRET=value)
    assert value not in str(fault.value).replace("Write whsec_ and", "")


def test_handoffs_left_elsewhere_keep_the_connection_until_they_are_ended(project: Path) -> None:
    open_outbox().open(request("c1"), "chatwoot")
    assert connection(project) is not None


@pytest.fixture
def server() -> Iterator[FakeDesk]:
    server = FakeDesk()
    yield server
    server.stop()


def test_running_connection_carries_and_of_two_processes_one_does(
    project: Path, server: FakeDesk
) -> None:
    chosen(project, {**WEBHOOK, "url": server.url, "allow_private_network": True})
    first, second = connection(project), connection(project)
    assert first is not None
    assert second is not None
    with first.running(), second.running():
        outbox = open_outbox()
        outbox.open(request("c1"), "webhook")
        outbox.add_message("c1", said("Hallo?", "m3"))
        deadline = time.monotonic() + 10
        while len(server.events) < 2 and time.monotonic() < deadline:
            threading.Event().wait(0.02)
    assert [event["type"] for event in server.events.values()] == [
        "handoff.opened",
        "message.created",
    ]
    assert len(server.requests) == 2
    assert not [one for one in threading.enumerate() if one.name == "courier"]


def test_embedded_desk_is_a_provider_like_the_others() -> None:
    desk = EmbeddedDesk(open_queue())
    first = desk.open(handoff(), again=False, kept="", keep=lambda _: None)
    assert desk.open(handoff(), again=True, kept="", keep=lambda _: None) == first
    assert desk.find(handoff(), kept="") == first
    assert desk.send(first, said("Hallo?", "m3"), after="", again=False) == "m3"
    assert desk.check() == ("Waiting at the embedded desk: 1.",)
    assert desk.news(first, after="") is None
    desk.close(first, parting="left", again=False)
    assert desk.find(handoff(), kept="") is None
    with pytest.raises(WebhookRefused):
        desk.read(delivery(b"", {}))
