"""WebsiteOutput: keeps every reply in the history and sends it to the conversation's browsers."""

from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Optional

from rasa.core.channels.channel import OutputChannel
from socketio import AsyncServer

from persona_router.chat.history import ChatHistory, Entry
from persona_router.core.locale import canonical_or_none, direction

MESSAGE = "message"


class WebsiteOutput(OutputChannel):
    """Sends replies to all browsers that show the conversation, and keeps them for the others."""

    @classmethod
    def name(cls) -> str:
        """Return the name by which Rasa's HTTP API and responses know the channel."""
        return "website"

    def __init__(
        self,
        server: AsyncServer,
        history: ChatHistory,
        *,
        way_back: Callable[[str], List[Dict[str, str]]],
        to: Optional[str] = None,
    ) -> None:
        """`way_back` gives the buttons that lead a conversation from a person to the assistant."""
        self._server = server
        self._history = history
        self._way_back = way_back
        self._to = to
        self._said: List[str] = []

    def answering(self, conversation: str, entry: Entry) -> "WebsiteOutput":
        """Return the output for the turn of one message, which says nothing a second time.

        After a crash a turn may run again whose replies, or some of them, have been sent.
        """
        output = WebsiteOutput(
            self._server, self._history, way_back=self._way_back, to=entry.client_id
        )
        output._said = self._history.replies_to(conversation, entry)
        return output

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Keep and send one reply: text, buttons, name, locale, and what the page remembers."""
        text = message.get("text") or ""
        image = message.get("image") or message.get("attachment")
        if isinstance(image, str):
            text = f"{text}\n\n{image}".strip()
        if not text:
            return
        if text in self._said:
            self._said.remove(text)
            return
        body: Dict[str, Any] = {"text": text, "buttons": message.get("buttons") or []}
        if self._to:
            body["to"] = self._to
        for key in ("name", "locale"):
            if isinstance(message.get(key), str):
                body[key] = message[key]
        sender = "agent" if message.get("from") == "agent" else "bot"
        if sender == "bot" and isinstance(message.get("remember"), dict):
            body["remember"] = message["remember"]
        if sender == "agent" and not body["buttons"]:
            body["buttons"] = self._way_back(recipient_id)
        entry = self._history.add_reply(recipient_id, sender, body)
        await self._server.emit(MESSAGE, as_message(entry), room=recipient_id)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep and send a plain text, as actions of Rasa itself do."""
        await self.send_response(recipient_id, {"text": text, **kwargs})


def as_message(entry: Entry) -> Dict[str, Any]:
    """Return an entry of the history as the browser expects it."""
    locale = canonical_or_none(entry.body.get("locale"))
    shown: Dict[str, Any] = {
        "seq": entry.seq,
        "from": entry.sender,
        "text": entry.body.get("text", ""),
        "buttons": entry.body.get("buttons", []),
        "at": datetime.fromtimestamp(entry.at, timezone.utc).isoformat(),
    }
    for key in ("name", "remember"):
        if entry.body.get(key):
            shown[key] = entry.body[key]
    if locale:
        shown.update(locale=locale, dir=direction(locale))
    if entry.client_id:
        shown["id"] = entry.client_id
    return shown
