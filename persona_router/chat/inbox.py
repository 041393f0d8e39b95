"""What is accepted from a browser: bounded, cleaned, and never a command."""

import re
import time
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST = 30_000
"""Characters of one message that are accepted; the routing itself looks at fewer."""
_ID = re.compile(r"[!-~]{1,64}")
_MOST_FIELDS = 30
_LONGEST_FIELD = 300
MOST_IN_WINDOW = 20
WINDOW_SECONDS = 10.0
MOST_REMEMBERED = 10_000
_COMMAND = "/"
_GUARD = "\u2060"
"""An invisible word joiner: in front of a slash it keeps Rasa from reading a command."""


class Refused(Exception):
    """A message that cannot be accepted; `code` is too_long, too_fast, empty or malformed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Incoming:
    """A message as accepted: the browser's id for it, its text, and untrusted metadata."""

    id: str
    text: str
    metadata: Mapping[str, Any]

    @property
    def utterance(self) -> str:
        """The text for Rasa: a leading slash is text, never a command."""
        guarded = self.text.lstrip().startswith(_COMMAND)
        return _GUARD + self.text.lstrip() if guarded else self.text


def read_incoming(raw: object) -> Incoming:
    """Return the message that a browser sent. Raises Refused for one that cannot be used."""
    if not isinstance(raw, Mapping):
        raise Refused("malformed")
    text, id_ = raw.get("text"), raw.get("id")
    if not isinstance(text, str) or not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise Refused("malformed")
    if len(text) > LONGEST:
        raise Refused("too_long")
    cleaned = clean(text)
    if not _can_be_seen(cleaned):
        raise Refused("empty")
    return Incoming(id_, cleaned, _bounded(raw.get("metadata")))


def _bounded(metadata: object) -> dict[str, Any]:
    """Return the plain, short values of `metadata`: each is kept with every event of the turn."""
    if not isinstance(metadata, Mapping) or len(metadata) > _MOST_FIELDS:
        return {}
    return {
        key: value
        for key, value in metadata.items()
        if isinstance(key, str) and len(key) <= _LONGEST_FIELD and _is_plain(value)
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_FIELD
    return (
        value is None
        or isinstance(value, bool | float)
        or (isinstance(value, int) and abs(value) < 2**63)
    )


def _can_be_seen(text: str) -> bool:
    """Whether anything of `text` shows: spaces and marks of writing direction alone do not."""
    return any(unicodedata.category(c) not in ("Cf", "Zl", "Zp", "Zs") for c in text)


def clean(text: str) -> str:
    """Return `text` without control characters other than line breaks and tabs, stripped.

    Unpaired surrogates go too: no database or log can store them.
    """
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


@dataclass
class Pace:
    """How fast one conversation sends: at most 20 messages in 10 seconds."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_IN_WINDOW))

    def admit(self, now: float | None = None) -> None:
        """Count a message. Raises Refused when it comes too fast."""
        at = time.monotonic() if now is None else now
        if len(self.times) == MOST_IN_WINDOW and at - self.times[0] < WINDOW_SECONDS:
            raise Refused("too_fast")
        self.times.append(at)


class Paces:
    """The paces of the conversations heard from last; older ones begin anew."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._paces: OrderedDict[str, Pace] = OrderedDict()

    def admit(self, conversation: str, now: float | None = None) -> None:
        """Count a message of the conversation. Raises Refused when it comes too fast."""
        pace = self._paces.setdefault(conversation, Pace())
        self._paces.move_to_end(conversation)
        while len(self._paces) > self._most:
            self._paces.popitem(last=False)
        pace.admit(now)
