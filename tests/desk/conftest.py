"""A desk with a real queue file and a real HTTP server in the place of Rasa."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from persona_router.desk.app import create_app
from persona_router.desk.texts import load_texts
from persona_router.handoff.queue import Handoff, HandoffRequest, Line
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import SqliteHandoffQueue
from tests.handoff.fake_rasa import TOKEN, FakeRasa

KEY = "the access key"
ORIGIN = "http://testserver"


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A browser's view of the desk."""

    client: TestClient

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"accept": "text/html", **headers})

    def csrf(self, path: str = "/") -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text)
        assert found, f"no form token on {path}"
        return found.group(1)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Any:
        return self.client.post(
            path,
            data={"csrf": self.csrf(), **(fields or {})},
            headers={"accept": "text/html", "origin": ORIGIN, **headers},
        )


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The application, and what stands behind it."""

    app: Starlette
    queue: SqliteHandoffQueue
    rasa: FakeRasa

    def visitor(self) -> Agent:
        return Agent(
            client=TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        )

    def agent(self, name: str = "Amira") -> Agent:
        visitor = self.visitor()
        csrf = visitor.csrf("/sign-in")
        response = visitor.client.post(
            "/sign-in",
            data={"csrf": csrf, "name": name, "key": KEY},
            headers={"accept": "text/html", "origin": ORIGIN},
        )
        assert response.status_code == 303, response.text
        return visitor

    def ask(self, conversation: str = "c1", **changes: Any) -> Handoff:
        values: dict[str, Any] = {
            "conversation": conversation,
            "kind": "agent",
            "reason": "wish_agent",
            "language": "de",
            "locale": "de",
            "output_channel": "website",
            "requested_at": 1_700_000_000.0,
            "transcript": (Line(sender="customer", text="WO IST MEIN PAKET", at=1.7e9),),
        }
        request = HandoffRequest(**{**values, **changes})
        for line in request.transcript:
            self.rasa.append(
                conversation, {"event": "user", "text": line.text, "timestamp": line.at}
            )
        if request.kind == "agent":
            self.rasa.status_slot(conversation, "waiting")
        return self.queue.add(request)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    rasa = FakeRasa()
    queue = SqliteHandoffQueue(tmp_path / "handoff.sqlite")
    app = create_app(
        queue=queue,
        rasa=RasaApi(url=rasa.url, token=TOKEN),
        secret="signing secret",
        key=KEY,
        texts=load_texts(),
    )
    yield Desk(app=app, queue=queue, rasa=rasa)
    rasa.stop()


@pytest.fixture
def amira(desk: Desk) -> Agent:
    return desk.agent("Amira")


@pytest.fixture
def zoe(desk: Desk) -> Agent:
    return desk.agent("Zoé")


@pytest.fixture
def claimed(desk: Desk, amira: Agent) -> Callable[..., Handoff]:
    def claim(**changes: Any) -> Handoff:
        handoff = desk.ask(**changes)
        assert amira.post(f"/handoffs/{handoff.id}/claim").status_code == 303
        return desk.queue.get(handoff.id)

    return claim
