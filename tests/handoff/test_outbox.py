"""The outbox: what is put in comes out once and in order, whatever process dies."""

import multiprocessing
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from persona_router.handoff.errands import Errand, Relay
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.outbox_work import OutboxWork
from persona_router.handoff.provider import Happened, News, Received, Reference
from persona_router.handoff.queue import QueueUnavailable
from tests.handoff.making import NOW, Clock, request, said


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite", clock=clock)


@pytest.fixture
def work(outbox: Outbox) -> OutboxWork:
    return OutboxWork(outbox)


def due(work: OutboxWork, clock: Clock) -> Iterator[tuple[str, str]]:
    """Yield kind and text or key of all errands that come due, and take them off."""
    while (taken := work.take(clock(), out=True)) is not None:
        errand = taken[1]
        yield errand.kind, str(errand.body.get("text") or errand.key)
        work.done(errand)


def head(work: OutboxWork, clock: Clock) -> tuple[Relay, Errand]:
    taken = work.take(clock(), out=True)
    assert taken is not None
    return taken


def delivered(outbox: Outbox, work: OutboxWork, clock: Clock, conversation: str = "c1") -> Relay:
    """Return a relay that is at the provider as "42"."""
    outbox.open(request(conversation), "chatwoot")
    _, errand = head(work, clock)
    work.opened(errand, Reference(id="42", last="7"), clock())
    relay = outbox.open_for(conversation)
    assert relay is not None
    return relay


def reply(number: int, text: str, *, reference: str = "42") -> Happened:
    return Happened(
        kind="reply", reference=reference, key=f"message:{number}", order=number, text=text
    )


def test_open_keeps_the_whole_request(outbox: Outbox) -> None:
    relay = outbox.open(request("c1"), "chatwoot")
    found = outbox.open_for("c1")
    assert found == relay
    assert relay.request == request("c1")
    assert (relay.status, relay.reference, relay.delayed) == ("open", None, False)
    assert outbox.open_for("c2") is None


def test_open_twice_is_one_handoff(outbox: Outbox, work: OutboxWork, clock: Clock) -> None:
    first = outbox.open(request("c1", reason="anger"), "chatwoot")
    assert outbox.open(request("c1"), "chatwoot") == first
    assert list(due(work, clock)) == [("open", "open")]


