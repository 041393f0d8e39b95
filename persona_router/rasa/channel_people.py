"""The website's customers and the people at the desk: standing, typing, ratings, transcripts."""

import asyncio
import logging
import time
from contextlib import closing
from typing import Any, Dict, Optional

from socketio import AsyncServer

from persona_router.chat.history import ChatHistory
from persona_router.chat.inbox import clean
from persona_router.chat.pages import Pages
from persona_router.chat.transcript import transcript_page
from persona_router.content.errors import ContentError
from persona_router.handoff.changes import Stamp, stamp_of
from persona_router.handoff.contact import LONGEST_COMMENT, MOST_STARS, open_contact
from persona_router.handoff.outbox import Outbox, open_outbox
from persona_router.handoff.queue import HandoffError
from persona_router.handoff.sqlite import open_queue
from persona_router.handoff.standing import Standing, Standings
from persona_router.log.events import Outcome
from persona_router.log.places import log_place
from persona_router.log.store import RoutingLog
from persona_router.redaction import Redactor
from persona_router.state import state_file

log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_AT_LEAST_SECONDS = 10.0
_FILES = ("handoff.sqlite", "contact.sqlite", "outbox.sqlite")


class CustomersSide:
    """Tells browsers where their customer stands, and takes what passes beside the words.

    The desk is another process: what it changes is seen in the files that both share.
    """

    def __init__(
        self, server: AsyncServer, history: ChatHistory, pages: Pages, redactor: Redactor
    ) -> None:
        self._server = server
        self._history = history
        self._pages = pages
        self._contact = open_contact(redactor)
        self._standings = Standings(queue=open_queue(), contact=self._contact, outbox=_outbox)
        self._conversations: Dict[str, str] = {}
        self._told: Dict[str, Standing] = {}
        self._watching: Optional[asyncio.Task] = None

    def listen(self) -> None:
        """Take the browsers' events."""
        server = self._server

        @server.on("disconnect")
        async def disconnect(sid: str) -> None:
            gone = self._conversations.pop(sid, None)
            if gone is not None and gone not in self._conversations.values():
                self._told.pop(gone, None)

        @server.on("customer_typing")
        async def customer_typing(sid: str, raw: Any = None) -> None:
            conversation = self._conversations.get(sid)
            on = isinstance(raw, dict) and raw.get("on") is True
            told = self._told.get(conversation or "")
            if conversation is not None and told is not None and told.status == "connected":
                await self._try(self._contact.types, conversation, "customer", on=on)

        @server.on("rate")
        async def rate(sid: str, raw: Any = None) -> Dict[str, Any]:
            conversation = self._conversations.get(sid)
            if conversation is None:
                return {"ok": False, "error": "no_session"}
            return await self._rate(conversation, raw if isinstance(raw, dict) else {})

        @server.on("transcript")
        async def transcript(sid: str, raw: Any = None) -> Dict[str, Any]:
            conversation = self._conversations.get(sid)
            if conversation is None:
                return {"ok": False, "error": "no_session"}
            locale = raw.get("locale") if isinstance(raw, dict) else None
            wanted = locale if isinstance(locale, str) else None
            return {"ok": True, "html": await asyncio.to_thread(self._page, conversation, wanted)}

    async def joined(self, sid: str, conversation: str) -> Dict[str, Any]:
        """Return where the customer of a browser that has just come stands; follow it from now."""
        self._conversations[sid] = conversation
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        standing = await self._try(self._standings.of, conversation) or Standing()
        self._told[conversation] = standing
        return vars(standing)

    async def _watch(self) -> None:
        seen: Stamp = ()
        looked = 0.0
        while self._conversations:
            await asyncio.sleep(_LOOK_SECONDS)
            stamp = stamp_of([state_file(name) for name in _FILES])
            typing = any(standing.typing for standing in self._told.values())
            if stamp == seen and not typing and time.monotonic() - looked < _AT_LEAST_SECONDS:
                continue
            seen, looked = stamp, time.monotonic()
            with_people = await self._try(self._standings.with_people) or frozenset()
            for conversation in set(self._conversations.values()):
                if conversation in with_people or self._told.get(conversation) != Standing():
                    await self._tell(conversation)

    async def _tell(self, conversation: str) -> None:
        standing = await self._try(self._standings.of, conversation)
        if standing is not None and standing != self._told.get(conversation):
            self._told[conversation] = standing
            await self._server.emit("handoff", vars(standing), room=conversation)

    async def _rate(self, conversation: str, raw: Dict[str, Any]) -> Dict[str, Any]:
        stars, comment, handoff = raw.get("stars"), raw.get("comment", ""), raw.get("handoff")
        if (
            type(stars) is not int
            or not 1 <= stars <= MOST_STARS
            or not isinstance(comment, str)
            or not isinstance(handoff, str)
        ):
            return {"ok": False, "error": "malformed"}
        if len(comment) > LONGEST_COMMENT:
            return {"ok": False, "error": "too_long"}
        found = await self._try(self._standings.rateable, conversation, handoff)
        if found is None:
            return {"ok": False, "error": "not_rateable"}
        try:
            await asyncio.to_thread(self._contact.rate, found, stars, clean(comment))
        except HandoffError as error:
            log.error("%s", error)
            return {"ok": False, "error": "failed"}
        await asyncio.to_thread(_log_rating, found.request.decision_id, stars)
        await self._tell(conversation)
        return {"ok": True}

    def _page(self, conversation: str, wanted: Optional[str]) -> str:
        shown = self._pages.strings(wanted or self._history.locale_of(conversation))
        return transcript_page(self._history.since(conversation, 0), shown, now=time.time())

    async def _try(self, do: Any, *values: Any, **more: Any) -> Any:
        """Return what `do` returns; None, with a line in the log, when the files cannot be used."""
        try:
            return await asyncio.to_thread(do, *values, **more)
        except HandoffError as error:
            log.error("%s", error)
            return None


def _log_rating(decision: Optional[str], stars: int) -> None:
    if decision is None:
        return
    try:
        place = log_place()
        if not place.begun():
            return
        with closing(RoutingLog(place)) as routing_log:
            routing_log.note(Outcome(decision=decision, values={"rating": stars}))
    except (OSError, ContentError):
        log.exception("a rating is not in the routing log")  # it is where the desk looks for it


def _outbox() -> Optional[Outbox]:
    return open_outbox() if state_file("outbox.sqlite").exists() else None
