"""Answers: gives Rasa one message of the history as its own, and tells whether it had it before."""

import asyncio
import logging
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import UserUttered
from sanic import Blueprint
from socketio import AsyncServer

from persona_router.chat.history import Entry
from persona_router.chat.own_words import OwnWords
from persona_router.rasa.channel_output import WebsiteOutput

log = logging.getLogger(__name__)
_TYPING_AFTER = 0.3

Handle = Callable[[UserMessage], Awaitable[Any]]


class Answers:
    """Has Rasa answer messages, and shows meanwhile that the bot is typing."""

    def __init__(self, server: AsyncServer, output: WebsiteOutput, words: OwnWords) -> None:
        self._server = server
        self._output = output
        self._words = words

    def connect(self, blueprint: Blueprint, handle: Handle) -> None:
        """Take what Rasa gives its channels: where its agent is found, and what takes messages."""
        self._blueprint = blueprint
        self._handle = handle

    async def answer(self, conversation: str, entry: Entry) -> None:
        """Return once Rasa has answered a message, or the customer was told that it failed."""
        output = self._output.answering(conversation, entry)
        metadata = entry.body["metadata"]
        message = UserMessage(
            entry.body["utterance"],
            output,
            conversation,
            input_channel=self._output.name(),
            message_id=entry.client_id,
            metadata=metadata,
        )
        typing = asyncio.create_task(self._type(conversation))
        try:
            await self._handle(message)
        except Exception:
            log.exception("a message could not be handled")
            locale, text = self._words.say("utter_failed", conversation, metadata)
            await output.send_response(conversation, {"text": text, "locale": locale})
        finally:
            typing.cancel()
            await self._server.emit("typing", {"on": False, "from": "bot"}, room=conversation)

    async def was_answered(self, conversation: str, entry: Entry) -> bool:
        """Return whether the message's turn was completed: only then Rasa saves any of it."""
        agent = next(iter(self._blueprint.apps)).ctx.agent
        tracker = await agent.tracker_store.retrieve(conversation)
        events = tracker.events if tracker is not None else ()
        return any(
            isinstance(event, UserUttered) and event.message_id == entry.client_id
            for event in events
        )

    async def _type(self, conversation: str) -> None:
        await asyncio.sleep(_TYPING_AFTER)
        await self._server.emit("typing", {"on": True, "from": "bot"}, room=conversation)
