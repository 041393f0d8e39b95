"""A customer in a test: writes and clicks as the chat page does, and knows what came back."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache
from itertools import count
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from persona_router.log.store import RoutingLog
from persona_router.rasa.evaluation import Evaluation, evaluating
from persona_router.state import state_file
from tests.training import ROOT

# A Tuesday noon in Europe and an afternoon in the Gulf: every desk is staffed.
OFFICE_HOURS = datetime(2026, 11, 24, 11, 0, tzinfo=timezone.utc)
# A Sunday night: nobody is there in any language.
NIGHT = datetime(2026, 11, 22, 1, 0, tzinfo=timezone.utc)
_FOLDERS = (ROOT / "persona_router" / "texts" / "responses", ROOT / "data" / "responses")
_numbers = count(1)


class Customer:
    """One conversation with the assistant, in which the clock stands still at `at`."""

    def __init__(
        self, agent: Agent, locale: str, *, at: datetime = OFFICE_HOURS, **metadata: Any
    ) -> None:
        self.name = f"customer-{next(_numbers)}"
        self.messages: list[dict[str, Any]] = []
        self._agent = agent
        self._at = at
        self._metadata = {
            "device": "desktop", "locale": locale, "page": "/", "referrer": "direct",
            "returning": False, "previous_contacts": 0, "seconds": 20, **metadata,
        }  # fmt: skip

    async def says(self, text: str, **metadata: Any) -> list[str]:
        """Return the replies to a typed message, each as "name@language"."""
        return await self._sends(text, {**self._metadata, "input": "typed", **metadata})

    async def clicks(self, payload: str, title: str | None = None) -> list[str]:
        """Return the replies to a click on a button that is there, each as "name@language"."""
        titles = {b["payload"]: b["title"] for m in self.messages for b in m.get("buttons", ())}
        assert title is not None or payload in titles, f"no button '{payload}' among {titles}"
        pressed = {"input": "button", "payload": payload}
        return await self._sends(title or titles[payload], {**self._metadata, **pressed})

    async def sends(self, text: str, metadata: Any) -> list[str]:
        """Return the replies to a message with any metadata, each as "name@language"."""
        return await self._sends(text, metadata)

    async def _sends(self, text: str, metadata: Any) -> list[str]:
        before = len((await self.tracker()).events)
        channel = CollectingOutputChannel()
        with evaluating(Evaluation(at=self._at)):
            await self._agent.handle_message(
                UserMessage(text, channel, self.name, metadata=metadata)
            )
        self.messages = channel.messages
        events = list((await self.tracker()).events)[before:]
        named = [e.metadata.get("utter_action") for e in events if e.type_name == "bot"]
        return [
            f"{name}@{language_of_reply(name, message.get('text', ''))}"
            for name, message in zip(named, self.messages, strict=True)
        ]

    async def logged(self) -> list[dict[str, Any]]:
        """Return the conversation's rows of the routing log, latest first, once all are there."""
        turn = (await self.decision())["turn"]
        log = RoutingLog(state_file("routing_log.sqlite"))
        for _ in range(500):  # it is written beside the turns
            rows = log.rows(conversation=self.name)
            if rows and rows[0]["turn"] == turn:
                return rows
            await asyncio.sleep(0.02)
        raise AssertionError(f"turn {turn} of {self.name} does not reach the log")

    @property
    def text(self) -> str:
        """All that the assistant said last."""
        return "\n\n".join(message.get("text") or "" for message in self.messages)

    @property
    def payloads(self) -> list[str]:
        """What the buttons under the last replies ask for, in order."""
        return [b["payload"] for m in self.messages for b in m.get("buttons", ())]

    async def tracker(self) -> DialogueStateTracker:
        """Return the conversation as it is stored."""
        return await self._agent.tracker_store.get_or_create_tracker(self.name)

    async def decision(self) -> Mapping[str, Any]:
        """Return the decision of the last turn."""
        return (await self.parsed())["routing"]

    async def parsed(self) -> Mapping[str, Any]:
        """Return what was found in the last message."""
        events = (await self.tracker()).events
        return next(e.parse_data for e in reversed(events) if e.type_name == "user")

    async def slots(self) -> dict[str, Any]:
        """Return the slots that are set."""
        values = (await self.tracker()).current_slot_values()
        return {name: value for name, value in values.items() if value is not None}

    async def form(self) -> str | None:
        """Return the form that is being filled in."""
        return (await self.tracker()).active_loop_name


def language_of_reply(name: str, text: str) -> str:
    """Return the language whose text of the reply `name` is in `text`; "?" if there is none."""
    for language, texts in sorted(_texts().items()):
        pattern = texts.get(name)
        if pattern is not None and pattern.search(text):
            return language
    return "?"


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, re.Pattern[str]]]:
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for folder in _FOLDERS:
        for file in folder.glob("*.yml"):
            responses = yaml.safe_load(file.read_text(encoding="utf-8"))["texts"]
            patterns = {name: _pattern(response["text"]) for name, response in responses.items()}
            found.setdefault(file.stem, {}).update(patterns)
    return found


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", text.strip())
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
