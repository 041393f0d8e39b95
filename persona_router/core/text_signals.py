"""Signals of the text: how the customer writes, never who they are."""

import re
from functools import partial

from persona_router.core.lexicon import Lexicon
from persona_router.core.meaning import REFUSE, WISH
from persona_router.core.signals import signal
from persona_router.core.turn import Turn

_QUESTION = re.compile(r"[?؟][?؟!]*(?!\w)")
_NUMBER = re.compile(r"\d{5,}")
_REFERENCE = re.compile(
    r"§|\b(?:art|abs|sec)\.? ?\d|[\"“”„«»‘][^\"“”„«»’]{3,}[\"“”»’]", re.IGNORECASE
)
_EXCLAIMED = re.compile(r"[!?؟]{2,}")
_ORDERS = ("imperatives", "imperatives_last")
"""Lists of orders by where a sentence has them: Turkish says at the end what is to be done."""


def _listed(turn: Turn, category: str, enough: float) -> float | None:
    """Share of `enough` phrases of a category that the text holds; None without text or list."""
    if turn.neutral:
        return None
    found = turn.lexicon.count(category, turn.folded)
    return None if found is None else min(1.0, found / enough)


@signal("brevity")
def brevity(turn: Turn) -> float | None:
    """Terse: 1 for half a line, 0 from two lines on."""
    if turn.neutral:
        return None
    return max(0.0, min(1.0, (2.0 - turn.lines) / 1.5))


@signal("length")
def length(turn: Turn) -> float | None:
    """Long: 0 up to two lines, 1 from six lines on."""
    if turn.neutral:
        return None
    return max(0.0, min(1.0, (turn.lines - 2.0) / 4.0))


@signal("narrative")
def narrative(turn: Turn) -> float | None:
    """Tells what happened: first person, relatives, times and sequence words."""
    return _listed(turn, "narrative", 5)


@signal("imperatives")
def imperatives(turn: Turn) -> float | None:
    """Tells what to do: a sentence is an order, such as "cancel 4471903"."""
    if turn.neutral or turn.lexicon.patterns.keys().isdisjoint(_ORDERS):
        return None
    return 1.0 if any(map(partial(_is_order, turn.lexicon), turn.folded_sentences)) else 0.0


def _is_order(lexicon: Lexicon, sentence: str) -> bool:
    """Whether the sentence begins with an order, after a greeting or a please, or ends with one."""
    first, last = _ORDERS
    opening = lexicon.without_opening(("neutral", "courtesy"), sentence)
    return lexicon.begins(first, opening) or lexicon.ends(last, sentence)


@signal("questions")
def questions(turn: Turn) -> float | None:
    """Asks several precise questions in one message."""
    if turn.neutral:
        return None
    return max(0.0, min(1.0, (len(_QUESTION.findall(turn.text)) - 1) / 2))


@signal("conditions")
def conditions(turn: Turn) -> float | None:
    """Asks for conditions, deadlines and exceptions."""
    return _listed(turn, "conditions", 2)


@signal("terms")
def terms(turn: Turn) -> float | None:
    """Uses contract, delivery or privacy terms correctly."""
    return _listed(turn, "terms", 2)


@signal("references")
def references(turn: Turn) -> float | None:
    """Cites a page, a clause or a wording, or asks where it is written."""
    listed = _listed(turn, "references", 1)
    if listed is None and turn.neutral:
        return None
    return max(listed or 0.0, 1.0 if _REFERENCE.search(turn.text) else 0.0)


@signal("hedging")
def hedging(turn: Turn) -> float | None:
    """Unsure: hedges, apologises, says they do not know their way around."""
    return _listed(turn, "hedging", 1)


@signal("courtesy")
def courtesy(turn: Turn) -> float | None:
    """Greets, thanks and asks politely inside a request."""
    return _listed(turn, "courtesy", 2)


@signal("lost")
def lost(turn: Turn) -> float | None:
    """Describes where on the website they got stuck."""
    return _listed(turn, "lost", 1)


@signal("help_seeking")
def help_seeking(turn: Turn) -> float | None:
    """Asks whether somebody can help, take over or call."""
    return _listed(turn, "help_seeking", 1)


@signal("urgency")
def urgency(turn: Turn) -> float | None:
    """In a hurry: now, quickly, in five minutes."""
    return _listed(turn, "urgency", 1)


@signal("anger")
def anger(turn: Turn) -> float | None:
    """Angry: words of anger, shouting, repeated marks."""
    if turn.neutral:
        return None
    said = turn.lexicon.count("anger", turn.folded) or 0
    marks = len(_EXCLAIMED.findall(turn.text))
    return min(1.0, 0.6 * said + 0.2 * marks + 0.4 * (shouting(turn) or 0.0))


@signal("shouting")
def shouting(turn: Turn) -> float | None:
    """Share of longer words in capitals; None in scripts without case or with too little text."""
    if turn.metadata.clicked:
        return None
    longer = [word for word in turn.words if len(word) > 3 and word.lower() != word.upper()]
    if len(longer) < 2:
        return None
    return sum(word.isupper() for word in longer) / len(longer)


@signal("number_first")
def number_first(turn: Turn) -> float | None:
    """Gives the order or invoice number at once, with few words around it."""
    if turn.neutral:
        return None
    found = _NUMBER.search(turn.text) is not None
    return max(0.0, min(1.0, 2.0 - turn.lines / 1.5)) if found else 0.0


@signal("wishes_person")
def wishes_person(turn: Turn) -> float | None:
    """Wishes to be served by a person, directly or not: how surely, by phrases and by meaning."""
    if turn.neutral:
        return None
    says = turn.lexicon.says
    if says("wish_person", turn.folded) and not says("refuse_person", turn.folded):
        return 1.0
    return turn.wishes.get(WISH)


@signal("refuses")
def refuses(turn: Turn) -> float | None:
    """Refuses a route, such as calls or links: how surely, by meaning."""
    if turn.neutral or not turn.wishes:
        return None
    shares = (share for label, share in turn.wishes.items() if label.startswith(REFUSE))
    return max(shares, default=0.0)


@signal("anybody")
def anybody(turn: Turn) -> float | None:
    """Could be anybody's, such as a topic word: all other evidence of the turn counts less."""
    return None if turn.neutral or not turn.meaning else turn.anybody
