"""What a conversation carries from turn to turn; it lives in the tracker, inside the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class ConversationState:
    """Evidence so far and where the dialogue stands; a fresh one starts every conversation.

    `decibans` are sums per persona over the `told` turns that said something. `concern` is the
    intent being served, `wished` the routes the customer asked for last, `excluded` those they
    refused, `offered` the route that waits for a yes, `failures` counts what did not help.
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
        }


def read_state(raw: object) -> ConversationState:
    """Return the state that `to_json` wrote; a fresh one for anything else.

    Trackers live longer than releases: a state of another shape must not stop a conversation.
    """
    if not isinstance(raw, Mapping):
        return ConversationState()
    try:
        return ConversationState(
            turns=int(raw["turns"]),
            told=int(raw["told"]),
            decibans={str(p): float(v) for p, v in raw["decibans"].items()},
            concern=_name(raw["concern"]),
            wished=tuple(map(str, raw["wished"])),
            excluded=tuple(map(str, raw["excluded"])),
            offered=_name(raw["offered"]),
            failures=int(raw["failures"]),
            tried=tuple(map(str, raw["tried"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return ConversationState()


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) else None
