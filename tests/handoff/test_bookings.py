"""Who is called when: of two customers only one gets the last place."""

import multiprocessing
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from persona_router.handoff.bookings import HELD_SECONDS, Bookings
from persona_router.handoff.queue import QueueUnavailable

NOW = 1_795_400_000.0
TEN = NOW + 3600


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bookings(tmp_path: Path, clock: Clock) -> Bookings:
    return Bookings(tmp_path / "callbacks.sqlite", clock=clock)


def booked(bookings: Bookings, name: str, start: float = TEN, at_once: int = 1) -> bool:
    held = bookings.hold(name, "de", start, at_once=at_once)
    return held and bookings.book(f"h-{name}", name, "+493012345") is not None


def test_last_place_goes_to_whoever_comes_first(bookings: Bookings) -> None:
    assert bookings.hold("anna", "de", TEN, at_once=1)
    assert not bookings.hold("salma", "de", TEN, at_once=1)
    assert bookings.hold("salma", "ar", TEN, at_once=1)
    assert bookings.taken("de") == {TEN: 1}
    assert bookings.taken("de", by_others_than="anna") == {}


def test_place_that_was_held_too_long_is_free_again(bookings: Bookings, clock: Clock) -> None:
    assert bookings.hold("anna", "de", TEN, at_once=1)
    clock.now += HELD_SECONDS + 1
    assert bookings.hold("salma", "de", TEN, at_once=1)
    assert bookings.book("h1", "anna", "+49301") is None


def test_customer_who_chooses_again_gives_the_first_place_back(bookings: Bookings) -> None:
    assert bookings.hold("anna", "de", TEN, at_once=1)
    assert bookings.hold("anna", "de", TEN + 900, at_once=1)
    assert bookings.taken("de") == {TEN + 900: 1}


def test_booked_call_is_moved_when_it_is_asked_for_again(bookings: Bookings) -> None:
    assert booked(bookings, "anna")
    assert bookings.move("h-anna", TEN, at_once=1, unreached=True)
    assert booked(bookings, "anna", TEN + 900)
    found = bookings.get("h-anna")
    assert found is not None
    assert (found.start, found.attempts, found.tried_at) == (TEN + 900, 1, NOW)
    assert bookings.taken("de") == {TEN + 900: 1}


def test_slot_in_the_past_cannot_be_had(bookings: Bookings) -> None:
    assert not bookings.hold("anna", "de", NOW - 1, at_once=9)
    assert booked(bookings, "anna")
    assert not bookings.move("h-anna", NOW - 1, at_once=9, unreached=False)


@pytest.mark.parametrize("unreached", [True, False])
def test_move_needs_a_free_slot_and_counts_attempts(bookings: Bookings, unreached: bool) -> None:
    assert booked(bookings, "anna")
    assert booked(bookings, "salma", TEN + 900)
    assert not bookings.move("h-anna", TEN + 900, at_once=1, unreached=unreached)
    assert bookings.move("h-anna", TEN + 1800, at_once=1, unreached=unreached)
    found = bookings.get("h-anna")
    assert found is not None
    assert (found.start, found.attempts) == (TEN + 1800, int(unreached))
    assert not bookings.move("nobody", TEN, at_once=1, unreached=False)


def test_call_that_is_done_frees_its_slot(bookings: Bookings) -> None:
    assert booked(bookings, "anna")
    bookings.forget("h-anna")
    assert bookings.all() == {}
    assert booked(bookings, "salma")


def _race(path: str, name: str) -> bool:
    return Bookings(path, clock=lambda: NOW).hold(name, "de", TEN, at_once=3)


def test_many_processes_fill_a_slot_exactly(tmp_path: Path) -> None:
    path = str(tmp_path / "callbacks.sqlite")
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        won = pool.starmap(_race, [(path, f"customer-{n}") for n in range(12)])
    assert sum(won) == 3
    with ThreadPoolExecutor(6) as threads:
        assert not any(threads.map(lambda n: _race(path, f"late-{n}"), range(6)))


def test_file_is_the_owners_alone(bookings: Bookings) -> None:
    assert stat.S_IMODE(os.stat(bookings.path).st_mode) == 0o600


def test_file_that_is_no_database_tells_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "callbacks.sqlite"
    path.write_text("no database " * 900)
    with pytest.raises(QueueUnavailable, match=r"callbacks\.sqlite: not a readable callback"):
        Bookings(path)
