"""WebsiteChannel: the chat page's socket.io channel, with signed sessions and a kept history."""

import logging
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from sanic import Blueprint
from socketio import AsyncServer

from persona_router.chat.history import ChatHistory
from persona_router.chat.inbox import Paces, Refused, read_incoming
from persona_router.chat.own_words import OwnWords
from persona_router.chat.pages import Pages
from persona_router.chat.sessions import conversation_of, new_session
from persona_router.chat.turns import Turns
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.privacy_rules import redactor_of
from persona_router.content.text_files import text_folders
from persona_router.rasa.channel_answers import Answers
from persona_router.rasa.channel_output import MESSAGE, WebsiteOutput, as_message
from persona_router.rasa.channel_pages import add_pages
from persona_router.rasa.channel_people import CustomersSide
from persona_router.rasa.channel_watch import add_watch
from persona_router.reply.texts import read_texts
from persona_router.state import secret, state_file

log = logging.getLogger(__name__)
_LARGEST_PACKET = 500_000


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
        texts = read_texts(text_folders("responses"))
        self._words = OwnWords(texts, self._policy, self._history)
        self._output = WebsiteOutput(self._server, self._history, way_back=self._words.way_back)
        self._paces = Paces()
        self._answers = Answers(self._server, self._output, self._words)
        self._turns = Turns(
            self._history, answer=self._answers.answer, was_answered=self._answers.was_answered
        )

    def get_output_channel(self) -> Optional[OutputChannel]:
        """Return the channel through which the desk's replies reach the browser."""
        return self._output

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the pages and the socket."""
        socket = SocketBlueprint(self._server, self._socketio_path, "website", __name__)
        self._answers.connect(socket, on_new_message)
        add_pages(socket, self._policy, self._articles)
        add_watch(socket, self._history)
        server = self._server

        @server.on("session_request")
        async def session_request(sid: str, raw: Any = None) -> Dict[str, Any]:
            return await self._open_session(sid, raw)

        @server.on("user_uttered")
        async def user_uttered(sid: str, raw: Any = None) -> Dict[str, Any]:
            return await self._accept(sid, raw)

        self._people.listen()
        return socket

    async def _open_session(self, sid: str, raw: Any) -> Dict[str, Any]:
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
            self._turns.begin(conversation, entry, again=True)
        missed = [as_message(entry) for entry in self._history.since(conversation, after)]
        standing = await self._people.joined(sid, conversation)
        return {"ok": True, "token": token, "messages": missed, "handoff": standing}

    async def _accept(self, sid: str, raw: Any) -> Dict[str, Any]:
        conversation = (await self._server.get_session(sid)).get("conversation")
        if conversation is None:
            return {"ok": False, "error": "no_session"}
        try:
            self._paces.admit(conversation)
            incoming = read_incoming(raw)
        except Refused as refusal:
            told = self._words.refusal(refusal.code, conversation, raw)
            return {"ok": False, "error": refusal.code, "message": told}
        entry, new = self._history.add_from_customer(
            conversation,
            incoming.id,
            {"text": incoming.text, "utterance": incoming.utterance, "metadata": incoming.metadata},
        )
        if new:
            await self._server.emit(MESSAGE, as_message(entry), room=conversation)
            self._turns.begin(conversation, entry)
        return {"ok": True, "seq": entry.seq}
