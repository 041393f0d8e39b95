from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.rasa.tracker_store import IncrementalTrackerStore
from tests.rasa.parts import host_domain, uttered

DOMAIN = host_domain()


def begun() -> list[Event]:
    """Return what opens a session, now."""
    start, listen = ActionExecuted("action_session_start"), ActionExecuted("action_listen")
    return [start, SessionStarted(), listen]


class Listener(EventBroker):
    """Keeps what is published."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    @classmethod
    async def from_endpoint_config(cls, broker_config: Any, event_loop: Any = None) -> Any:
        return cls()

    def publish(self, event: dict[str, Any]) -> None:
        self.heard.append(event)


@pytest.fixture
def open_store(tmp_path: Path) -> Callable[..., SQLTrackerStore]:
    """Return a function that opens the test's database as another process would."""

    def opened(kind: type = IncrementalTrackerStore, **options: Any) -> SQLTrackerStore:
        file = str(tmp_path / "conversations.sqlite")
        return kind(domain=DOMAIN, dialect="sqlite", db=file, **options)

    return opened


async def add(store: SQLTrackerStore, *events: Event, sender: str = "anna") -> None:
    """Take a turn: read the conversation, let `events` happen, store it."""
    tracker = await store.get_or_create_tracker(sender)
    for event in events:
        tracker.update(event, DOMAIN)
    await store.save(tracker)


def described(tracker: DialogueStateTracker | None) -> list[str]:
    assert tracker is not None
    return [getattr(e, "text", None) or e.type_name for e in tracker.events]


async def test_conversation_is_read_as_it_was_stored(open_store: Callable[..., Any]) -> None:
    store = open_store()
    await add(store, *begun(), uttered("¿Dónde está mi pedido? 📦"), SlotSet("language", "es"))
    await add(store, BotUttered("¿Cuál es su número?"))
    found = await store.retrieve("anna")
    assert described(found)[-3:] == ["¿Dónde está mi pedido? 📦", "slot", "¿Cuál es su número?"]
    assert found.get_slot("language") == "es"


async def test_stock_store_reads_the_same(open_store: Callable[..., Any]) -> None:
    store = open_store()
    await add(store, *begun(), uttered("أين طلبي؟"), BotUttered("ما رقم الطلب؟"))
    await add(store, *begun(), uttered("مرحبا مجددا"))
    stock = await open_store(SQLTrackerStore).retrieve("anna")
    assert described(await store.retrieve("anna")) == described(stock)
    assert "أين طلبي؟" not in described(stock)


async def test_processes_see_each_others_turns(open_store: Callable[..., Any]) -> None:
    one, other = open_store(), open_store()
    await add(one, *begun(), uttered("hi"))
    await add(other, BotUttered("hello"))
    await add(one, uttered("where is it"))
    for store in (one, other, open_store(SQLTrackerStore)):
        assert described(await store.retrieve("anna"))[-3:] == ["hi", "hello", "where is it"]


async def test_turn_leaves_no_trace_in_what_is_remembered_until_it_is_stored(
    open_store: Callable[..., Any],
) -> None:
    store = open_store()
    await add(store, *begun(), uttered("hi"))
    tracker = await store.retrieve("anna")
    tracker.update(BotUttered("never stored"), DOMAIN)
    assert "never stored" not in described(await store.retrieve("anna"))


async def test_customers_are_kept_apart_and_unknown_ones_are_none(
    open_store: Callable[..., Any],
) -> None:
    store = open_store()
    await add(store, *begun(), uttered("mine"), sender="anna")
    await add(store, *begun(), uttered("yours"), sender="salma")
    assert "yours" not in described(await store.retrieve("anna"))
    assert await store.retrieve("nobody") is None


async def test_each_event_is_published_once(open_store: Callable[..., Any]) -> None:
    listener = Listener()
    store = open_store(event_broker=listener)
    await add(store, *begun(), uttered("hi"))
    await add(store, BotUttered("hello"))
    told = [event["event"] for event in listener.heard]
    assert told == ["action", "action", "session_started", "action", "user", "bot"]
