"""Agents read ratings with their comments, operations the ratings alone."""

from collections.abc import Callable

from persona_router.handoff.queue import Handoff
from tests.desk.conftest import Agent, Desk


def rated(desk: Desk, amira: Agent, claimed: Callable[..., Handoff]) -> Handoff:
    handoff = claimed()
    amira.post(f"/handoffs/{handoff.id}/close", {"outcome": "resolved"})
    desk.contact.rate(desk.queue.get(handoff.id), 4, "Sehr nett <b>شكرا</b>")
    return handoff


def test_agents_read_the_comment_on_both_pages(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = rated(desk, amira, claimed)
    for path in ("/ratings", f"/handoffs/{handoff.id}"):
        page = amira.get(path).text
        assert "4 out of 5" in page
        assert "Sehr nett &lt;b&gt;شكرا&lt;/b&gt;" in page


def test_operations_read_stars_and_nobodys_words(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = rated(desk, amira, claimed)
    page = desk.agent("Olga", roles="operations").get("/ratings").text
    assert "4 out of 5" in page
    assert "Sehr nett" not in page
    assert handoff.id not in page


def test_page_without_ratings_says_so(amira: Agent) -> None:
    assert "لا توجد أي تقييمات بعد" in amira.get("/ratings?lang=ar").text


def test_agent_who_holds_the_conversation_types_before_the_customer(
    desk: Desk, amira: Agent, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    assert zoe.post(f"/handoffs/{handoff.id}/typing", {"on": "1"}).status_code == 204
    assert not desk.contact.is_typing("c1", "agent")
    assert amira.post(f"/handoffs/{handoff.id}/typing", {"on": "1"}).status_code == 204
    assert desk.contact.is_typing("c1", "agent")
    amira.post(f"/handoffs/{handoff.id}/typing", {"on": ""})
    assert not desk.contact.is_typing("c1", "agent")
    assert desk.contact.name(handoff.id) == "Amira"
