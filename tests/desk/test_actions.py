"""Claiming, replying and closing: who may, what reaches Rasa, and what happens when it is down."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from persona_router.handoff.queue import Handoff
from tests.desk.conftest import ORIGIN, Agent, Desk
from tests.handoff.fake_rasa import TOKEN

PART = {"hx-request": "true"}


def reply_id(page: str) -> str:
    found = re.search(r'id="reply-id" value="([^"]+)"', page)
    assert found
    return found.group(1)


def bot_texts(desk: Desk, conversation: str = "c1") -> list[str]:
    return [e["text"] for e in desk.rasa.events[conversation] if e["event"] == "bot"]


def test_claim_silences_the_assistant_and_greets_in_the_customers_language(
    desk: Desk, amira: Agent
) -> None:
    handoff = desk.ask(locale="es-MX", language="es")
    response = amira.post(f"/handoffs/{handoff.id}/claim")
    assert response.headers["location"] == f"/handoffs/{handoff.id}"
    assert desk.queue.get(handoff.id).agent == "amira"
    assert desk.rasa.slots("c1")["handoff_status"] == "connected"
    assert bot_texts(desk) == ["Ahora le atiende Amira."]


def test_claim_race_has_one_winner_and_tells_the_other(desk: Desk) -> None:
    handoff = desk.ask()
    agents = [desk.agent("Amira"), desk.agent("Zoe")]
    fields = [{"csrf": agent.csrf()} for agent in agents]
    start = threading.Barrier(2)

    def claim(number: int) -> Any:
        start.wait()
        return agents[number].client.post(
            f"/handoffs/{handoff.id}/claim",
            data=fields[number],
            headers={"accept": "text/html", "origin": ORIGIN},
        )

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(claim, range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    winner = (desk.queue.get(handoff.id).agent or "").title()
    (loser,) = [answer for answer in answers if answer.status_code == 409]
    assert f"{winner} was faster" in loser.text
    assert len(bot_texts(desk)) == 1


def test_claim_of_a_closed_conversation_is_refused(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    desk.queue.close(handoff.id, "customer")
    response = amira.post(f"/handoffs/{handoff.id}/claim")
    assert response.status_code == 409
    assert "already closed" in response.text


def test_claim_counts_although_rasa_is_down(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    desk.rasa.status = 500
    response = amira.post(f"/handoffs/{handoff.id}/claim")
    assert response.status_code == 503
    assert "The conversation is yours" in response.text
    desk.rasa.status = 200
    assert amira.post(f"/handoffs/{handoff.id}/reply", {"text": "Da bin ich."}).status_code == 303
    assert desk.rasa.slots("c1")["handoff_status"] == "connected"


def test_callback_is_claimed_and_done_without_touching_the_chat(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask(kind="callback", phone_number="+34 612 345 678")
    amira.post(f"/handoffs/{handoff.id}/claim")
    page = amira.get(f"/handoffs/{handoff.id}").text
    assert 'href="tel:+34612345678"' in page
    assert 'id="text"' not in page
    assert amira.post(f"/handoffs/{handoff.id}/reply", {"text": "x"}).status_code == 409
    assert amira.post(f"/handoffs/{handoff.id}/close").status_code == 303
    assert desk.queue.get(handoff.id).status == "closed"
    assert desk.rasa.posted() == []


@pytest.mark.parametrize(
    "text", ["Guten Tag!", "سلامات 👨‍👩‍👧", "<b>a & b</b>\nzweite Zeile", "*x*"]
)
def test_reply_reaches_rasa_word_for_word(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff], text: str
) -> None:
    handoff = claimed()
    response = amira.post(f"/handoffs/{handoff.id}/reply", {"text": text.replace("\n", "\r\n")})
    assert response.status_code == 303
    _, path, query, body = desk.rasa.posted()[-1]
    assert path == "/conversations/c1/tracker/events"
    assert query == {"execute_side_effects": "true", "output_channel": "website", "token": TOKEN}
    (event,) = body
    assert (event["event"], event["text"]) == ("bot", text)
    assert (event["metadata"]["from"], event["metadata"]["name"]) == ("agent", "Amira")


def test_reply_by_htmx_brings_the_next_replys_identity(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    first = reply_id(amira.get(f"/handoffs/{handoff.id}").text)
    fields = {"text": "Hallo", "reply_id": first}
    response = amira.post(f"/handoffs/{handoff.id}/reply", fields, **PART)
    assert response.headers["hx-trigger"] == "reply-sent"
    assert reply_id(response.text) != first
    assert "<textarea" not in response.text


def test_reply_stays_in_the_box_when_rasa_is_down(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    desk.rasa.status = 500
    path = f"/handoffs/{handoff.id}/reply"
    page = amira.post(path, {"text": "Einen <Moment> bitte"})
    assert page.status_code == 503
    assert "Your reply has not been delivered" in page.text
    assert "Einen &lt;Moment&gt; bitte</textarea>" in page.text
    part = amira.post(path, {"text": "Einen Moment bitte"}, **PART)
    assert part.status_code == 503
    assert part.headers["hx-retarget"] == "#problem"
    assert "Your reply has not been delivered" in part.text
    assert TOKEN not in part.text


def test_reply_sent_again_after_a_lost_answer_arrives_once(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    path = f"/handoffs/{handoff.id}/reply"
    fields = {"text": "Hallo", "reply_id": reply_id(amira.get(f"/handoffs/{handoff.id}").text)}
    for _ in range(3):
        amira.post(path, fields, **PART)
    assert bot_texts(desk)[1:] == ["Hallo"]
    amira.post(path, {**fields, "text": "Hallo nochmal"}, **PART)
    assert bot_texts(desk)[1:] == ["Hallo", "Hallo nochmal"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "Please write something", id="empty"),
        pytest.param(" \r\n\x00 ", "Please write something", id="blank"),
        pytest.param("x" * 4001, "up to 4000 characters", id="long"),
    ],
)
def test_reply_that_cannot_be_sent_is_explained(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff], text: str, problem: str
) -> None:
    handoff = claimed()
    response = amira.post(f"/handoffs/{handoff.id}/reply", {"text": text})
    assert response.status_code == 422
    assert problem in response.text
    assert len(desk.rasa.posted()) == 1


def test_reply_of_4000_characters_is_sent(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    assert amira.post(f"/handoffs/{handoff.id}/reply", {"text": "я" * 4000}).status_code == 303
    assert bot_texts(desk)[-1] == "я" * 4000


@pytest.mark.parametrize("action", ["reply", "close", "release"])
def test_only_the_agent_who_claimed_it_may_act(
    desk: Desk, zoe: Agent, claimed: Callable[..., Handoff], action: str
) -> None:
    handoff = claimed()
    response = zoe.post(f"/handoffs/{handoff.id}/{action}", {"text": "Hallo"})
    assert response.status_code == 409
    assert "Only the person who has taken" in response.text
    assert desk.queue.get(handoff.id).status == "claimed"
    assert len(desk.rasa.posted()) == 1


@pytest.mark.parametrize("action", ["reply", "close", "release"])
def test_nobody_may_act_before_claiming(desk: Desk, amira: Agent, action: str) -> None:
    handoff = desk.ask()
    assert amira.post(f"/handoffs/{handoff.id}/{action}", {"text": "x"}).status_code == 409
    assert desk.queue.get(handoff.id).status == "waiting"


def test_close_gives_the_customer_back_in_their_language(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed(locale="ar-AE", language="ar")
    response = amira.post(f"/handoffs/{handoff.id}/close")
    assert response.headers["location"] == "/?closed=1"
    assert desk.queue.get(handoff.id).closed_by == "amira"
    assert desk.rasa.slots("c1")["handoff_status"] is None
    assert bot_texts(desk)[-1].startswith("انتهت المحادثة مع فريقنا")
    assert "The conversation is closed" in amira.get("/?closed=1").text


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("resolved", "betrachtet Ihr Anliegen als geklärt"),
        ("returned", "Der Chat mit unserem Team"),
    ],
)
def test_close_with_a_summary_tells_the_customer_and_keeps_it(
    desk: Desk,
    amira: Agent,
    zoe: Agent,
    claimed: Callable[..., Handoff],
    outcome: str,
    end: str,
) -> None:
    handoff = claimed()
    fields = {"summary": "Paket kommt Freitag", "outcome": outcome}
    assert amira.post(f"/handoffs/{handoff.id}/close", fields).status_code == 303
    assert bot_texts(desk)[-2] == "Kurz zusammengefasst: Paket kommt Freitag"
    assert end in bot_texts(desk)[-1]
    assert desk.rasa.slots("c1")["handoff_status"] is None
    assert "Paket kommt Freitag" in zoe.get(f"/handoffs/{handoff.id}").text


def test_summary_stays_in_the_box_while_the_assistant_is_down(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    desk.rasa.status = 500
    page = amira.post(f"/handoffs/{handoff.id}/close", {"summary": "Paket <Freitag>"})
    assert page.status_code == 503
    assert "Paket &lt;Freitag&gt;</textarea>" in page.text
    long = amira.post(f"/handoffs/{handoff.id}/close", {"summary": "x" * 4001})
    assert long.status_code == 422
    assert desk.queue.get(handoff.id).status == "claimed"


def test_close_waits_until_the_assistant_can_be_told(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    desk.rasa.status = 500
    response = amira.post(f"/handoffs/{handoff.id}/close")
    assert response.status_code == 503
    assert "still yours" in response.text
    assert desk.queue.get(handoff.id).status == "claimed"
    desk.rasa.status = 200
    assert amira.post(f"/handoffs/{handoff.id}/close").status_code == 303


def test_close_after_the_customer_went_back_says_nothing_more(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    desk.rasa.status_slot("c1", None)
    assert amira.post(f"/handoffs/{handoff.id}/close").status_code == 303
    assert len(bot_texts(desk)) == 1


def test_customer_in_a_language_without_texts_is_told_in_the_fallback(
    desk: Desk, amira: Agent
) -> None:
    amira.post(f"/handoffs/{desk.ask(locale='xx-YY', language='xx').id}/claim")
    assert bot_texts(desk) == ["You are now chatting with Amira."]


def test_release_puts_it_back_in_its_place_and_tells_the_customer(
    desk: Desk, amira: Agent, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed(locale="de-DE", language="de")
    desk.ask("c2")
    response = amira.post(f"/handoffs/{handoff.id}/release")
    assert response.headers["location"] == "/?released=1"
    assert "back in the queue" in amira.get("/?released=1").text
    assert desk.queue.position(handoff.id) == 1
    assert desk.queue.get(handoff.id).agent is None
    assert desk.rasa.slots("c1")["handoff_status"] == "waiting"
    assert bot_texts(desk)[-1].startswith("Amira kann Ihr Anliegen nicht weiter bearbeiten.")
    assert zoe.post(f"/handoffs/{handoff.id}/claim").status_code == 303
    assert bot_texts(desk)[-1] == "Sie schreiben jetzt mit Zoé."


def test_release_waits_until_the_customer_can_be_told(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = claimed()
    desk.rasa.status = 500
    assert amira.post(f"/handoffs/{handoff.id}/release").status_code == 503
    assert desk.queue.get(handoff.id).agent == "amira"
    desk.rasa.status = 200
    assert amira.post(f"/handoffs/{handoff.id}/release").status_code == 303


def test_holder_is_shown_by_name_to_the_others(
    desk: Desk, zoe: Agent, claimed: Callable[..., Handoff]
) -> None:
    page = zoe.get(f"/handoffs/{claimed().id}").text
    assert "Taken over: <bdi>Amira</bdi>" in page
    assert "/claim" not in page