def test_messages_follow_the_handoff_in_order_and_once(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    outbox.open(request("c1"), "chatwoot")
    assert outbox.add_message("c1", said("Hallo?", "m3"))
    assert outbox.add_message("c1", said("سؤال آخر", "m4"))
    assert not outbox.add_message("c1", said("Hallo?", "m3"))
    assert not outbox.add_message("c1", said("Einen Menschen bitte!", "m2"))
    assert not outbox.add_message("c2", said("Hallo?", "m3"))
    assert list(due(work, clock)) == [
        ("open", "open"),
        ("message", "Hallo?"),
        ("message", "سؤال آخر"),
    ]


def test_same_words_said_twice_are_two_messages(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    outbox.open(request("c1", transcript=()), "chatwoot")
    outbox.add_message("c1", said("Ja", "m3"))
    outbox.add_message("c1", said("Ja", "m4"))
    assert [text for _, text in due(work, clock)] == ["open", "Ja", "Ja"]


def test_postponed_errand_holds_up_its_own_relay_only(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    outbox.open(request("c1"), "chatwoot")
    outbox.add_message("c1", said("Hallo?", "m3"))
    outbox.open(request("c2"), "chatwoot")
    _, first = head(work, clock)
    work.postpone(first, NOW + 5, "down")
    assert [kind for kind, _ in due(work, clock)] == ["open"]
    clock.forward(5)
    assert [kind for kind, _ in due(work, clock)] == ["open", "message"]


def test_provider_that_is_left_alone_does_not_hold_up_replies(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    delivered(outbox, work, clock)
    outbox.add_message("c1", said("Hallo?", "m3"))
    outbox.receive("chatwoot", Received(id="d1", events=(reply(9, "Ja?"),)))
    clock.forward(1)
    taken = work.take(clock(), out=False)
    assert taken is not None
    assert taken[1].body["text"] == "Ja?"


def test_begun_errand_tells_after_a_crash_that_it_was_tried(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    outbox.open(request("c1"), "chatwoot")
    _, errand = head(work, clock)
    work.begin(errand, clock())
    work.keep(errand, "source-1")
    after = OutboxWork(Outbox(outbox.database.path, clock=clock))
    _, again = head(after, clock)
    assert (errand.attempts, again.attempts, again.kept) == (0, 1, "source-1")


def test_delivery_is_taken_once(outbox: Outbox, work: OutboxWork, clock: Clock) -> None:
    delivered(outbox, work, clock)
    received = Received(id="d1", events=(reply(9, "Ja?"),))
    assert [outbox.receive("chatwoot", received) for _ in range(3)] == [1, 0, 0]


def test_event_is_taken_once_by_whatever_delivery(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    relay = delivered(outbox, work, clock)
    outbox.receive("chatwoot", Received(id="d1", events=(reply(9, "Ja?"),)))
    assert outbox.receive("chatwoot", Received(id="d2", events=(reply(9, "Ja?"),))) == 0
    news = News(events=(reply(9, "Ja?"), reply(10, "Hallo")), resolved=False, cursor="10")
    work.asked(relay, news, clock())
    clock.forward(1)
    assert [text for _, text in due(work, clock)] == ["Ja?", "Hallo"]
    assert outbox.health("chatwoot").missed == 1


def test_delivery_of_an_unknown_conversation_may_come_again(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    received = Received(id="d1", events=(reply(9, "Ja?"),))
    assert outbox.receive("chatwoot", received) == 0
    delivered(outbox, work, clock)
    assert outbox.receive("zammad", received) == 0
    assert outbox.receive("chatwoot", received) == 1


def test_replies_that_overtake_each_other_come_out_in_order(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    delivered(outbox, work, clock)
    for number, delivery in ((12, "d1"), (10, "d2"), (11, "d3"), (13, "d4")):
        outbox.receive("chatwoot", Received(id=delivery, events=(reply(number, str(number)),)))
    assert list(due(work, clock)) == []
    clock.forward(1)
    assert [text for _, text in due(work, clock)] == ["10", "11", "12", "13"]


def test_end_follows_what_was_said_before(outbox: Outbox, work: OutboxWork, clock: Clock) -> None:
    delivered(outbox, work, clock)
    outbox.add_message("c1", said("Danke", "m3"))
    outbox.end("c1")
    outbox.end("c1")
    assert not outbox.add_message("c1", said("Zurück zum Assistenten", "m4"))
    assert list(due(work, clock)) == [("message", "Danke"), ("end", "end")]
    second = outbox.open(request("c1"), "chatwoot")
    assert second.reference is None


def test_ended_relay_forgets_what_was_said_and_still_finds_the_customer(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    relay = delivered(outbox, work, clock)
    outbox.add_message("c1", said("ganz geheim", "m3"))
    list(due(work, clock))
    work.ended(relay)
    with sqlite3.connect(outbox.database.path) as db:
        stored = " ".join(str(row) for row in db.execute("SELECT request FROM relay"))
        stored += " ".join(str(row) for row in db.execute("SELECT body FROM errand"))
    assert "geheim" not in stored
    assert "4471903" not in stored
    outbox.receive("chatwoot", Received(id="d1", events=(reply(9, "Noch etwas"),)))
    clock.forward(1)
    late, errand = head(work, clock)
    assert (late.status, late.request.conversation, errand.body["text"]) == (
        "ended",
        "c1",
        "Noch etwas",
    )


def test_provider_may_go_on_with_an_earlier_conversation(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    work.ended(delivered(outbox, work, clock))
    second = delivered(outbox, work, clock)
    outbox.receive("chatwoot", Received(id="d1", events=(reply(9, "Ja?"),)))
    clock.forward(1)
    assert head(work, clock)[0].id == second.id


def test_move_drops_what_waits_and_withdraws_what_may_be_there(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    relay = outbox.open(request("c1"), "chatwoot")
    outbox.add_message("c1", said("Hallo?", "m3"))
    _, errand = head(work, clock)
    work.begin(errand, clock())
    work.keep(errand, "source-1")
    work.move(relay, "utter_handoff_moved")
    assert outbox.open_for("c1") is None
    kinds = {errand.kind: errand for _, errand in _all(work, clock)}
    assert set(kinds) == {"notice", "withdraw"}
    assert kinds["withdraw"].kept == "source-1"


def test_move_of_what_was_never_tried_withdraws_nothing(
    outbox: Outbox, work: OutboxWork, clock: Clock
) -> None:
    relay = outbox.open(request("c1"), "chatwoot")
    work.move(relay, "utter_handoff_moved")
    assert [kind for kind, _ in due(work, clock)] == ["notice"]


def _all(work: OutboxWork, clock: Clock) -> Iterator[tuple[Relay, Errand]]:
    while (taken := work.take(clock(), out=True)) is not None:
        yield taken
        work.done(taken[1])


def test_health_is_kept_between_processes(outbox: Outbox, work: OutboxWork, clock: Clock) -> None:
    work.failed("chatwoot", "it is down", NOW + 9)
    work.failed("chatwoot", "it is down", 0.0)
    health = Outbox(outbox.database.path, clock=clock).health("chatwoot")
    assert (health.failures, health.paused_until, health.error) == (2, NOW + 9, "it is down")
    assert health.is_down(NOW + 599)
    assert not health.is_down(NOW + 601)
    work.succeeded("chatwoot")
    assert not outbox.health("chatwoot").is_down(NOW)


def test_odd_words_are_kept(outbox: Outbox, work: OutboxWork, clock: Clock) -> None:
    outbox.open(request("c1", entities={"x": object()}), "chatwoot")
    outbox.add_message("c1", said("'; DROP TABLE errand; -- \ud83d \x00", "m3"))
    assert [text for _, text in due(work, clock)][1] == "'; DROP TABLE errand; -- ? \x00"


def test_file_is_private(outbox: Outbox) -> None:
    assert stat.S_IMODE(outbox.database.path.stat().st_mode) == 0o600


def test_file_that_is_no_outbox_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    path.write_text("no database " * 900, encoding="utf-8")
    with pytest.raises(QueueUnavailable, match="not a readable handoff outbox"):
        Outbox(path)


def _adds(path: Path) -> int:
    outbox = Outbox(path)
    outbox.open(request("c1", transcript=()), "chatwoot")
    return sum(outbox.add_message("c1", said(f"Satz {n}", f"m{n}")) for n in range(20))


def test_processes_that_add_at_once_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        added = sum(pool.map(_adds, [path] * 3))
    assert added == 20
    outbox = Outbox(path)
    assert outbox.waiting()["open"][0] == 1
    assert outbox.waiting()["message"][0] == 20
