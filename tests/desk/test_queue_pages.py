"""What agents see of the queue, in their own language."""

import time
from collections.abc import Callable

from persona_router.handoff.queue import Handoff
from tests.desk.conftest import Agent, Desk
from tests.desk.test_pages import part_address, shown


def test_queue_lists_who_waits_and_for_what(desk: Desk, amira: Agent) -> None:
    desk.ask("c1", requested_at=time.time() - 190, language="ar", intent="track_order")
    desk.ask(
        "c2",
        kind="callback",
        reason="wish_phone",
        persona="talker",
        phone_number="+49 30 901820",
        callback_time="2026-11-23T10:00:00+01:00",
    )
    words = shown(amira.get("/").text)
    assert "2 customers are waiting" in words
    assert "Chat · Asked for a person Fits you Asked 3 minutes ago Answer due 1 minute ago" in words
    assert "العربية" in words
    assert "Concern track order" in words
    assert "Callback · Asked for a phone call" in words
    assert "Persona talker" in words
    assert "+49 30 901820" in words
    assert "10:00:00" in words
    assert "UTC+01:00" in words


def test_queue_shows_unknown_reasons_as_they_are(desk: Desk, amira: Agent) -> None:
    desk.ask(reason="blue_moon")
    assert "blue moon" in shown(amira.get("/").text)


def test_queue_shows_claimed_conversations_with_their_agent(
    claimed: Callable[..., Handoff], zoe: Agent
) -> None:
    claimed()
    words = shown(zoe.get("/").text)
    assert "1 conversation with an agent" in words
    assert "With Amira" in words
    assert "Nobody is waiting" in words


def test_queue_part_is_silent_until_something_changes(desk: Desk, amira: Agent) -> None:
    address = part_address(amira.get("/").text, "/queue")
    assert amira.get(address).status_code == 204
    desk.ask()
    part = amira.get(address)
    assert part.status_code == 200
    assert "<title>(1) Queue" in part.text
    assert "A new request has come in. 1 customer is waiting." in part.text
    assert amira.get(part_address(part.text, "/queue")).status_code == 204


def test_queue_part_does_not_announce_who_leaves(desk: Desk, amira: Agent) -> None:
    desk.ask("c1")
    first = desk.ask("c0").id
    address = part_address(amira.get("/").text, "/queue")
    desk.queue.close(desk.queue.waiting()[0].id, "customer")
    assert "A new request" not in amira.get(address).text
    assert desk.queue.position(first) == 1


def test_arabic_page_runs_from_right_to_left(desk: Desk, amira: Agent) -> None:
    for number in range(3):
        desk.ask(f"c{number}")
    page = amira.get("/?lang=ar")
    assert '<html lang="ar" dir="rtl">' in page.text
    assert page.headers["content-language"] == "ar"
    assert "3 عملاء في الانتظار" in page.text
    assert '<html lang="ar" dir="rtl">' in amira.get("/").text


def test_browser_language_is_followed(desk: Desk, amira: Agent) -> None:
    page = amira.get("/", **{"accept-language": "ja, de-AT;q=0.8, en;q=0.5"}).text
    assert '<html lang="de" dir="ltr">' in page
    assert "Zurzeit wartet niemand." in page
