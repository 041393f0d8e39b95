"""What the tests of the shop share: a fresh embedded shop and trackers as Rasa sends them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.shop.sqlite import SqliteDesk

TODAY = date(2026, 11, 22)


@pytest.fixture
def desk(tmp_path: Path) -> SqliteDesk:
    return SqliteDesk(tmp_path / "shop.sqlite", today=lambda: TODAY)


@pytest.fixture
def make_tracker() -> Callable[..., Tracker]:
    """Build a tracker: slots known before, then the customer's message, then slots it set."""

    def make(
        *,
        form: str | None = None,
        asked: str | None = None,
        known: dict[str, Any] | None = None,
        said: dict[str, Any] | None = None,
        activates: bool = False,
        others: tuple[str, ...] = (),
        text: str = "…",
    ) -> Tracker:
        known = {"language": "en", **(known or {})}
        if asked:
            known["requested_slot"] = asked
        said = said or {}
        events = [{"event": "slot", "name": name, "value": value} for name, value in known.items()]
        if form and not activates:
            events.append({"event": "active_loop", "name": form})
        events += [{"event": "action", "name": "action_listen"}, {"event": "user", "text": text}]
        events += [{"event": "slot", "name": name, "value": value} for name, value in said.items()]
        events += [{"event": "action", "name": name} for name in others]
        if activates:
            events.append({"event": "active_loop", "name": form})
        if form:
            events.append({"event": "action", "name": form})
        repeated = {**(known if activates else {}), **said}
        events += [
            {"event": "slot", "name": name, "value": value} for name, value in repeated.items()
        ]
        return Tracker(
            "customer",
            {**known, **said},
            {"text": text, "entities": []},
            events,
            False,
            None,
            {"name": form} if form else {},
            "action_listen",
        )

    return make
