"""The measured conversation and the customer who holds it over Rasa's REST channel."""

import http.client
import json
import time
import uuid
from dataclasses import dataclass

_TIMEOUT_SECONDS = 30.0

# One English customer, so that both assistants understand the language. No message opens a form
# that would swallow the following ones, and none asks for a person: then a bot falls silent.
MESSAGES = (
    "hello",
    "where is my parcel?",
    "4471903",
    "thank you",
    "how long does delivery to Austria usually take?",
    "which delivery options do you offer?",
    "does express delivery cost more?",
    "which payment methods do you accept?",
    "can I combine a gift card with PayPal?",
    "what are the conditions for returning opened headphones?",
    "is there a fee if I cancel after the parcel was packed?",
    "how do I create an account?",
    "reset password",
    "i don't get the confirmation mail when I register",
    "sign me up for the newsletter",
    "are you a robot?",
    "what will the weather be like tomorrow?",
    "track order 88120447",
    "great, that helps",
    "goodbye",
)

# Nobody's wording repeats, so neither does this customer's: a cache must not flatter anybody.
_OPENINGS = (
    *("", "ok, ", "so, ", "well, ", "hey, ", "right, ", "and ", "erm, "),
    *("hi again, ", "one thing: ", "sorry, ", "now, ", "look, ", "listen, ", "next: "),
)
_ENDINGS = ("", " please", " pls", "!")

METADATA = {
    "input": "typed",
    "device": "desktop",
    "locale": "en-GB",
    "page": "/help",
    "referrer": "help",
    "returning": True,
    "previous_contacts": 1,
    "seconds": 12,
}


def message(turn: int, *, conversation: int, longest: int) -> str:
    """Return what the customer says at `turn` (from 0) of a conversation with `longest` turns.

    The first 60 rounds of MESSAGES are all worded differently, the very first one as they stand.
    """
    rounds_each = -(-longest // len(MESSAGES))
    variant = conversation * rounds_each + turn // len(MESSAGES)
    ending, opening = divmod(variant % (len(_OPENINGS) * len(_ENDINGS)), len(_OPENINGS))
    return f"{_OPENINGS[opening]}{MESSAGES[turn % len(MESSAGES)]}{_ENDINGS[ending]}"


class ServerFault(Exception):
    """An assistant did not start or did not answer as it should; the text is one line."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What one turn took until the whole reply was there, and how many messages it had."""

    milliseconds: float
    messages: int


class Customer:
    """One conversation with the assistant on a loopback port, over one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
        self._sender = uuid.uuid4().hex

    def say(self, text: str) -> Reply:
        """Return the measured reply. Raises ServerFault for anything but a well-formed answer."""
        body = json.dumps({"sender": self._sender, "message": text, "metadata": METADATA})
        headers = {"Content-Type": "application/json"}
        began = time.perf_counter()
        try:
            self._connection.request("POST", "/webhooks/rest/webhook", body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ServerFault(f"no answer to '{text}': {error or type(error).__name__}") from error
        elapsed = (time.perf_counter() - began) * 1000
        if response.status != 200:
            raise ServerFault(f"status {response.status} in answer to '{text}'")
        return Reply(milliseconds=elapsed, messages=len(json.loads(content)))

    def hang_up(self) -> None:
        """Close the connection."""
        self._connection.close()
