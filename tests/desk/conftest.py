"""A desk with a real queue file and a real HTTP server in the place of Rasa."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from persona_router.desk.account_store import AccountStore
from persona_router.desk.accounts import Profile
from persona_router.desk.app import create_app
from persona_router.desk.care import CareStore
from persona_router.desk.database import desk_database
from persona_router.desk.passwords import Passwords
from persona_router.desk.session_store import SessionStore
from persona_router.desk.sessions import SESSION_COOKIE
from persona_router.desk.texts import load_texts
from persona_router.handoff.contact import Contact
from persona_router.handoff.dialling import Dialler
from persona_router.handoff.queue import Handoff, HandoffRequest, Line
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import SqliteHandoffQueue
from tests.handoff.fake_rasa import TOKEN, FakeRasa

PASSWORD = "vier Wörter am Stück"
HASH = Passwords().hashed(PASSWORD)
ORIGIN = "http://testserver"


class Clock:
    """A clock that a test sets; in Unix seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A browser's view of the desk."""

    client: TestClient

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"accept": "text/html", **headers})

    def csrf(self, path: str = "/account") -> str:
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
    accounts: AccountStore
    sessions: SessionStore
    care: CareStore
    contact: Contact
    clock: Clock

    def hire(self, login: str, name: str = "", *, roles: str = "agent", **profile: Any) -> None:
        known = Profile(name=name or login.title(), roles=frozenset(roles.split()), **profile)
        self.accounts.add(login, known)
        self.accounts.set_password(login, HASH)

    def visitor(self) -> Agent:
        return Agent(
            client=TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        )

    def signed_in(self, login: str) -> Agent:
        """Return a browser in which the person has signed in, without the cost of a password."""
        visitor = self.visitor()
        token = self.sessions.start(login, now=self.clock())
        visitor.client.cookies.set(SESSION_COOKIE, token, domain="testserver.local")
        return visitor

    def agent(self, name: str = "Amira", *, roles: str = "agent", **profile: Any) -> Agent:
        login = name.lower().replace("é", "e")
        self.hire(login, name, roles=roles, **profile)
        return self.signed_in(login)

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


@contextmanager
def opened_desk(
    folder: Path, project: Path | None = None, *, dialler: Dialler | None = None
) -> Iterator[Desk]:
    """Give a desk whose files are in `folder`, and that shows the cards of `project`."""
    rasa, clock = FakeRasa(), Clock()
    queue = SqliteHandoffQueue(folder / "handoff.sqlite")
    database = desk_database(folder / "desk.sqlite")
    contact = Contact(folder / "contact.sqlite", clock=clock)
    app = create_app(
        queue=queue,
        rasa=RasaApi(url=rasa.url, token=TOKEN),
        database=database,
        contact=contact,
        secret="signing secret",
        texts=load_texts(),
        project=project,
        dialler=dialler,
        clock=clock,
        ticks=clock,
    )
    try:
        yield Desk(
            app=app,
            queue=queue,
            rasa=rasa,
            accounts=AccountStore(database),
            sessions=SessionStore(database),
            care=CareStore(database),
            contact=contact,
            clock=clock,
        )
    finally:
        rasa.stop()


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with opened_desk(tmp_path, getattr(request, "param", None)) as desk:
        yield desk


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


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(desk.app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
