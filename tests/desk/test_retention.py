"""Closed handoffs, and all that belongs to them, are deleted after the policy's days."""

from collections.abc import Callable
from contextlib import closing

from persona_router.chat.history import ChatHistory
from persona_router.desk.care import Note
from persona_router.handoff.queue import Handoff
from tests.desk.conftest import Agent, Desk
from tests.desk.test_watch import look
from tests.privacy.filling import add_messages

DAY = 24 * 3600.0


def closed_handoff(desk: Desk, amira: Agent, claimed: Callable[..., Handoff]) -> Handoff:
    handoff = claimed()
    amira.post(f"/handoffs/{handoff.id}/note", {"note": "vertraulich"})
    amira.post(f"/handoffs/{handoff.id}/close", {"outcome": "resolved"})
    desk.contact.rate(desk.queue.get(handoff.id), 4, "gut")
    return handoff


def test_closed_handoff_goes_after_ninety_days_with_notes_and_rating(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = closed_handoff(desk, amira, claimed)
    look(desk, ahead=89 * DAY)
    assert desk.queue.get(handoff.id).status == "closed"
    assert len(desk.care.notes(handoff.id)) == 2
    look(desk, ahead=90 * DAY + 60)
    assert desk.queue.counts()["closed"] == 0
    assert desk.care.notes(handoff.id) == ()
    assert desk.contact.rating(handoff.id) is None
    desk.clock.ahead = 0
    assert amira.get(f"/handoffs/{handoff.id}").status_code == 404


def test_open_handoffs_and_their_notes_stay_however_old_they_are(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask(kind="callback")
    desk.care.add_note(handoff.id, Note(kind="note", author="amira", text="offen", at=1.0))
    look(desk, ahead=400 * DAY)
    assert desk.queue.get(handoff.id).status == "waiting"
    assert [note.text for note in desk.care.notes(handoff.id)] == ["offen"]


def test_deletion_that_was_cut_off_is_completed(
    desk: Desk, amira: Agent, claimed: Callable[..., Handoff]
) -> None:
    handoff = closed_handoff(desk, amira, claimed)
    desk.care.purge(handoff.id)
    look(desk, ahead=91 * DAY)
    assert desk.contact.rating(handoff.id) is None
    assert desk.queue.counts()["closed"] == 0


def test_desk_deletes_old_messages_beside_it(desk: Desk) -> None:
    now = desk.clock()
    folder = desk.contact.path.parent
    add_messages(folder, "alt", now - 366 * DAY)
    add_messages(folder, "jung", now - 364 * DAY)
    look(desk, ahead=0)
    with closing(ChatHistory(folder / "website.sqlite")) as history:
        assert history.of_conversation("alt") == {"message": []}
        assert len(history.of_conversation("jung")["message"]) == 1
