"""Nobody is forgotten: who waits too long is told so, and absent agents' chats go back.

What is long over is forgotten indeed.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from persona_router.core.desk_rules import DeskRules
from persona_router.desk.assignment import Floor
from persona_router.desk.care import CareStore, Note
from persona_router.desk.floor import FloorReader
from persona_router.desk.retention import Retention
from persona_router.desk.texts import DeskTexts
from persona_router.handoff.beside import beside
from persona_router.handoff.queue import Handoff, HandoffQueue, QueueUnavailable
from persona_router.handoff.rasa_api import RasaApi, RasaUnavailable

EVERY_SECONDS = 5.0
AGAIN_SECONDS = 60.0
WAITING = "waiting"
CALLBACK = "callback"

log = logging.getLogger(__name__)


class Watch:
    """Looks at the desk every few seconds; `words` gives the desk's texts in a locale.

    Whatever is repeated, as after a crash, reaches the customer once. `clock` gives Unix seconds.
    """

    def __init__(
        self,
        *,
        queue: HandoffQueue,
        rasa: RasaApi,
        floor: FloorReader,
        care: CareStore,
        retention: Retention,
        words: Callable[[str], DeskTexts],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._rasa = rasa
        self._floor = floor
        self._care = care
        self._retention = retention
        self._words = words
        self._clock = clock
        # While the desk was down nobody's browser could be heard of.
        self._since = clock()
        self._looked: dict[str, float] = {}

    def running(self) -> AbstractContextManager[None]:
        """Watch in a thread of its own."""
        return beside(self._run, name="watch", patience=EVERY_SECONDS)

    def step(self) -> None:
        """Look once; may raise QueueUnavailable. What Rasa cannot take is tried again later."""
        floor = self._floor.read()
        waiting = {handoff.id for handoff in floor.waiting}
        self._looked = {id: at for id, at in self._looked.items() if id in waiting}
        for handoff in floor.waiting:
            if handoff.request.kind == "agent" and not floor.is_snoozed(handoff):
                self._try(self._give_up, handoff, floor.rules)
        for handoff in floor.claimed:
            if handoff.request.kind == "agent" and not floor.is_snoozed(handoff):
                self._try(self._take_back, handoff, floor)
        self._retention.step(floor.now)

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(EVERY_SECONDS):
            try:
                self.step()
            except QueueUnavailable as error:
                log.error("the desk cannot be watched: %s", error)
            except Exception:
                log.exception("the desk cannot be watched")

    def _try(self, do: Callable[..., None], handoff: Handoff, *more: object) -> None:
        try:
            do(handoff, *more)
        except RasaUnavailable as error:
            log.warning("customer not told: %s", error, extra={"handoff": handoff.id})

    def _give_up(self, handoff: Handoff, rules: DeskRules) -> None:
        now, id = self._clock(), handoff.id
        if now - handoff.request.requested_at <= rules.give_up_after:
            return
        notes = [note for note in self._care.notes(id) if note.kind != "note"]
        back = max((note.at for note in notes), default=handoff.request.requested_at)
        if now - max(back + rules.give_up_after, self._looked.get(id, 0.0) + AGAIN_SECONDS) <= 0:
            return
        self._looked[id] = now
        if self._rasa.tracker_events(handoff.request.conversation).handoff_status is None:
            return  # the assistant is helping; after another wish for a person it waits again
        times = sum(note.kind == "given_up" for note in notes)
        words = self._words(handoff.request.locale)
        self._rasa.tell(
            handoff,
            words("customer.nobody"),
            id=f"nobody {id} {times}",
            status=None,
            locale=words.locale,
            buttons=[{"title": words("customer.call_me"), "payload": CALLBACK}],
        )
        self._care.add_note(id, Note(kind="given_up", author=None, text="", at=now))
        log.info("customer waited too long", extra={"handoff": id})

    def _take_back(self, handoff: Handoff, floor: Floor) -> None:
        holder = handoff.agent or ""
        person = next((one for one in floor.people if one.login == holder), None)
        seen = (person.seen_at if person else None) or 0.0
        if floor.now - max(seen, handoff.claimed_at or 0.0, self._since) <= floor.rules.away_after:
            return
        name = person.name if person else holder
        words = self._words(handoff.request.locale)
        self._rasa.tell(
            handoff,
            words("customer.requeued", name=name),
            id=f"gone {handoff.id} {handoff.claimed_at}",
            status=WAITING,
            locale=words.locale,
        )
        note = Note(kind="gone", author=None, text=name, at=floor.now)
        self._care.add_note(handoff.id, note)
        self._queue.release(handoff.id, holder)
        log.info("handoff taken back", extra={"handoff": handoff.id})
