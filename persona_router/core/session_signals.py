"""Signals of the session: how the customer moves, from metadata that the channel sends."""

import math
import re

from persona_router.core.signals import signal
from persona_router.core.turn import Turn


def _says_nothing(turn: Turn) -> bool:
    """Whether it was a bare greeting or thanks: everybody types "hello" quickly."""
    return turn.neutral and not turn.metadata.clicked


@signal("haste")
def haste(turn: Turn) -> float | None:
    """Answers in seconds: 1 within 5 s, 0 from 60 s on, on a log scale; time to type is allowed."""
    seconds = turn.metadata.seconds
    if seconds is None or _says_nothing(turn):
        return None
    # A fair typist needs about half a second a word on a keyboard; thinking time is what counts.
    thinking = max(1.0, seconds - 0.5 * len(turn.words))
    return max(0.0, min(1.0, math.log(60 / thinking) / math.log(60 / 5)))


@signal("pause")
def pause(turn: Turn) -> float | None:
    """Answers after a pause: 0 up to 20 s, 1 from 120 s on, on a log scale."""
    seconds = turn.metadata.seconds
    if seconds is None or _says_nothing(turn):
        return None
    thinking = max(1.0, seconds - 0.5 * len(turn.words))
    return max(0.0, min(1.0, math.log(thinking / 20) / math.log(120 / 20)))


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
