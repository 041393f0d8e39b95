"""Signals of the session: how the customer moves, from metadata that the channel sends."""

import math
import re

from persona_router.core.signals import signal
from persona_router.core.turn import Turn


def _says_nothing(turn: Turn) -> bool:
    """Whether it was a bare greeting or thanks: everybody types "hello" quickly."""
    return turn.neutral and not turn.metadata.clicked


def _thinking(turn: Turn) -> float | None:
    """Seconds before the answer without those that typing takes; None where nothing tells."""
    seconds = turn.metadata.seconds
    if seconds is None or _says_nothing(turn):
        return None
    return max(1.0, seconds - turn.typing.seconds * len(turn.words))


@signal("haste")
def haste(turn: Turn) -> float | None:
    """Answers in seconds: 1 within 5 s, 0 from 60 s on, on a log scale; time to type is allowed."""
    thinking = _thinking(turn)
    return None if thinking is None else max(0.0, min(1.0, math.log(60 / thinking, 60 / 5)))


@signal("pause")
def pause(turn: Turn) -> float | None:
    """Answers after a pause: 0 up to 20 s, 1 from 120 s on, on a log scale."""
    thinking = _thinking(turn)
    return None if thinking is None else max(0.0, min(1.0, math.log(thinking / 20, 120 / 20)))


@signal("repeats")
def repeats(turn: Turn) -> float | None:
    """Writes word for word what they wrote before; None at the start."""
    if turn.neutral or not turn.earlier:
        return None
    return 1.0 if turn.folded in turn.earlier else 0.0


@signal("rephrases")
def rephrases(turn: Turn) -> float | None:
    """Asks the same as just before in other words; None at the start and while a form asks."""
    if turn.neutral or turn.form or not turn.earlier or turn.intent is None:
        return None
    again = turn.intent == turn.earlier_intent
    return 1.0 if again and turn.folded not in turn.earlier else 0.0


@signal("earlier_contacts")
def earlier_contacts(turn: Turn) -> float | None:
    """Has contacted the shop before: 0 never, 1 from three times on; None where nobody counts."""
    count = turn.metadata.previous_contacts
    return None if count is None else min(1.0, count / 3)


@signal("clicks")
def clicks(turn: Turn) -> float | None:
    """Clicks a button in this turn; typing is no evidence, for often there is none to click."""
    return 1.0 if turn.metadata.clicked else None


@signal("reads_help")
def reads_help(turn: Turn) -> float | None:
    """Comes from a page below help, terms or the like; None when the page is unknown.

    The front page of such an area is no evidence: customers of every kind land there.
    """
    page, referrer = turn.metadata.page, turn.metadata.referrer
    if page is None and referrer is None:
        return None
    path = re.split(r"[?#]", page or "")[0].casefold().strip("/").split("/")
    inside = len(path) > 1 and any(part in turn.reading_pages for part in path)
    return 1.0 if inside or referrer in turn.reading_pages else 0.0
