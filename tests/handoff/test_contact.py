import stat
from pathlib import Path

import pytest

from persona_router.handoff.contact import Contact
from tests.handoff.making import Clock, handoff


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def contact(tmp_path: Path, clock: Clock) -> Contact:
    return Contact(tmp_path / "contact.sqlite", clock=clock)


def test_typing_is_seen_for_six_seconds_by_the_other_side_only(
    contact: Contact, clock: Clock
) -> None:
    contact.types("c1", "customer")
    assert contact.is_typing("c1", "customer")
    assert not contact.is_typing("c1", "agent")
    assert not contact.is_typing("c2", "customer")
    clock.forward(5.9)
    assert contact.is_typing("c1", "customer")
    clock.forward(0.1)
    assert not contact.is_typing("c1", "customer")


def test_typing_ends_at_once_when_it_is_taken_back(contact: Contact) -> None:
    contact.types("c1", "agent")
    contact.types("c1", "agent", on=False)
    assert not contact.is_typing("c1", "agent")


def test_first_rating_counts(contact: Contact) -> None:
    rated = handoff("h1", conversation="c1", decision_id="d7")
    contact.rate(rated, 2, "Zu langsam, 太慢")
    contact.rate(rated, 5, "")
    found = contact.rating("h1")
    assert found is not None
    assert (found.stars, found.comment, found.decision) == (2, "Zu langsam, 太慢", "d7")
    assert (found.conversation, contact.rating("h2")) == ("c1", None)


def test_latest_ratings_come_first_and_are_bounded(contact: Contact, clock: Clock) -> None:
    for number in range(1, 5):
        contact.rate(handoff(f"h{number}"), number, "")
        clock.forward(1)
    assert [one.stars for one in contact.latest(3)] == [4, 3, 2]


def test_forgotten_handoff_leaves_no_name_and_no_rating(contact: Contact) -> None:
    contact.answers("h1", "Zoë")
    contact.rate(handoff("h1"), 3, "geheim")
    contact.rate(handoff("h2"), 4, "")
    contact.forget("h1")
    assert (contact.name("h1"), contact.rating("h1")) == (None, None)
    assert [one.handoff for one in contact.latest(9)] == ["h2"]


def test_file_is_for_its_owner_only_and_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "contact.sqlite"
    Contact(path).answers("h1", "Amira")
    assert Contact(path).name("h1") == "Amira"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_comment_is_kept_without_what_could_be_misused(contact: Contact) -> None:
    rated = handoff("h1", locale="de-AT")
    contact.rate(rated, 4, "Gern wieder: 0664 1234567, mia@example.org, Karte 4111 1111 1111 1111")
    found = contact.rating("h1")
    assert found is not None
    assert found.comment == "Gern wieder: [phone], [email], Karte [card]"
