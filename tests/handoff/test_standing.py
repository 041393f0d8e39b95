"""Where a customer stands: waiting, with somebody, asked for a rating, or with the assistant."""

import time
from pathlib import Path

import pytest

from persona_router.handoff.contact import Contact
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.handoff.standing import RATE_WITHIN, Standing, Standings
from tests.handoff.making import request


class Place:
    """The files of a state folder, and a clock that runs ahead by `ahead` seconds."""

    def __init__(self, folder: Path) -> None:
        self.ahead = 0.0
        self.queue = SqliteHandoffQueue(folder / "handoff.sqlite")
        self.contact = Contact(folder / "contact.sqlite", clock=self.clock)
        self.outbox: Outbox | None = None
        self.standings = Standings(
            queue=self.queue,
            contact=self.contact,
            outbox=lambda: self.outbox,
            clock=self.clock,
        )

    def clock(self) -> float:
        return time.time() + self.ahead

    def waited(self, *seconds: float) -> None:
        for number, wait in enumerate(seconds):
            asked = request(f"before{number}", requested_at=time.time() - wait)
            before = self.queue.add(asked)
            self.queue.claim(before.id, "amira")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_place_counts_who_asked_earlier_and_the_wait_is_not_known(place: Place) -> None:
    place.queue.add(request("c0", requested_at=time.time()))
    place.queue.add(request("c1", requested_at=time.time()))
    place.waited(60, 60, 60, 60)
    assert place.standings.of("c1") == Standing(status="waiting", position=2)


def test_wait_is_told_after_enough_recent_ones_and_no_longer_once_it_is_over(place: Place) -> None:
    place.queue.add(request("c1", requested_at=time.time()))
    place.waited(170, 170, 170, 170, 900)
    assert place.standings.of("c1").minutes == 3
    place.ahead = 60
    assert place.standings.of("c1").minutes == 2
    place.ahead = 175
    assert place.standings.of("c1").minutes is None
    place.ahead = 0
    assert place.standings.of("c1").minutes == 3


def test_old_waits_say_nothing(place: Place) -> None:
    place.waited(170, 170, 170, 170, 170)
    place.ahead = 5 * 3600
    place.queue.add(request("c1", requested_at=place.clock()))
    assert place.standings.of("c1").minutes is None


def test_customer_learns_who_answers_and_that_they_type(place: Place) -> None:
    asked = place.queue.add(request("c1"))
    place.queue.claim(asked.id, "amira")
    assert place.standings.of("c1") == Standing(status="connected")
    place.contact.answers(asked.id, "Amira Weiß")
    place.contact.types("c1", "agent")
    place.contact.types("c1", "customer")
    assert place.standings.of("c1") == Standing(status="connected", name="Amira Weiß", typing=True)


def test_rating_is_asked_once_by_the_customer_of_the_handoff_and_for_a_day(place: Place) -> None:
    asked = place.queue.add(request("c1"))
    place.queue.claim(asked.id, "amira")
    place.queue.close(asked.id, by="customer")
    assert place.standings.of("c1") == Standing(status="ended", handoff=asked.id)
    assert place.standings.rateable("c2", asked.id) is None
    found = place.standings.rateable("c1", asked.id)
    assert found is not None
    place.ahead = RATE_WITHIN + 5
    assert place.standings.of("c1") == Standing()
    assert place.standings.rateable("c1", asked.id) is None
    place.ahead = 0
    place.contact.rate(found, 5, "")
    assert place.standings.of("c1") == Standing()
    assert place.standings.rateable("c1", asked.id) is None


def test_callback_and_unanswered_request_are_nothing_to_rate(place: Place) -> None:
    called = place.queue.add(request("c1", kind="callback"))
    assert place.standings.of("c1") == Standing()
    place.queue.claim(called.id, "amira")
    place.queue.close(called.id, by="amira")
    left = place.queue.add(request("c1"))
    place.queue.close(left.id, by="customer")
    assert place.standings.of("c1") == Standing()


def test_customer_of_another_desk_can_go_back_too(place: Place, tmp_path: Path) -> None:
    place.outbox = Outbox(tmp_path / "outbox.sqlite")
    place.outbox.open(request("c1"), "zammad")
    assert place.standings.of("c1") == Standing(status="waiting")
    place.outbox.end("c1")
    assert place.standings.of("c1") == Standing()


def test_only_conversations_with_people_need_looking_at(place: Place, tmp_path: Path) -> None:
    place.queue.add(request("waits", requested_at=time.time()))
    held = place.queue.add(request("held", requested_at=time.time()))
    place.queue.claim(held.id, "amira")
    closed = place.queue.add(request("closed", requested_at=time.time()))
    place.queue.claim(closed.id, "amira")
    place.queue.close(closed.id, by="amira")
    assert place.standings.with_people() == {"waits", "held"}
    place.outbox = Outbox(tmp_path / "outbox.sqlite")
    place.outbox.open(request("elsewhere"), "zammad")
    place.outbox.open(request("left"), "zammad")
    place.outbox.end("left")
    assert place.standings.with_people() == {"waits", "held", "elsewhere"}
