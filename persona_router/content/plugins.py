"""Loads signals: the built-in ones, and those of other packages by entry point."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points

from persona_router.core.signals import Signal, registered

GROUP = "persona_router.signals"
_BUILT_IN = ("persona_router.core.text_signals", "persona_router.core.session_signals")


def load_signals() -> Mapping[str, Signal]:
    """Return all signals by name after importing every module that registers some.

    Raises ImportError naming the entry point that cannot be imported: an assistant whose cards
    rely on a signal must not start without it.
    """
    for module in _BUILT_IN:
        import_module(module)
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:
            remedy = f"Mend or uninstall {point.dist.name if point.dist else 'its package'}."
            raise ImportError(f"Signal plug-in '{point.name}' failed: {error}. {remedy}") from error
    return registered()
