"""Agents take the next conversation, go away and come back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.desk.conftest import ORIGIN, Agent, Desk


def test_next_is_claimed_and_greeted(desk: Desk, amira: Agent) -> None:
    desk.ask("c1")
    angry = desk.ask("c2", reason="anger", language="tr", locale="tr")
    response = amira.post("/next")
    assert response.headers["location"] == f"/handoffs/{angry.id}"
    assert desk.queue.get(angry.id).agent == "amira"
    assert desk.rasa.slots("c2")["handoff_status"] == "connected"


def test_next_says_when_nothing_fits(desk: Desk, amira: Agent) -> None:
    assert amira.post("/next").headers["location"] == "/?none_for_me=1"
    assert "Nothing in the queue fits" in amira.get("/?none_for_me=1").text


def test_two_agents_who_ask_for_the_next_get_different_ones(desk: Desk) -> None:
    waiting = {desk.ask(f"c{number}").id for number in range(6)}
    agents = [desk.agent("Amira", capacity=3), desk.agent("Zoe", capacity=3)]
    tokens = [agent.csrf() for agent in agents]
    start = threading.Barrier(2)

    def take(number: int) -> list[str]:
        taken = []
        start.wait()
        for _ in range(3):
            response: Any = agents[number].client.post(
                "/next", data={"csrf": tokens[number]}, headers={"origin": ORIGIN}
            )
            taken.append(response.headers["location"].rpartition("/")[2])
        return taken

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(take, range(2))
    assert {*first, *second} == waiting
    assert len(first) == len(second) == 3


def test_who_is_away_is_not_online_but_keeps_what_they_hold(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask()
    amira.post(f"/handoffs/{handoff.id}/claim")
    assert amira.post("/presence", {"available": "0"}).status_code == 303
    assert "You are away" in amira.get("/").text
    assert desk.accounts.get("amira").available is False
    assert desk.queue.get(handoff.id).agent == "amira"
    amira.post("/presence", {"available": "1"})
    assert "You are online" in amira.get("/").text


def test_open_page_is_a_sign_of_life_and_signing_out_ends_it(desk: Desk, amira: Agent) -> None:
    amira.get("/")
    seen = desk.accounts.get("amira").seen_at
    assert seen is not None
    desk.clock.ahead = 60
    amira.get("/queue")
    later = desk.accounts.get("amira").seen_at
    assert later is not None
    assert later >= seen + 60
    amira.post("/sign-out")
    assert desk.accounts.get("amira").seen_at is None


def test_queue_puts_own_conversations_first_and_marks_what_fits(desk: Desk) -> None:
    arab = desk.agent("Nour", languages=("ar",))
    german = desk.agent("Amira", languages=("de",))
    arab.get("/")
    german.get("/")
    mine = desk.ask("c1")
    desk.queue.claim(mine.id, "amira")
    desk.ask("c2", language="ar", locale="ar")
    page = german.get("/").text
    assert page.index("My conversations") < page.index("1 customer is waiting")
    assert "Fits you" not in page
    assert "Next for me (<bdi>0</bdi>)" in page
    assert "Fits you" in arab.get("/").text


def test_order_of_the_queue_stays_while_it_refreshes(desk: Desk, amira: Agent) -> None:
    desk.ask("c1", language="tr")
    desk.ask("c2", language="ar")
    page = amira.get("/?order=language").text
    assert page.index("العربية</bdi>") < page.index("Türkçe</bdi>")
    assert "/queue?order=language&amp;" in page
    assert "/queue?order=due&amp;" in amira.get("/?order=nonsense").text
