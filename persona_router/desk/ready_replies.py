"""Replies that agents have ready, in the language of whoever reads them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from persona_router.content.desk_replies import AGENT, ReadyReply
from persona_router.desk.texts import DeskTexts


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One reply as an agent is offered it: title in their language, words in the customer's."""

    title: str
    text: str


class ReadyReplies:
    """The replies; `chain` gives the locales to look for a text in."""

    def __init__(
        self, replies: Sequence[ReadyReply], chain: Callable[[str], Sequence[str]]
    ) -> None:
        self._replies = replies
        self._chain = chain

    def for_customer(self, locale: str, *, agent: str, reader: DeskTexts) -> tuple[Offered, ...]:
        """Return the replies for a customer of the locale, with the agent's name put in."""
        found = ((reply, reply.text(self._chain(locale))) for reply in self._replies)
        return tuple(
            Offered(title=reply.title(self._chain(reader.locale)), text=text.replace(AGENT, agent))
            for reply, text in found
            if text
        )
