"""Who waits too long is told so, and what absent agents hold goes back to the queue."""

import time
from collections.abc import Callable
from typing import Any

from persona_router.desk.watch import Watch
from persona_router.handoff.queue import Handoff
from tests.desk.conftest import Agent, Desk
from tests.desk.test_actions import bot_texts

GIVE_UP = 901
AWAY = 121


def look(desk: Desk, *, ahead: float) -> None:
    watch: Watch = desk.app.state.watch
    desk.clock.ahead = ahead
    watch.step()


def asked_now(desk: Desk, **changes: Any) -> Handoff:
    return desk.ask(requested_at=time.time(), **changes)


def test_customer_who_waits_too_long_is_told_once_and_offered_a_callback(desk: Desk) -> None:
    handoff = asked_now(desk, locale="fr-FR", language="fr")
    look(desk, ahead=GIVE_UP - 5)
    assert bot_texts(desk) == []
    look(desk, ahead=GIVE_UP)
    look(desk, ahead=GIVE_UP + 5000)
    (told,) = [event for event in desk.rasa.events["c1"] if event["event"] == "bot"]
    assert told["text"].startswith("Nous sommes désolés, personne")
    assert told["data"]["buttons"] == [{"title": "Demander un rappel", "payload": "callback"}]
    assert desk.rasa.slots("c1")["handoff_status"] is None
    assert desk.queue.get(handoff.id).status == "waiting"


def test_answer_still_comes_after_the_customer_was_told(desk: Desk, amira: Agent) -> None:
    handoff = asked_now(desk)
    look(desk, ahead=GIVE_UP)
    assert amira.post(f"/handoffs/{handoff.id}/claim").status_code == 303
    assert amira.post(f"/handoffs/{handoff.id}/reply", {"text": "Da bin ich"}).status_code == 303
    assert bot_texts(desk)[-2:] == ["Sie schreiben jetzt mit Amira.", "Da bin ich"]
    assert "Waited too long" in amira.get(f"/handoffs/{handoff.id}").text


def test_callback_and_what_is_put_off_wait_in_silence(desk: Desk, amira: Agent) -> None:
    asked_now(desk, conversation="c1", kind="callback")
    other = asked_now(desk, conversation="c2")
    amira.post(f"/handoffs/{other.id}/snooze", {"minutes": "1440"})
    look(desk, ahead=GIVE_UP)
    assert desk.rasa.posted() == []


def test_customer_is_told_as_soon_as_rasa_is_back(desk: Desk) -> None:
    asked_now(desk)
    desk.rasa.status = 500
    look(desk, ahead=GIVE_UP)
    assert desk.care.notes(desk.queue.waiting()[0].id) == ()
    desk.rasa.status = 200
    desk.rasa.deaf = True
    look(desk, ahead=GIVE_UP + 65)
    desk.rasa.deaf = False
    look(desk, ahead=GIVE_UP + 130)
    assert len(bot_texts(desk)) == 1


def test_customer_who_asks_again_waits_again_and_is_told_again(desk: Desk) -> None:
    handoff = asked_now(desk)
    look(desk, ahead=GIVE_UP)
    asked_now(desk)
    assert desk.rasa.slots("c1")["handoff_status"] == "waiting"
    look(desk, ahead=GIVE_UP + 500)
    assert len(bot_texts(desk)) == 1
    look(desk, ahead=2 * GIVE_UP + 5)
    assert len(bot_texts(desk)) == 2
    assert desk.queue.get(handoff.id).status == "waiting"


def test_conversation_of_an_agent_who_is_gone_returns_to_its_place(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed(requested_at=time.time())
    look(desk, ahead=AWAY - 5)
    assert desk.queue.get(handoff.id).agent == "amira"
    look(desk, ahead=AWAY)
    look(desk, ahead=AWAY + 5)
    assert desk.queue.get(handoff.id).status == "waiting"
    assert desk.rasa.slots("c1")["handoff_status"] == "waiting"
    assert bot_texts(desk)[1:] == [
        "Amira kann Ihr Anliegen nicht weiter bearbeiten. Jemand anderes aus dem Team übernimmt; "
        "Sie behalten Ihren Platz."
    ]
    page = amira.get(f"/handoffs/{handoff.id}").text
    assert "The browser of Amira was not heard of any more" in page


def test_agent_whose_page_is_open_keeps_the_conversation(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed(requested_at=time.time())
    desk.clock.ahead = 100
    amira.get("/queue")
    look(desk, ahead=200)
    assert desk.queue.get(handoff.id).agent == "amira"


def test_time_in_the_hands_of_an_agent_is_not_waiting(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed(requested_at=time.time())
    desk.clock.ahead = GIVE_UP
    amira.post(f"/handoffs/{handoff.id}/release")
    told = len(bot_texts(desk))
    look(desk, ahead=GIVE_UP + 5)
    assert len(bot_texts(desk)) == told


def test_customer_who_went_back_is_left_alone(desk: Desk, claimed: Callable[..., Handoff]) -> None:
    handoff = claimed(requested_at=time.time())
    desk.rasa.status_slot("c1", None)
    told = len(bot_texts(desk))
    look(desk, ahead=AWAY)
    assert len(bot_texts(desk)) == told
    assert desk.queue.get(handoff.id).status == "waiting"
