"""A customer, an assistant, a desk elsewhere and the courier between them, on a still clock."""

import time
from pathlib import Path
from typing import Any

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.text_files import text_folders
from persona_router.core.locale import fallback_chain
from persona_router.handoff.courier import Courier
from persona_router.handoff.customers import Customers
from persona_router.handoff.embedded import EmbeddedDesk
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.provider import HandoffProvider
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.reply.texts import read_texts
from tests.handoff.fake_rasa import TOKEN, FakeRasa
from tests.handoff.making import Clock, request, said, words

TALK = "c0ffee12"
POLICY = read_policy(DEFAULT_POLICY)
TEXTS = read_texts(text_folders("responses"))


def text_of(name: str, locale: str) -> str:
    """Return the packaged reply of a locale."""
    found = TEXTS.response(name, (locale,))
    assert found is not None, (name, locale)
    return found[1].text


class World:
    """Everything that a handoff to another desk goes through, in the state folder `state`."""

    def __init__(self, state: Path, provider: HandoffProvider, rasa: FakeRasa) -> None:
        self.clock = Clock()
        self.clock.now = time.time()
        self.rasa = rasa
        self.queue = SqliteHandoffQueue(state / "handoff.sqlite")
        self.outbox = Outbox(state / "outbox.sqlite", clock=self.clock)
        self.customers = Customers(
            rasa=RasaApi(url=rasa.url, token=TOKEN),
            texts=TEXTS,
            chain=lambda locale: fallback_chain(locale, {}, "en"),
            desk_words=words,
        )
        self.provider = provider
        self.courier = self.new_courier()

    def new_courier(self, **changes: Any) -> Courier:
        """Return a courier as a new process would start it."""
        values: dict[str, Any] = {
            "outbox": self.outbox,
            "provider": self.provider,
            "fallback": EmbeddedDesk(self.queue),
            "customers": self.customers,
            "fall_back_after": 300.0,
            "catch_up_every": 30.0,
            "clock": self.clock,
            "jitter": lambda: 1.0,
        }
        return Courier(**{**values, **changes})

    def hands_over(self, **changes: Any) -> str:
        """Have the conversation handed over, and return the relay's id."""
        self.rasa.status_slot(TALK, "waiting")
        asked = request(TALK, **{"requested_at": self.clock(), **changes})
        return self.outbox.open(asked, self.provider.name).id

    def writes(self, text: str, id: str) -> None:
        """Have the customer write while somebody else has the conversation."""
        self.rasa.append(TALK, {"event": "user", "text": text, "message_id": id})
        self.outbox.add_message(TALK, said(text, id, at=self.clock()))

    def run(self, seconds: float = 2) -> None:
        """Let the courier work while the clock goes on, second by second."""
        end = self.clock() + seconds
        while True:
            steps = 0
            while self.courier.step():
                steps += 1
                assert steps < 500, "the courier goes round in circles"
            if self.clock() >= end:
                return
            self.clock.forward(1)

    def told(self) -> list[str]:
        """Return what the customer was told since, by the assistant and by agents."""
        return [e["text"] for e in self.rasa.events.get(TALK, []) if e["event"] == "bot"]

    @property
    def status(self) -> Any:
        """The slot that tells who has the conversation."""
        return self.rasa.slots(TALK)["handoff_status"]
