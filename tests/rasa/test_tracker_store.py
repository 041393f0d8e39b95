"""The incremental store must tell the same conversation as Rasa's own, whoever wrote it."""

import asyncio
import threading

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.log.store import RoutingLog
from persona_router.rasa.broker import RoutingLogBroker
from persona_router.rasa.tracker_store import IncrementalTrackerStore

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [greet]
    slots:
      language: {type: text, influence_conversation: false, mappings: [{type: custom}]}
    """
)
FIRST_TURN = [
    ActionExecuted("action_session_start"),
    SessionStarted(timestamp=1.0),
    ActionExecuted("action_listen"),
    UserUttered("hallo", {"name": "greet", "confidence": 1.0}, timestamp=2.0),
    SlotSet("language", "de"),
    BotUttered("Guten Tag", {"buttons": [{"title": "Ja", "payload": "intent:affirm"}]}),
]


class Published:
    """An event broker's place, that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[dict] = []

    def publish(self, event: dict) -> None:
        self.events.append(event)


def store(path, **settings) -> IncrementalTrackerStore:
    return IncrementalTrackerStore(DOMAIN, db=str(path), **settings)


async def say(where: SQLTrackerStore, sender: str, *events) -> DialogueStateTracker:
    """Add events as one turn of Rasa does: read the tracker, change it, save it."""
    tracker = await where.get_or_create_tracker(sender, append_action_listen=False)
    for event in events:
        tracker.update(event, DOMAIN)
    await where.save(tracker)
    return tracker


def told(tracker: DialogueStateTracker | None) -> list[dict]:
    return [event.as_dict() for event in tracker.events] if tracker else []


async def test_retrieve_tells_what_rasas_own_store_tells(tmp_path):
    path = tmp_path / "c.sqlite"
    own = store(path)
    await say(own, "a", *FIRST_TURN)
    await say(own, "a", UserUttered("مرحبا", {"name": "greet"}), SlotSet("language", "ar"))

    rasas = SQLTrackerStore(DOMAIN, db=str(path))

    assert told(await own.retrieve("a")) == told(await rasas.retrieve("a"))
    assert (await own.retrieve("a")).get_slot("language") == "ar"


async def test_retrieve_sees_what_another_worker_saved(tmp_path):
    first, second = store(tmp_path / "c.sqlite"), store(tmp_path / "c.sqlite")
    await say(first, "a", *FIRST_TURN)
    await say(second, "a", UserUttered("zweiter", {"name": "greet"}))
    await say(first, "a", UserUttered("dritter", {"name": "greet"}))

    texts = [e.text for e in (await second.retrieve("a")).events if isinstance(e, UserUttered)]

    assert texts == ["hallo", "zweiter", "dritter"]


async def test_retrieve_after_a_new_session_holds_only_that_session(tmp_path):
    own = store(tmp_path / "c.sqlite")
    await say(own, "a", *FIRST_TURN)
    later = FIRST_TURN[-1].timestamp + 60
    session = SessionStarted(timestamp=later)
    await say(own, "a", session, UserUttered("neu", {"name": "greet"}, timestamp=later + 1))
    rasas = SQLTrackerStore(DOMAIN, db=str(tmp_path / "c.sqlite"))

    assert [type(e).__name__ for e in (await own.retrieve("a")).events] == [
        "SessionStarted",
        "UserUttered",
    ]
    assert told(await own.retrieve("a")) == told(await rasas.retrieve("a"))
    assert len((await own.retrieve_full_tracker("a")).events) == len(FIRST_TURN) + 2


async def test_retrieve_after_a_restart_of_the_process_goes_on(tmp_path):
    await say(store(tmp_path / "c.sqlite"), "a", *FIRST_TURN)
    again = store(tmp_path / "c.sqlite")
    await say(again, "a", Restarted(), UserUttered("weiter", {"name": "greet"}))

    tracker = await again.retrieve("a")

    assert tracker.latest_message.text == "weiter"
    assert tracker.get_slot("language") is None


async def test_retrieve_of_an_unknown_conversation_is_none(tmp_path):
    assert await store(tmp_path / "c.sqlite").retrieve("nobody") is None


