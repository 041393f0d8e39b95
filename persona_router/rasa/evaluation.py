"""How `explain` and `evaluate` tell the components in the graph what stands in for the clock."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Iterator, Optional


@dataclass(frozen=True)
class Evaluation:
    """A run on labelled cases: its time (None: everything is open) and the case being measured.

    The case's name makes the component use the classifier that was fitted without that case.
    """

    at: Optional[datetime] = None
    case: Optional[str] = None


_current: ContextVar[Optional[Evaluation]] = ContextVar("evaluation", default=None)


def current_evaluation() -> Optional[Evaluation]:
    """Return the evaluation under way in this context; None while customers are served."""
    return _current.get()


@contextmanager
def evaluating(evaluation: Evaluation) -> Iterator[None]:
    """Make `evaluation` the current one inside a `with` block."""
    token = _current.set(evaluation)
    try:
        yield
    finally:
        _current.reset(token)
