"""Loads signals: the built-in ones, and those of other packages by entry point, if behaviour."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points

from persona_router.content.protected import REMEDY, protected_words
from persona_router.core.signals import Signal, registered

GROUP = "persona_router.signals"
_BUILT_IN = ("persona_router.core.text_signals", "persona_router.core.session_signals")


def load_signals() -> Mapping[str, Signal]:
    """Return all signals by name after importing every module that registers some.

    Raises ImportError naming the entry point that cannot be imported: an assistant whose cards
    rely on a signal must not start without it. So does a plug-in's signal whose name or
    description names a protected attribute: no signal may measure who somebody is.
    """
    for module in _BUILT_IN:
        import_module(module)
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:
            remedy = f"Mend or uninstall {point.dist.name if point.dist else 'its package'}."
            raise ImportError(f"Signal plug-in '{point.name}' failed: {error}. {remedy}") from error
    found = registered()
    for entry in found.values():
        if entry.measure.__module__ not in _BUILT_IN:
            _refuse_protected(entry)
    return found


def _refuse_protected(entry: Signal) -> None:
    for text in (entry.name, entry.description):
        for hit in protected_words().find(text):
            raise ImportError(f"Signal '{entry.name}' is refused: {hit.what} {REMEDY}")
