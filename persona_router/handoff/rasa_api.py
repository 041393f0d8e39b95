"""The way back to the customer: a client of the HTTP API of the assistant's Rasa server."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from persona_router.handoff.queue import Handoff, Line

STATUS_SLOT = "handoff_status"
CONNECTED = "connected"
CONNECT_SECONDS = 3.0
# Rasa holds a conversation's lock while a turn with a slow action runs.
READ_SECONDS = 10.0

# Rasa takes an encoded id as it stands, for another conversation than the one meant.
_ADDRESSABLE = re.compile(r"[A-Za-z0-9_~:@+-][A-Za-z0-9._~:@+-]*")

log = logging.getLogger(__name__)


class RasaUnavailable(Exception):
    """The assistant did not take a request; the text says why, and never quotes the customer."""


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """What the assistant knows of a conversation: its messages, oldest first, and its handoff.

    `handoff_status` is the slot: None (the assistant answers), `waiting` or `connected`.
    """

    lines: tuple[Line, ...]
    handoff_status: str | None


class RasaApi:
    """Reads and writes conversations of a Rasa server; every method may raise RasaUnavailable."""

    def __init__(self, *, url: str, token: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._token = token

    def tracker_events(self, conversation: str) -> Conversation:
        """Return every message of the conversation so far, restarts included."""
        state = self._call("GET", conversation, "tracker", {"include_events": "ALL"})
        events = state.get("events")
        slots = state.get("slots")
        if not isinstance(events, list) or not isinstance(slots, dict):
            raise RasaUnavailable(
                f"The answer of {self._url} is not a Rasa conversation. Check the --rasa address."
            )
        status = slots.get(STATUS_SLOT)
        return Conversation(
            lines=tuple(_lines(events)), handoff_status=status if isinstance(status, str) else None
        )

    def send(
        self,
        conversation: str,
        events: Iterable[Mapping[str, Any]],
        *,
        output_channel: str,
        execute_side_effects: bool = True,
    ) -> None:
        """Append the events to the conversation and, as side effects, send its bot messages.

        Rasa accepts an unknown `output_channel` without complaint and then sends to nobody.
        """
        self._call(
            "POST",
            conversation,
            "tracker/events",
            {
                "execute_side_effects": "true" if execute_side_effects else "false",
                "output_channel": output_channel,
            },
            list(events),
        )

    def connect(self, handoff: Handoff, agent: str, *, text: str) -> None:
        """Tell the assistant that the agent has taken over, and the customer with `text`.

        A conversation that is connected already is left as it is.
        """
        request = handoff.request
        if self.tracker_events(request.conversation).handoff_status == CONNECTED:
            return
        self.send(
            request.conversation,
            [_slot(CONNECTED), _message(text, {"from": "bot"})],
            output_channel=request.output_channel,
        )
        log.info("handoff connected", extra={"handoff": handoff.id})

    def reply(
        self, handoff: Handoff, agent: str | None, text: str, *, id: str, silence: bool = True
    ) -> None:
        """Send the agent's words to the customer, once for each `id`.

        A reply whose answer got lost on the way may thus be sent again without a doubt. It also
        silences the assistant if an earlier `connect` did not get through; not with `silence`
        false, as for words that come when the conversation is over.
        """
        request = handoff.request
        known = self.tracker_events(request.conversation)
        if any(line.id == id for line in known.lines):
            return
        events = [_message(text, {"from": "agent", "id": id, **({"name": agent} if agent else {})})]
        if silence and known.handoff_status != CONNECTED:
            events.insert(0, _slot(CONNECTED))
        self.send(request.conversation, events, output_channel=request.output_channel)
        log.info("reply delivered", extra={"handoff": handoff.id, "reply": id})

    def tell(
        self,
        handoff: Handoff,
        text: str,
        *,
        id: str,
        status: str | None,
        locale: str,
        buttons: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Tell the customer something about the handoff, once for each `id`, and set its status.

        Nothing is told when the assistant answers again, as after the customer went back.
        """
        request = handoff.request
        known = self.tracker_events(request.conversation)
        if known.handoff_status is None or any(line.id == id for line in known.lines):
            return
        told = {
            **_message(text, {"from": "bot", "id": id, "locale": locale}),
            "data": {"buttons": [dict(button) for button in buttons]},
        }
        self.send(
            request.conversation, [_slot(status), told], output_channel=request.output_channel
        )

    def release(self, handoff: Handoff, *, text: str) -> None:
        """Give the conversation back to the assistant, and tell the customer with `text`.

        Nothing is sent when the assistant answers already, as after the customer went back.
        """
        request = handoff.request
        if self.tracker_events(request.conversation).handoff_status is None:
            return
        self.send(
            request.conversation,
            [_slot(None), _message(text, {"from": "bot"})],
            output_channel=request.output_channel,
        )
        log.info("handoff released", extra={"handoff": handoff.id})

    def _call(
        self,
        method: str,
        conversation: str,
        resource: str,
        query: Mapping[str, str],
        body: list[Mapping[str, Any]] | None = None,
    ) -> Mapping[str, Any]:
        if not _ADDRESSABLE.fullmatch(conversation):
            raise RasaUnavailable(
                f"Conversation '{conversation}' has an id that Rasa's HTTP API cannot address. "
                "Let the channel make ids of letters, digits and -._~:@+ alone."
            )
        url = f"{self._url}/conversations/{conversation}/{resource}"
        params = {**query, "token": self._token} if self._token else query
        try:
            response = requests.request(
                method,
                url,
                params=params,
                json=body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )
            if response.status_code == requests.codes.ok:
                return _object(response.json())
            problem = self._refusal(response.status_code)
        except requests.Timeout:
            problem = f"{self._url} did not answer in time. Try again in a moment."
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            problem = f"{self._url} cannot be reached. Check that the assistant is running."
        except requests.JSONDecodeError:
            problem = f"{self._url} sent what is not JSON. Check the --rasa address."
        except requests.RequestException:
            problem = f"{self._url} is not an address of a Rasa server. Check --rasa."
        log.warning("assistant unavailable", extra={"method": method, "resource": resource})
        # Raised out here, without its cause, whose text holds the whole address and so the token.
        raise RasaUnavailable(problem)

    def _refusal(self, status: int) -> str:
        if status in (requests.codes.unauthorized, requests.codes.forbidden):
            return f"{self._url} refused the token. Start Rasa and the desk with the same one."
        if status == requests.codes.not_found:
            return f"{self._url} has no HTTP API. Start Rasa with --enable-api."
        return f"{self._url} answered with HTTP {status}. See the assistant's log."


def _lines(events: Iterable[Any]) -> Iterable[Line]:
    for event in events:
        text = event.get("text") if isinstance(event, dict) else None
        if not isinstance(text, str) or not text:
            continue
        at = event.get("timestamp")
        seconds = float(at) if isinstance(at, int | float) else 0.0
        details = _object(event.get("metadata"))
        if event.get("event") == "user":
            yield Line(sender="customer", text=text, at=seconds, id=_text(event.get("message_id")))
        elif event.get("event") == "bot" and details.get("from") == "agent":
            yield Line(
                sender="agent",
                text=text,
                at=seconds,
                name=_text(details.get("name")),
                id=_text(details.get("id")),
            )
        elif event.get("event") == "bot":
            yield Line(sender="bot", text=text, at=seconds, id=_text(details.get("id")))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _slot(status: str | None) -> Mapping[str, Any]:
    return {"event": "slot", "name": STATUS_SLOT, "value": status}


def _message(text: str, metadata: Mapping[str, str]) -> Mapping[str, Any]:
    return {"event": "bot", "text": text, "metadata": dict(metadata)}
