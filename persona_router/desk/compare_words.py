"""Two compared policies, in words of the reader's language."""

from dataclasses import dataclass

from babel.numbers import format_decimal

from persona_router.core.arms import Difference
from persona_router.desk.figure_words import FigureWords


@dataclass(frozen=True, kw_only=True)
class CompareWords(FigureWords):
    """The words for one response."""

    def difference(self, one: Difference) -> str:
        """Return a difference of shares and its range, in percentage points."""
        low, high = one.interval
        return f"{self._points(one.share)} ({self._points(low)} – {self._points(high)})"

    def _points(self, share: float) -> str:
        return str(format_decimal(100 * share, format="+0.0;-0.0", locale=self._locale))
