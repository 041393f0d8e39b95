"""What a conversation carries from turn to turn; it lives in the tracker, inside the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, float] = MappingProxyType({})
# Far beyond any conversation; larger sums would swallow the evidence that is added to them.
_MOST_DECIBANS = 1e9


@dataclass(frozen=True)
class ConversationState:
    """Evidence so far and where the dialogue stands; a fresh one starts every conversation.

    `decibans` are sums per persona over the `told` turns that said something. `concern` is the
    intent being served, `wished` the routes the customer asked for last, `excluded` those they
    refused, `offered` the route that waits for a yes, `failures` counts what did not help, `tried`
    lists the routes that were carried out, the latest last, `served` is the self-service that was
    given just now, and `corrected` tells that the customer said no assumed persona fits. `answers`
    are the decisions whose articles nobody has judged yet, the latest last; `asked` tells that the
    last turn gave one.
    """

    turns: int = 0
    told: int = 0
    decibans: Mapping[str, float] = field(default_factory=lambda: _NONE)
    concern: str | None = None
    wished: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    offered: str | None = None
    failures: int = 0
    tried: tuple[str, ...] = ()
    served: str | None = None
    corrected: bool = False
    answers: tuple[str, ...] = ()
    asked: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON-able values, read back by `read_state`."""
        return {
            "turns": self.turns,
            "told": self.told,
            "decibans": {p: round(v, 3) for p, v in self.decibans.items()},
            "concern": self.concern,
            "wished": list(self.wished),
            "excluded": list(self.excluded),
            "offered": self.offered,
            "failures": self.failures,
            "tried": list(self.tried),
            "served": self.served,
            "corrected": self.corrected,
            "answers": list(self.answers),
            "asked": self.asked,
        }


def read_state(raw: object) -> ConversationState:
    """Return the state that `to_json` wrote; a fresh one for anything else.

    Trackers live longer than releases: a state of another shape must not stop a conversation.
    """
    if not isinstance(raw, Mapping):
        return ConversationState()
    try:
        return ConversationState(
            turns=_count(raw["turns"]),
            told=_count(raw["told"]),
            decibans={str(p): _finite(v) for p, v in raw["decibans"].items()},
            concern=_name(raw["concern"]),
            wished=_names(raw["wished"]),
            excluded=_names(raw["excluded"]),
            offered=_name(raw["offered"]),
            failures=_count(raw["failures"]),
            tried=_names(raw["tried"]),
            served=_name(raw["served"]),
            corrected=_flag(raw["corrected"]),
            # Trackers of the release before have none of these.
            answers=_names(raw.get("answers", ())),
            asked=_flag(raw.get("asked", False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return ConversationState()


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("no count")
    return value


def _finite(value: Any) -> float:
    number = float(value)
    if not -_MOST_DECIBANS <= number <= _MOST_DECIBANS:
        raise ValueError("no weight of evidence")
    return number


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise ValueError("no names")
    return tuple(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) else None
