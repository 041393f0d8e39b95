"""The registry of signals: named measurements of one turn, in [0, 1], or absent (None)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from persona_router.core.turn import Turn

Measure = Callable[[Turn], float | None]


@dataclass(frozen=True)
class Signal:
    """A named measurement; `description` is its docstring's first sentence, shown to operators."""

    name: str
    measure: Measure
    description: str


_REGISTRY: dict[str, Signal] = {}
_NO_ENTITIES: Mapping[str, str] = MappingProxyType({})


def signal(name: str) -> Callable[[Measure], Measure]:
    """Return a decorator that registers a function of one Turn as the signal `name`.

    Other packages add theirs through the entry point group `persona_router.signals`; each entry
    point names a module or function whose import registers it. Raises ValueError for a name that
    is taken or a function without a docstring (operators read it).
    """

    def register(measure: Measure) -> Measure:
        description = (measure.__doc__ or "").strip().partition("\n")[0]
        if not description:
            raise ValueError(f"Signal '{name}' has no docstring. Say in one line what it measures.")
        taken = _REGISTRY.get(name)
        if taken is not None and _origin(taken.measure) != _origin(measure):
            raise ValueError(f"Signal '{name}' is registered twice. Choose another name.")
        _REGISTRY[name] = Signal(name, measure, description)
        return measure

    return register


def _origin(measure: Measure) -> tuple[str, str]:
    return measure.__module__, measure.__qualname__


def registered() -> Mapping[str, Signal]:
    """Return all registered signals by name, built-in ones first."""
    return MappingProxyType(_REGISTRY)


def measure_all(turn: Turn) -> dict[str, float]:
    """Return the signals that are present in `turn`, each clipped to [0, 1].

    They are shown what a customer does and nothing that tells who or where somebody is.
    """
    seen = _behaviour(turn)
    values = {name: entry.measure(seen) for name, entry in _REGISTRY.items()}
    return {name: min(1.0, max(0.0, value)) for name, value in values.items() if value is not None}


def _behaviour(turn: Turn) -> Turn:
    """Return the turn without language, locale, time zone, device, and what rules found in it."""
    metadata = replace(turn.metadata, locale=None, timezone=None, device=None)
    lexicon = replace(turn.lexicon, language="")
    return replace(
        turn, metadata=metadata, lexicon=lexicon, locale="", spoken=None, entities=_NO_ENTITIES
    )
