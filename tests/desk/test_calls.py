"""Booked callbacks at the desk: when they are due, and what becomes of them."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from persona_router.content.policies import DEFAULT_POLICY
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.queue import Handoff
from tests.desk.conftest import Desk, opened_desk

HOTLINE = {
    "locales": ["de", "ar"],
    "timezone": "Europe/Berlin",
    "hours": {"mon-fri": ["08:00-20:00"]},
}
NOON = datetime.fromisoformat("2026-11-23T12:00+01:00").timestamp()
ONE = NOON + 3600
NUMBER = "+493012345678"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    policy["routes"]["phone"]["services"] = [HOTLINE]
    file = tmp_path / "project" / "data" / "routing.yml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(policy), encoding="utf-8")
    with opened_desk(tmp_path, tmp_path / "project") as opened:
        opened.clock.ahead = NOON - opened.clock()
        yield opened


@pytest.fixture
def bookings(desk: Desk) -> Bookings:
    return Bookings(desk.contact.path.with_name("callbacks.sqlite"), clock=desk.clock)


def call(
    desk: Desk, bookings: Bookings, name: str = "c1", *, start: float = ONE, locale: str = "de"
) -> Handoff:
    handoff = desk.ask(
        name,
        kind="callback",
        phone_number=NUMBER,
        callback_time="2026-11-23T12:00:00+00:00",
        locale=locale,
        language=locale,
        requested_at=NOON - 60,
    )
    assert bookings.hold(name, "de ar", start, at_once=1)
    assert bookings.book(handoff.id, name, NUMBER)
    return handoff


def section(page: str, title: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{title}".*?</section>', page, re.S)
    return found[0] if found else ""


def at(desk: Desk, moment: float) -> None:
    desk.clock.ahead += moment - desk.clock()


def test_booked_call_is_a_reminder_five_minutes_before(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    page = amira.get("/?lang=de").text
    assert section(page, "due-title") == ""
    assert 'datetime="2026-11-23T12:00:00+00:00"' in section(page, "waiting-title")
    assert "(<bdi>0</bdi>)" in page
    at(desk, ONE - 299)
    page = amira.get("/?lang=de").text
    assert "1 Anruf ist jetzt fällig" in section(page, "due-title")
    assert handoff.id in section(page, "due-title")
    assert handoff.id not in section(page, "waiting-title")
    assert "(<bdi>1</bdi>)" in page


def test_reminder_is_announced_once(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    at(desk, ONE)
    part = amira.get(f"/queue?lang=ar&newest={handoff.id}").text
    assert '<div hx-swap-oob="innerHTML:#announce">مكالمة واحدة مستحقة الآن</div>' in part
    again = amira.get(f"/queue?lang=ar&newest={handoff.id}&call={handoff.id}").text
    assert "hx-swap-oob" not in again


def test_call_of_another_agent_reminds_nobody_else(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    jana = desk.agent("Jana")
    assert jana.post(f"/handoffs/{handoff.id}/claim").status_code == 303
    at(desk, ONE)
    assert section(amira.get("/").text, "due-title") == ""
    assert handoff.id in section(jana.get("/").text, "due-title")


def test_callback_without_a_slot_reminds_when_its_service_level_is_over(desk: Desk) -> None:
    handoff = desk.ask("c1", kind="callback", callback_time="abends", requested_at=NOON)
    amira = desk.agent()
    assert section(amira.get("/").text, "due-title") == ""
    at(desk, NOON + 14400 - 60)
    assert handoff.id in section(amira.get("/").text, "due-title")


@pytest.mark.parametrize(
    ("outcome", "attempts", "told"),
    [
        ("unreached", 1, "Wir konnten Sie telefonisch nicht erreichen. Wir rufen Sie noch einmal "
                         "an: 23.11.2026, 14:00:00 (Europe/Berlin)."),
        ("moved", 0, "Ihr Rückruf hat eine neue Zeit: 23.11.2026, 14:00:00 (Europe/Berlin)."),
    ],
)  # fmt: skip
def test_call_is_moved_and_the_customer_told(
    desk: Desk, bookings: Bookings, outcome: str, attempts: int, told: str
) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    amira.post(f"/handoffs/{handoff.id}/claim")
    slot = int(ONE + 3600)
    for _ in range(2):
        answer = amira.post(f"/handoffs/{handoff.id}/call", {"outcome": outcome, "slot": str(slot)})
    assert answer.status_code == 409
    booking = bookings.get(handoff.id)
    assert booking is not None
    assert (booking.start, booking.attempts) == (slot, attempts)
    said = [event.get("text") for event in desk.rasa.events["c1"] if event["event"] == "bot"]
    assert said == [told]
    page = amira.get(f"/handoffs/{handoff.id}?lang=de").text
    assert ("Versuche" in page) is bool(attempts)
    assert 'href="tel:+493012345678"' in page


def test_slots_of_others_are_not_offered_nor_taken(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    call(desk, bookings, "c2", start=ONE + 900)
    amira.post(f"/handoffs/{handoff.id}/claim")
    page = amira.get(f"/handoffs/{handoff.id}").text
    offered = [int(value) for value in re.findall(r'<option value="(\d+)" data-time', page)]
    assert len(offered) == 40
    assert int(ONE + 1800) in offered
    assert int(ONE + 900) not in offered
    for slot in (int(ONE + 900), int(NOON - 900), int(ONE + 1)):
        answer = amira.post(f"/handoffs/{handoff.id}/call", {"outcome": "moved", "slot": str(slot)})
        assert answer.status_code == 409
        assert "Somebody else has taken this time" in answer.text


@pytest.mark.parametrize(
    "fields",
    [{"outcome": "moved"}, {"slot": "1795435200"}, {"outcome": "lost", "slot": "1"},
     {"outcome": "moved", "slot": "٣"}, {"outcome": "moved", "slot": "-1"}],
)  # fmt: skip
def test_form_that_makes_no_sense_is_refused(
    desk: Desk, bookings: Bookings, fields: dict[str, str]
) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    amira.post(f"/handoffs/{handoff.id}/claim")
    assert amira.post(f"/handoffs/{handoff.id}/call", fields).status_code == 400


def test_only_the_holder_can_move_a_call(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    slot = str(int(ONE + 1800))
    answer = amira.post(f"/handoffs/{handoff.id}/call", {"outcome": "moved", "slot": slot})
    assert answer.status_code == 409


def test_call_is_booked_anew_while_the_assistant_is_down(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings, locale="ar"), desk.agent()
    amira.post(f"/handoffs/{handoff.id}/claim")
    desk.rasa.status = 503
    slot = str(int(ONE + 1800))
    answer = amira.post(f"/handoffs/{handoff.id}/call", {"outcome": "moved", "slot": slot})
    assert answer.status_code == 303
    assert bookings.all()[handoff.id].start == ONE + 1800


def test_call_that_is_done_frees_its_slot(desk: Desk, bookings: Bookings) -> None:
    handoff, amira = call(desk, bookings), desk.agent()
    amira.post(f"/handoffs/{handoff.id}/claim")
    assert amira.post(f"/handoffs/{handoff.id}/close", {"outcome": "resolved"}).status_code == 303
    assert bookings.all() == {}
    assert bookings.hold("zoe", "de ar", ONE, at_once=1)
