"""Figures in words and drawings, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal, format_percent

from persona_router.core.figures import Rate
from persona_router.desk.texts import DeskTexts
from persona_router.desk.views import View

WIDTH = 100
"""Width of a share's drawing: from 0 to 100 %."""
CHART_HEIGHT = 60
SHEETS = (
    ("figures", "/figures"),
    ("drift", "/personas/drift"),
    ("brand", "/brand"),
    ("replay", "/replay"),
    ("compare", "/compare"),
)
"""The pages of figures: the group of each one's texts, and its address."""
_NAMES = {"persona": "fact.persona", "language": "fact.language", "route": "log.route"}
_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A share as a drawing: its place and the ends of its range, from 0 to `WIDTH`."""

    place: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class FigureWords:
    """The words for one response; below `minimum` cases no share is told."""

    texts: DeskTexts
    view: View
    minimum: int

    def dimension(self, name: str) -> str:
        """Return the name of what figures are split by."""
        return self.texts(_NAMES[name])

    def value(self, dimension: str, value: str | None) -> str:
        """Return the name of a value of a dimension, or that it is not known."""
        if value is None:
            return self.texts("log.undecided" if dimension == "persona" else "fact.unknown")
        if dimension == "language":
            return self.view.language(value)
        return self.texts.label(dimension, value)

    def number(self, count: int) -> str:
        """Return a count with the marks of the reader's language."""
        return str(format_decimal(count, locale=self._locale))

    def decimal(self, value: float | None, *, digits: int = 2) -> str:
        """Return a value with so many decimals, or a dash for one that is not known."""
        if value is None:
            return "–"
        return str(format_decimal(value, format=f"0.{'0' * digits}", locale=self._locale))

    def percent(self, share: float) -> str:
        """Return a share in whole percent."""
        return str(format_percent(share, locale=self._locale))

    def enough(self, rate: Rate) -> bool:
        """Return whether there are enough cases to tell the share."""
        return rate.cases >= self.minimum

    def drawn(self, rate: Rate) -> Drawn:
        """Return the rate as it is drawn."""
        low, high = rate.interval
        return Drawn(
            place=round(WIDTH * (rate.share or 0.0), 1),
            low=round(WIDTH * low, 1),
            high=round(WIDTH * high, 1),
        )

    def day(self, day: date) -> str:
        """Return a day, short."""
        return format_date(day, "medium", locale=self._locale)

    def seconds(self, seconds: float | None) -> str:
        """Return a length of time: in seconds below two minutes, else in minutes or more."""
        if seconds is None:
            return "–"
        if seconds < 2 * _MINUTE:
            return format_timedelta(
                timedelta(seconds=round(seconds)), threshold=100, locale=self._locale
            )
        minutes = timedelta(minutes=round(seconds / _MINUTE))
        return format_timedelta(minutes, granularity="minute", threshold=2, locale=self._locale)

    def heights(self, counts: Sequence[int]) -> list[float]:
        """Return how high the bars of counts are drawn; the greatest is `CHART_HEIGHT`."""
        most = max(counts, default=0) or 1
        return [round(CHART_HEIGHT * count / most, 1) for count in counts]

    @property
    def sheets(self) -> tuple[tuple[str, str], ...]:
        """The pages of figures."""
        return SHEETS

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.texts.locale, sep="-")