async def test_changing_a_retrieved_tracker_changes_no_other(tmp_path):
    own = store(tmp_path / "c.sqlite")
    await say(own, "a", *FIRST_TURN)
    spoiled = await own.retrieve("a")
    spoiled.update(UserUttered("never saved", {"name": "greet"}), DOMAIN)

    assert (await own.retrieve("a")).latest_message.text == "hallo"


async def test_save_publishes_each_event_once(tmp_path):
    broker = Published()
    own = store(tmp_path / "c.sqlite", event_broker=broker)
    await say(own, "a", *FIRST_TURN)
    tracker = await say(own, "a", UserUttered("noch etwas", {"name": "greet"}))
    await own.save(tracker)

    users = [event["text"] for event in broker.events if event["event"] == "user"]
    assert users == ["hallo", "noch etwas"]
    assert {event["sender_id"] for event in broker.events} == {"a"}


@pytest.mark.parametrize("others", [1_100])
async def test_forgotten_conversations_are_read_again(tmp_path, others):
    own = store(tmp_path / "c.sqlite")
    await say(own, "a", *FIRST_TURN)
    for number in range(others):
        await own.retrieve(f"other-{number}")

    assert len((await own.retrieve("a")).events) == len(FIRST_TURN)


async def test_a_file_is_opened_once_for_a_thread(tmp_path) -> None:
    incremental = store(tmp_path / "conversations.sqlite")
    opened: list[object] = []
    sa.event.listen(incremental.engine, "connect", lambda made, _: opened.append(made))
    for turn in range(3):
        await say(incremental, "anna", UserUttered(f"Hallo {turn}"))
    assert len(opened) == 1
    saved = await asyncio.to_thread(lambda: asyncio.run(incremental.retrieve("anna")))
    assert [e.text for e in saved.events if isinstance(e, UserUttered)] == [
        "Hallo 0",
        "Hallo 1",
        "Hallo 2",
    ]


async def test_log_catches_up_with_what_the_store_holds(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    before = store(tmp_path / "tracker")
    for number, sender in enumerate(["jonas", "leïla"], 1):
        routing = {"id": f"d{number}", "turn": 1, "plan": []}
        said = UserUttered("hallo", parse_data={"routing": routing}, timestamp=float(number))
        await say(before, sender, SessionStarted(timestamp=0.5), said, ActionExecuted("x"))
    broker = await RoutingLogBroker.from_endpoint_config(None)
    started = threading.active_count()
    store(tmp_path / "tracker", event_broker=broker)
    for thread in threading.enumerate():
        if thread.name == "routing log":
            thread.join(10)
    rows = RoutingLog(tmp_path / "routing_log.sqlite").rows()
    assert [(row["id"], row["conversation"]) for row in rows] == [("d2", "leïla"), ("d1", "jonas")]
    assert threading.active_count() <= started


def erase(path, conversation: str) -> None:
    with sa.create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(
            sa.text("DELETE FROM events WHERE sender_id = :id"), {"id": conversation}
        )


async def test_conversation_that_was_erased_beside_us_begins_anew(tmp_path):
    own = store(tmp_path / "c.sqlite")
    await say(own, "a", *FIRST_TURN)
    await say(own, "b", *FIRST_TURN)
    erase(tmp_path / "c.sqlite", "a")

    assert await own.retrieve("a") is None
    assert (await own.retrieve("b")).latest_message.text == "hallo"
    await say(own, "a", UserUttered("von vorn", {"name": "greet"}))
    assert [event["text"] for event in told(await own.retrieve("a")) if "text" in event] == [
        "von vorn"
    ]
    assert (await own.retrieve("a")).get_slot("language") is None


async def test_conversation_that_is_erased_during_a_turn_does_not_come_back_with_it(tmp_path):
    own = store(tmp_path / "c.sqlite")
    await say(own, "a", *FIRST_TURN)
    tracker = await own.retrieve("a")
    tracker.update(UserUttered("noch etwas", {"name": "greet"}), DOMAIN)
    erase(tmp_path / "c.sqlite", "a")
    await own.save(tracker)

    texts = [e.text for e in (await own.retrieve("a")).events if isinstance(e, UserUttered)]
    assert texts == ["noch etwas"]
    rasas = SQLTrackerStore(DOMAIN, db=str(tmp_path / "c.sqlite"))
    assert told(await rasas.retrieve("a")) == told(await own.retrieve("a"))
