"""WebsiteChannel: the chat page's socket.io channel, with signed sessions and a kept history."""

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from rasa.shared.core.events import UserUttered
from sanic import Blueprint
from socketio import AsyncServer

from persona_router.chat.history import ChatHistory, Entry
from persona_router.chat.inbox import LONGEST, Pace, Refused, read_incoming
from persona_router.chat.pages import Pages
from persona_router.chat.sessions import conversation_of, new_session
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.privacy_rules import redactor_of
from persona_router.content.text_files import text_folders
from persona_router.core.locale import canonical_or_none, fallback_chain
from persona_router.rasa.channel_output import MESSAGE, WebsiteOutput, as_message
from persona_router.rasa.channel_pages import add_pages
from persona_router.rasa.channel_people import CustomersSide
from persona_router.rasa.channel_watch import add_watch
from persona_router.reply.texts import fill, read_texts
from persona_router.state import secret, state_file

log = logging.getLogger(__name__)
_LARGEST_PACKET = 500_000
_TYPING_AFTER = 0.3
_REMEMBERED = 10_000


class WebsiteChannel(InputChannel):
    """Serves `/chat` and talks to the widget on it.

    Settings in `credentials.yml`: `routing` and `articles` (paths), `origins` (other websites that
    embed the widget), `socketio_path`.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the channel."""
        return WebsiteOutput.name()

    def url_prefix(self) -> str:
        """Return the address of the page; absolute, so not below `/webhooks`."""
        return "/chat"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> "InputChannel":
        """Return the channel with the settings of `credentials.yml`."""
        return cls(**(credentials or {}))

    def __init__(
        self,
        routing: Optional[str] = None,
        articles: str = "data/knowledge",
        origins: Optional[List[str]] = None,
        socketio_path: str = "/socket.io",
    ) -> None:
        self._policy = read_policy(Path(routing) if routing else DEFAULT_POLICY)
        self._articles = Path(articles)
        self._texts = read_texts(text_folders("responses"))
        self._secret = secret("website")
        self._history = ChatHistory(state_file("website.sqlite"))
        self._socketio_path = socketio_path
        self._server = AsyncServer(
            async_mode="sanic",
            cors_allowed_origins=origins,
            max_http_buffer_size=_LARGEST_PACKET,
        )
        self._people = CustomersSide(
            self._server, self._history, Pages(self._policy), redactor_of(self._policy)
        )
        self._output = WebsiteOutput(self._server, self._history, way_back=self._way_back)
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set = set()

    def get_output_channel(self) -> Optional[OutputChannel]:
        """Return the channel through which the desk's replies reach the browser."""
        return self._output

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the pages and the socket."""
        socket = SocketBlueprint(self._server, self._socketio_path, "website", __name__)
        self._blueprint = socket
        add_pages(socket, self._policy, self._articles)
        add_watch(socket, self._history)
        server = self._server

        @server.on("session_request")
        async def session_request(sid: str, raw: Any = None) -> Dict[str, Any]:
            return await self._open_session(sid, raw, on_new_message)

        @server.on("user_uttered")
        async def user_uttered(sid: str, raw: Any = None) -> Dict[str, Any]:
            return await self._accept(sid, raw, on_new_message)

        self._people.listen()
        return socket

    async def _open_session(
        self, sid: str, raw: Any, handle: Callable[[UserMessage], Awaitable[Any]]
    ) -> Dict[str, Any]:
        asked = raw if isinstance(raw, dict) else {}
        token = asked.get("token")
        if token is None:
            token = new_session(self._secret)
        conversation = conversation_of(token, self._secret)
        if conversation is None:
            log.warning("a session token that is not ours was refused")
            return {"ok": False, "error": "bad_token"}
        after = asked.get("after")
        after = after if isinstance(after, int) and 0 <= after < 2**53 else 0
        await self._server.save_session(sid, {"conversation": conversation})
        # Rasa 3.6.21's own channel forgets to await this, and delivers nothing.
        await self._server.enter_room(sid, conversation)
        for entry in self._history.unhandled(conversation):
            self._start(conversation, entry, handle, again=True)
        missed = [as_message(entry) for entry in self._history.since(conversation, after)]
        standing = await self._people.joined(sid, conversation)
        return {"ok": True, "token": token, "messages": missed, "handoff": standing}

    async def _accept(
        self, sid: str, raw: Any, handle: Callable[[UserMessage], Awaitable[Any]]
    ) -> Dict[str, Any]:
        conversation = (await self._server.get_session(sid)).get("conversation")
        if conversation is None:
            return {"ok": False, "error": "no_session"}
        try:
            self._pace(conversation).admit()
            incoming = read_incoming(raw)
        except Refused as refusal:
            return self._refuse(refusal.code, conversation, raw)
        entry, new = self._history.add_from_customer(
            conversation,
            incoming.id,
            {"text": incoming.text, "utterance": incoming.utterance, "metadata": incoming.metadata},
        )
        if new:
            await self._server.emit(MESSAGE, as_message(entry), room=conversation)
            self._start(conversation, entry, handle)
        return {"ok": True, "seq": entry.seq}

    def _start(
        self,
        conversation: str,
        entry: Entry,
        handle: Callable[[UserMessage], Awaitable[Any]],
        *,
        again: bool = False,
    ) -> None:
        task = asyncio.create_task(self._handle(conversation, entry, handle, again=again))
        self._tasks.add(task)  # the loop itself keeps only weak references
        task.add_done_callback(self._tasks.discard)

    async def _handle(
        self,
        conversation: str,
        entry: Entry,
        handle: Callable[[UserMessage], Awaitable[Any]],
        *,
        again: bool,
    ) -> None:
        """Let Rasa answer one message; the customer gets an answer or an honest sentence.

        `again` tells that a turn for it may have begun, or even ended, before a crash.
        """
        # One at a time and in order, without Rasa's lock, which is polled once a second.
        async with self._turn_of(conversation):
            if all(waiting.seq != entry.seq for waiting in self._history.unhandled(conversation)):
                return
            if again and await self._is_in_tracker(conversation, entry):
                self._history.mark_handled(entry.seq)
                return
            output = self._output.answering(conversation, entry)
            message = UserMessage(
                entry.body["utterance"],
                output,
                conversation,
                input_channel=self.name(),
                message_id=entry.client_id,
                metadata=entry.body["metadata"],
            )
            typing = asyncio.create_task(self._type(conversation))
            try:
                await handle(message)
            except Exception:
                log.exception("a message could not be handled")
                await self._say(output, "utter_failed", conversation, entry.body["metadata"])
            finally:
                typing.cancel()
                await self._server.emit("typing", {"on": False, "from": "bot"}, room=conversation)
            self._history.mark_handled(entry.seq)

    def _turn_of(self, conversation: str) -> asyncio.Lock:
        return self._under_way.setdefault(conversation, asyncio.Lock())

    async def _type(self, conversation: str) -> None:
        await asyncio.sleep(_TYPING_AFTER)
        await self._server.emit("typing", {"on": True, "from": "bot"}, room=conversation)

    async def _is_in_tracker(self, conversation: str, entry: Entry) -> bool:
        """Return whether the message's turn was completed: only then Rasa saves any of it."""
        agent = next(iter(self._blueprint.apps)).ctx.agent
        tracker = await agent.tracker_store.retrieve(conversation)
        events = tracker.events if tracker is not None else ()
        return any(
            isinstance(event, UserUttered) and event.message_id == entry.client_id
            for event in events
        )

    async def _say(
        self, output: WebsiteOutput, name: str, conversation: str, metadata: Dict[str, Any]
    ) -> None:
        locale, text = self._text(name, conversation, metadata)
        await output.send_response(conversation, {"text": text, "locale": locale})

    def _refuse(self, code: str, conversation: str, raw: Any) -> Dict[str, Any]:
        metadata = raw.get("metadata") if isinstance(raw, dict) else None
        named = {"too_long": "utter_too_long", "too_fast": "utter_too_fast"}
        _, text = self._text(named.get(code, "utter_not_understood"), conversation, metadata)
        return {"ok": False, "error": code, "message": text}

    def _text(self, name: str, conversation: str, metadata: Any) -> Any:
        """Return locale and text in the language of the conversation, at first the browser's."""
        browser = metadata.get("locale") if isinstance(metadata, dict) else None
        found = self._texts.response(name, self._chain(conversation, browser))
        default = self._policy.default_locale
        return (found[0], fill(found[1].text, {"limit": LONGEST})) if found else (default, name)

    def _way_back(self, conversation: str) -> List[Dict[str, str]]:
        title = self._texts.phrase("button_resume", self._chain(conversation, None))
        return [{"title": title, "payload": "resume"}] if title else []

    def _chain(self, conversation: str, browser: Any) -> Any:
        default = self._policy.default_locale
        locale = canonical_or_none(self._history.locale_of(conversation) or browser) or default
        return fallback_chain(locale, self._policy.fallbacks, default)

    def _pace(self, conversation: str) -> Pace:
        pace = self._paces.setdefault(conversation, Pace())
        self._paces.move_to_end(conversation)
        while len(self._paces) > _REMEMBERED:
            self._paces.popitem(last=False)
        return pace
