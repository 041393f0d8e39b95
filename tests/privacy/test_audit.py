"""Entries stay as they were written, and are found by person, deed, subject and time."""

from pathlib import Path

import pytest

from persona_router.handoff.queue import QueueUnavailable
from persona_router.privacy.audit import AuditTrail, Wanted


@pytest.fixture
def trail(tmp_path: Path) -> AuditTrail:
    times = iter((10.0, 20.0, 30.0, 40.0))
    trail = AuditTrail(tmp_path / "audit.sqlite", clock=lambda: next(times))
    trail.note("amira", "handoff_opened", "h1")
    trail.note("jo", "handoff_opened", "h1")
    trail.settle(trail.note("jo", "next_asked_for"), subject="h2", refused=False)
    trail.settle(trail.note("amira", "log_exported", "language=de"), refused=True)
    return trail


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [4, 3, 2, 1]),
        (Wanted(who="jo"), [3, 2]),
        (Wanted(deed="handoff_opened"), [2, 1]),
        (Wanted(subject="h1", who="amira"), [1]),
        (Wanted(subject="h2"), [3]),
        (Wanted(since=20.0, until=40.0), [3, 2]),
        (Wanted(who="' OR 1 --"), []),
    ],
)
def test_entries_are_those_that_are_wanted(
    trail: AuditTrail, wanted: Wanted, numbers: list[int]
) -> None:
    assert [entry.number for entry in trail.entries(wanted, limit=10)] == numbers


def test_pages_go_on_before_an_entry(trail: AuditTrail) -> None:
    assert [entry.number for entry in trail.entries(Wanted(), limit=2)] == [4, 3]
    assert [entry.number for entry in trail.entries(Wanted(), before=3, limit=2)] == [2, 1]


def test_refused_deed_is_marked_and_keeps_its_subject(trail: AuditTrail) -> None:
    entry = trail.entries(Wanted(), limit=1)[0]
    assert (entry.who, entry.subject, entry.refused) == ("amira", "language=de", True)


def test_what_is_long_is_cut(trail: AuditTrail, tmp_path: Path) -> None:
    trail = AuditTrail(tmp_path / "other.sqlite")
    trail.note("n" * 1000, "handoff_opened", "s" * 1000)
    entry = trail.entries(Wanted(), limit=1)[0]
    assert (len(entry.who), len(entry.subject)) == (300, 300)


def test_old_entries_are_counted_and_deleted_the_oldest_first(trail: AuditTrail) -> None:
    assert trail.older(31.0) == 3
    assert trail.forget_older(31.0, most=2) == 2
    assert [entry.number for entry in trail.entries(Wanted(), limit=10)] == [4, 3]


def test_file_is_for_its_owner_alone_and_a_broken_one_is_told(tmp_path: Path) -> None:
    AuditTrail(tmp_path / "audit.sqlite")
    assert (tmp_path / "audit.sqlite").stat().st_mode & 0o777 == 0o600
    (tmp_path / "audit.sqlite").write_bytes(b"This is no database. " * 90)
    with pytest.raises(QueueUnavailable, match="not a readable audit trail"):
        AuditTrail(tmp_path / "audit.sqlite")
