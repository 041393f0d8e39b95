"""News by server-sent events: that the queue, or a conversation, has changed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, shown
from persona_router.desk.call_store import CallStore
from persona_router.desk.floor import FloorReader
from persona_router.desk.sessions import Sessions
from persona_router.handoff.changes import stamp_of
from persona_router.handoff.contact import Contact
from persona_router.handoff.queue import HandoffQueue
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable

LOOK_SECONDS = 0.5
ASK_SECONDS = 2.0
SOONEST_SECONDS = 1.0
"""Rasa is asked so often about a conversation; sooner when it has written something, but not more
often than this."""
HEARTBEAT_SECONDS = 15.0
RASAS = ("conversations.sqlite", "website.sqlite")
LONGEST_SECONDS = 300.0
"""A stream ends after this; the browser begins another, with its session checked anew."""


class Live:
    """Streams that tell a browser when to look; what it then sees, it gets from the pages.

    `files` are the databases whose change is a change of the queue; beside them are those into
    which Rasa and its website channel write, if they are SQLite.
    """

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        rasa: RasaApi,
        contact: Contact,
        floor: FloorReader,
        sessions: Sessions,
        calls: CallStore,
        files: tuple[Path, ...],
    ) -> None:
        self._queue = queue
        self._rasa = rasa
        self._contact = contact
        self._floor = floor
        self._sessions = sessions
        self._calls = calls
        self._files = files
        self._rasas = tuple(files[0].with_name(name) for name in RASAS)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the streams."""
        return [
            shown("/events", self.queue, roles=AGENT),
            shown("/handoffs/{id}/events", self.conversation, roles=AGENT),
        ]

    async def queue(self, request: Request) -> Response:
        """Return a stream of `queue` events, one for each change of what waits or is due."""
        written: object = None
        reminders: tuple[float, ...] = ()

        def stamp() -> object:
            nonlocal written, reminders
            touched = stamp_of(self._files)
            if touched != written:
                written, reminders = touched, self._floor.reminders()
            now = self._floor.now()
            return (touched, sum(at <= now for at in reminders))

        return self._stream(request, "queue", stamp)

    async def conversation(self, request: Request) -> Response:
        """Return a stream of `lines` events, one for each change of the conversation.

        Between them `typing` events tell whether the customer writes: "on" or "off".
        """
        id = request.path_params["id"]
        handoff = await run_in_threadpool(self._queue.get, id)
        name = handoff.request.conversation

        asked, written, answer = 0.0, None, None

        def stamp() -> object:
            nonlocal asked, written, answer
            now = self._queue.get(id)
            ago, touched = time.monotonic() - asked, stamp_of(self._rasas)
            if ago >= ASK_SECONDS or (ago >= SOONEST_SECONDS and touched != written):
                asked, written, answer = time.monotonic(), touched, self._said(name)
            call = self._calls.last(id)
            return (now.status, now.agent, call.seen if call else "", answer)

        def typing() -> str:
            return "on" if self._contact.is_typing(name, "customer") else "off"

        return self._stream(request, "lines", stamp, typing)

    def _said(self, conversation: str) -> tuple[int, str | None] | None:
        try:
            known = self._rasa.tracker_events(conversation)
        except RasaUnavailable:
            return None
        return (len(known.lines), known.handoff_status)

    def _stream(
        self,
        request: Request,
        name: str,
        stamp: Callable[[], object],
        typing: Callable[[], str] | None = None,
    ) -> Response:
        headers = {"X-Accel-Buffering": "no"}  # proxies would hold the events back
        events = self._events(request, name, stamp, typing)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _events(
        self,
        request: Request,
        name: str,
        stamp: Callable[[], object],
        typing: Callable[[], str] | None,
    ) -> AsyncIterator[str]:
        until = time.monotonic() + LONGEST_SECONDS
        last, beat, typed = await run_in_threadpool(stamp), 0.0, "off"
        yield f"retry: 2000\nevent: {name}\ndata: now\n\n"
        while time.monotonic() < until and not await request.is_disconnected():
            if time.monotonic() - beat > HEARTBEAT_SECONDS:
                session = await run_in_threadpool(self._sessions.signed_in, request)
                if session is None:
                    return
                await run_in_threadpool(self._floor.hear, session.account)
                beat = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(LOOK_SECONDS)
            seen = await run_in_threadpool(stamp)
            if seen != last:
                last = seen
                yield f"event: {name}\ndata: changed\n\n"
            word = await run_in_threadpool(typing) if typing else typed
            if word != typed:
                typed = word
                yield f"event: typing\ndata: {typed}\n\n"
