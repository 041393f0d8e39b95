"""Notes, passing on, putting off, priority and ready replies."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from persona_router.handoff.queue import Handoff
from tests.desk.conftest import Agent, Desk, opened_desk
from tests.desk.test_actions import bot_texts
from tests.desk.test_pages import shown


def test_note_is_for_colleagues_and_never_for_the_customer(
    desk: Desk, amira: Agent, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    response = zoe.post(f"/handoffs/{handoff.id}/note", {"note": "Stammkunde <3"})
    assert response.headers["location"] == f"/handoffs/{handoff.id}#notes"
    page = amira.get(f"/handoffs/{handoff.id}").text
    assert "Stammkunde &lt;3" in page
    assert "Zoé" in shown(page)
    assert len(desk.rasa.posted()) == 1


def test_note_is_kept_without_account_and_card_numbers(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    text = "Erstattung auf DE89 3704 0044 0532 0130 00, Bestellung 55012398"
    amira.post(f"/handoffs/{handoff.id}/note", {"note": text})
    assert [note.text for note in desk.care.notes(handoff.id)] == [
        "Erstattung auf [iban], Bestellung 55012398"
    ]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001])
def test_note_that_cannot_be_kept_stays_in_its_box(desk: Desk, amira: Agent, text: str) -> None:
    handoff = desk.ask()
    response = amira.post(f"/handoffs/{handoff.id}/note", {"note": text})
    assert response.status_code == 422
    assert desk.care.notes(handoff.id) == ()
    assert f"{text.strip()}</textarea>" in response.text


def test_note_sent_twice_is_one(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    for _ in range(2):
        amira.post(f"/handoffs/{handoff.id}/note", {"note": "Doppelklick"})
    assert [note.text for note in desk.care.notes(handoff.id)] == ["Doppelklick"]


def test_conversation_passes_to_another_agent_who_goes_on(
    desk: Desk, amira: Agent, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    zoe.get("/")
    handoff = claimed()
    assert 'value="agent:zoe"' in amira.get(f"/handoffs/{handoff.id}").text
    response = amira.post(f"/handoffs/{handoff.id}/transfer", {"to": "agent:zoe"})
    assert response.headers["location"] == "/?transferred=1"
    assert desk.queue.get(handoff.id).agent == "zoe"
    assert bot_texts(desk)[-1] == "Sie schreiben jetzt mit Zoé."
    assert amira.post(f"/handoffs/{handoff.id}/reply", {"text": "x"}).status_code == 409
    assert zoe.post(f"/handoffs/{handoff.id}/reply", {"text": "Hallo"}).status_code == 303
    assert "Passed on to Zoé" in shown(zoe.get(f"/handoffs/{handoff.id}").text)


def test_conversation_passes_to_a_team_and_waits_for_it(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    cairo = desk.agent("Nour", team="القاهرة")
    handoff = claimed()
    amira.post(f"/handoffs/{handoff.id}/transfer", {"to": "team:القاهرة"})
    assert desk.queue.get(handoff.id).status == "waiting"
    assert desk.rasa.slots("c1")["handoff_status"] == "waiting"
    assert "Team القاهرة" in shown(amira.get("/").text)
    assert amira.post("/next").headers["location"] == "/?none_for_me=1"
    assert cairo.post("/next").headers["location"] == f"/handoffs/{handoff.id}"


@pytest.mark.parametrize("to", ["", "agent:amira", "agent:gone", "agent:nobody", "team:X", "zoe"])
def test_conversation_does_not_pass_to_where_nobody_is(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff], to: str
) -> None:
    desk.hire("gone")
    handoff = claimed()
    response = amira.post(f"/handoffs/{handoff.id}/transfer", {"to": to})
    assert response.status_code == 409
    assert "Nobody can take the conversation there" in response.text
    assert desk.queue.get(handoff.id).agent == "amira"


def test_conversation_stays_while_the_customer_cannot_be_told(
    desk: Desk, amira: Agent, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    zoe.get("/")
    handoff = claimed()
    desk.rasa.status = 500
    response = amira.post(f"/handoffs/{handoff.id}/transfer", {"to": "agent:zoe"})
    assert response.status_code == 503
    assert desk.queue.get(handoff.id).agent == "amira"


def test_put_off_is_shown_and_ends_by_itself_or_by_hand(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    assert amira.post(f"/handoffs/{handoff.id}/snooze", {"minutes": "60"}).status_code == 303
    assert "Put off until" in shown(amira.get("/").text)
    assert amira.post("/next").headers["location"] == "/?none_for_me=1"
    amira.post(f"/handoffs/{handoff.id}/snooze", {"minutes": "0"})
    assert "Put off until" not in shown(amira.get("/").text)
    amira.post(f"/handoffs/{handoff.id}/snooze", {"minutes": "15"})
    desk.clock.ahead = 901
    assert amira.post("/next").headers["location"] == f"/handoffs/{handoff.id}"


@pytest.mark.parametrize("minutes", ["", "-15", "7", "1e9", "٣"])
def test_put_off_for_an_odd_time_is_refused(desk: Desk, amira: Agent, minutes: str) -> None:
    handoff = desk.ask()
    response = amira.post(f"/handoffs/{handoff.id}/snooze", {"minutes": minutes})
    assert response.status_code == 400


def test_priority_can_be_set_and_orders_the_queue(desk: Desk, amira: Agent) -> None:
    desk.ask("c1")
    late = desk.ask("c2")
    assert amira.post(f"/handoffs/{late.id}/priority", {"priority": "vip"}).status_code == 400
    amira.post(f"/handoffs/{late.id}/priority", {"priority": "urgent"})
    page = amira.get("/").text
    assert "Priority: Urgent" in shown(page)
    assert amira.post("/next").headers["location"] == f"/handoffs/{late.id}"


def test_nobody_handles_what_somebody_else_holds(
    desk: Desk, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    for action, fields in (
        ("transfer", {"to": "agent:zoe"}),
        ("snooze", {"minutes": "15"}),
        ("priority", {"priority": "low"}),
    ):
        assert zoe.post(f"/handoffs/{handoff.id}/{action}", fields).status_code == 409
    assert desk.queue.get(handoff.id).agent == "amira"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(tmp_path, Path(__file__).parents[2]) as desk:
        yield desk


def test_ready_replies_are_in_the_customers_language_with_the_agents_name(shop: Desk) -> None:
    amira = shop.agent("Amira")
    handoff = shop.ask(language="ar", locale="ar-EG")
    amira.post(f"/handoffs/{handoff.id}/claim")
    page = amira.get(f"/handoffs/{handoff.id}?lang=de").text
    assert 'data-insert="مرحبًا، اسمي Amira. ' in page
    assert ">Nach der Bestellnummer fragen</button>" in page
