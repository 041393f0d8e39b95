"""What customers are told while another desk has their conversation, in their language."""

from collections.abc import Callable, Sequence

from persona_router.handoff.errands import Relay
from persona_router.handoff.notes import Labels
from persona_router.handoff.queue import Line
from persona_router.handoff.rasa_api import CONNECTED, RasaApi
from persona_router.reply.texts import Texts

WAITING = "waiting"
DELAYED = "utter_handoff_delayed"
REACHED = "utter_handoff_reached"
MOVED = "utter_handoff_moved"
_WAY_BACK = "resume"


class Customers:
    """Reaches customers through the assistant; every method may raise RasaUnavailable.

    `chain` gives the locales to look for a text in, `desk_words` the words of the desk in a
    locale. Whatever is repeated reaches the customer once.
    """

    def __init__(
        self,
        *,
        rasa: RasaApi,
        texts: Texts,
        chain: Callable[[str], Sequence[str]],
        desk_words: Callable[[str], Labels],
    ) -> None:
        self._rasa = rasa
        self._texts = texts
        self._chain = chain
        self._desk_words = desk_words

    def notice(self, relay: Relay, name: str) -> None:
        """Tell the customer the reply called `name`, who waits from then on."""
        chain = self._chain(relay.request.locale)
        found = self._texts.response(name, chain)
        if found is None:
            raise LookupError(f"No language has the text {name}.")
        self._tell(relay, found[1].text, id=name, status=WAITING, locale=found[0])

    def joined(self, relay: Relay, agent: str) -> None:
        """Tell the customer who is writing with them now."""
        words = self._desk_words(relay.request.locale)
        text = words("customer.connected", name=agent)
        self._tell(relay, text, id=f"joined {agent}", status=CONNECTED, locale=words.locale)

    def reply(self, relay: Relay, agent: str | None, text: str, *, key: str) -> None:
        """Give the customer the agent's words; when it is over, without silencing the assistant."""
        id = f"{relay.id} {key}"
        self._rasa.reply(relay.handoff, agent, text, id=id, silence=relay.status == "open")

    def release(self, relay: Relay) -> None:
        """Give the customer back to the assistant."""
        words = self._desk_words(relay.request.locale)
        self._rasa.release(relay.handoff, text=words("customer.released"))

    def said_since(self, relay: Relay) -> tuple[Line, ...]:
        """Return what the customer said after the handoff was asked for, oldest first.

        Nothing once the conversation is with the assistant again.
        """
        known = self._rasa.tracker_events(relay.request.conversation)
        if known.handoff_status is None:
            return ()
        asked = max((line.at for line in relay.request.transcript), default=0.0)
        return tuple(line for line in known.lines if line.sender == "customer" and line.at > asked)

    def _tell(self, relay: Relay, text: str, *, id: str, status: str, locale: str) -> None:
        title = self._texts.phrase(f"button_{_WAY_BACK}", self._chain(relay.request.locale))
        buttons = [{"title": title, "payload": _WAY_BACK}] if title else []
        self._rasa.tell(
            relay.handoff,
            text,
            id=f"{relay.id} {id}",
            status=status,
            locale=locale,
            buttons=buttons,
        )
