"""What browsers may ask of the customer's side of a handoff, and what is answered."""

import time
from pathlib import Path
from typing import Any

import pytest
from socketio import AsyncServer

from persona_router.chat.history import ChatHistory
from persona_router.chat.pages import Pages
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.handoff.contact import Contact
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.rasa.channel_people import CustomersSide
from persona_router.redaction import Redactor
from persona_router.state import STATE_VARIABLE
from tests.handoff.making import request
from tests.log.making import row, write


class Site:
    """A channel's customer side without a network: events go in, answers come out."""

    def __init__(self, state: Path) -> None:
        self.queue = SqliteHandoffQueue(state / "handoff.sqlite")
        self.contact = Contact(state / "contact.sqlite")
        self.history = ChatHistory(state / "website.sqlite")
        self.server = AsyncServer(async_mode="asgi")
        pages = Pages(read_policy(DEFAULT_POLICY))
        self.side = CustomersSide(self.server, self.history, pages, Redactor())
        self.side.listen()

    async def hear(self, event: str, data: Any, sid: str = "s1") -> Any:
        return await self.server.handlers["/"][event](sid, data)

    def helped(self, conversation: str) -> str:
        asked = self.queue.add(request(conversation, requested_at=time.time()))
        self.queue.claim(asked.id, "amira")
        self.queue.close(asked.id, by="amira")
        return asked.id


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    return Site(tmp_path)


async def test_newcomer_learns_where_they_stand(site: Site) -> None:
    assert (await site.side.joined("s1", "c1"))["status"] is None
    site.queue.add(request("c2", requested_at=time.time()))
    standing = await site.side.joined("s2", "c2")
    assert (standing["status"], standing["position"]) == ("waiting", 1)


async def test_rating_of_the_own_handoff_is_stored_once(site: Site) -> None:
    id = site.helped("c1")
    assert (await site.side.joined("s1", "c1"))["handoff"] == id
    answer = await site.hear("rate", {"handoff": id, "stars": 5, "comment": " شكرًا\x00 "})
    assert answer == {"ok": True}
    rating = site.contact.rating(id)
    assert rating is not None
    assert (rating.stars, rating.comment, rating.agent) == (5, "شكرًا", "amira")
    again = await site.hear("rate", {"handoff": id, "stars": 1, "comment": ""})
    assert again == {"ok": False, "error": "not_rateable"}


async def test_rating_stands_with_the_decision_in_the_routing_log(
    site: Site, tmp_path: Path
) -> None:
    id = site.helped("c1")
    routing_log = write(tmp_path / "routing_log.sqlite", row("d7"))
    await site.side.joined("s1", "c1")
    await site.hear("rate", {"handoff": id, "stars": 4, "comment": "geheim"})
    (logged,) = routing_log.rows(conversation="c1")
    assert logged["rating"] == 4
    assert "geheim" not in str(logged)


async def test_rating_counts_although_the_routing_log_cannot_be_written(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "routing_log.sqlite").write_text("no database at all", encoding="utf-8")
    id = site.helped("c1")
    await site.side.joined("s1", "c1")
    assert await site.hear("rate", {"handoff": id, "stars": 4, "comment": ""}) == {"ok": True}
    assert site.contact.rating(id) is not None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"stars": 0}, "malformed"),
        ({"stars": 6}, "malformed"),
        ({"stars": True}, "malformed"),
        ({"stars": "5"}, "malformed"),
        ({"stars": 4.5}, "malformed"),
        ({"comment": ["x"]}, "malformed"),
        ({"comment": "x" * 1001}, "too_long"),
        ({"handoff": "ffff"}, "not_rateable"),
        ({"handoff": None}, "malformed"),
    ],
)
async def test_bad_rating_is_refused(site: Site, changes: dict[str, Any], error: str) -> None:
    id = site.helped("c1")
    await site.side.joined("s1", "c1")
    answer = await site.hear("rate", {"handoff": id, "stars": 3, "comment": "", **changes})
    assert answer == {"ok": False, "error": error}
    assert site.contact.rating(id) is None


@pytest.mark.parametrize("event", ["rate", "transcript"])
@pytest.mark.parametrize("data", [None, [], "x", {"handoff": "h"}])
async def test_nothing_is_answered_without_a_session(site: Site, event: str, data: object) -> None:
    assert await site.hear(event, data) == {"ok": False, "error": "no_session"}
    await site.side.joined("s1", "c1")
    await site.server.handlers["/"]["disconnect"]("s1")
    assert await site.hear(event, data) == {"ok": False, "error": "no_session"}


async def test_transcript_is_of_the_own_conversation_in_the_wanted_language(site: Site) -> None:
    site.history.add_reply("c1", "agent", {"text": "Ihr Paket ist da.", "name": "Amira"})
    site.history.add_reply("c2", "agent", {"text": "geheim"})
    await site.side.joined("s1", "c1")
    html = (await site.hear("transcript", {"locale": "de-AT"}))["html"]
    assert "Ihr Paket ist da." in html
    assert "Ihr Gespräch mit unserem Kundenservice" in html
    assert "geheim" not in html
    odd = (await site.hear("transcript", {"locale": "../../etc"}))["html"]
    assert "Your conversation with our customer service" in odd


async def test_only_a_customer_with_a_person_types_before_somebody(site: Site) -> None:
    asked = site.queue.add(request("c1", requested_at=time.time()))
    await site.side.joined("s1", "c1")
    await site.hear("customer_typing", {"on": True})
    assert not site.contact.is_typing("c1", "customer")
    site.queue.claim(asked.id, "amira")
    await site.side.joined("s1", "c1")
    await site.hear("customer_typing", {"on": True})
    assert site.contact.is_typing("c1", "customer")
    await site.hear("customer_typing", {"on": False})
    assert not site.contact.is_typing("c1", "customer")
