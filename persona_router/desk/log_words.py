"""The routing log in words: what its pages show, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from persona_router.core.counterfactual import Change
from persona_router.desk.texts import DeskTexts
from persona_router.desk.views import View
from persona_router.log.filters import NONE
from persona_router.log.profile import FLAGS

BAR_WIDTH = 120
"""Width of a bar's drawing; its middle is zero."""
_LEAST_SCALE = 10.0
_NO_BREAK = "\u00a0"
_NAMES = {
    "persona": "fact.persona", "language": "fact.language", "intent": "log.intent",
    "confidence": "log.certainty", "route": "log.route", "outcome": "log.outcome",
    "article": "route.knowledge_base",
    "policy_version": "log.policy", "model": "log.model", "differs": "log.differs",
    "translation_demand": "log.translation_demand", "failed": "log.failed",
}  # fmt: skip


_STAGES = {
    "language": "fact.language", "vector": "stage.vector", "intent": "log.intent",
    "entities": "stage.entities", "search": "stage.search", "routing": "handoff.decision",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of evidence: its number in words, and where it is drawn, from 0 to `BAR_WIDTH`."""

    number: str
    start: float
    width: float
    speaks_for: bool


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """What one signal says: its name, its value in percent, and a bar for each persona."""

    name: str
    value: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class LogWords:
    """The words for one response."""

    texts: DeskTexts
    view: View

    def facet(self, name: str) -> str:
        """Return the name of a facet."""
        return self.texts(_NAMES[name])

    def value(self, facet: str, value: object) -> str:
        """Return the name of a facet's value as it stands in a row or an address."""
        if value is None or value == NONE:
            return self.texts("log.undecided" if facet == "persona" else "fact.unknown")
        if facet in FLAGS:
            return self.texts("log.yes" if str(value) == "1" else "log.no")
        if facet == "language":
            return self.view.language(str(value))
        if facet == "confidence":
            _, _, most = str(value).partition("-")
            # Some languages write the percent sign in front, and it stands for both numbers.
            return self.percent(int(most) / 100).replace(most, str(value).replace("-", "–"))
        return self.texts.label(facet, str(value))

    def number(self, count: int) -> str:
        """Return a count with the marks of the reader's language."""
        return str(format_decimal(count, locale=self._locale))

    def percent(self, share: float | None) -> str:
        """Return a share in percent, or that it is not known."""
        if share is None:
            return self.texts("fact.unknown")
        return str(format_percent(share, locale=self._locale))

    def duration(self, milliseconds: float | None) -> str:
        """Return a length of time, or a dash where it is not known."""
        if milliseconds is None:
            return "–"
        unit = "duration-millisecond"
        return format_unit(round(milliseconds), unit, "short", locale=self._locale)

    def stages(self, stages: Mapping[str, float] | None) -> str:
        """Return how long each stage of understanding took, or a dash where it is not known."""
        named = (
            (self.texts(_STAGES[name]) if name in _STAGES else name, taken)
            for name, taken in (stages or {}).items()
        )
        unit = "duration-millisecond"
        said = (
            (name, format_unit(round(taken, 1), unit, "short", locale=self._locale))
            for name, taken in named
        )
        return " · ".join(f"{name} {taken.replace(' ', _NO_BREAK)}" for name, taken in said) or "–"

    def decibans(self, value: float) -> str:
        """Return evidence with its sign."""
        rounded = round(value, 1) or 0.0  # never -0.0
        return str(format_decimal(rounded, "+0.0;-0.0", locale=self._locale))

    def outcomes(self, row: Mapping[str, Any]) -> str:
        """Return all that is known of what came of a row's decision, or a dash."""
        known = [name for name in ("handed_over", "abandoned", "repeat_contact") if row[name]]
        if row["helped"] is not None:
            known.append("helped" if row["helped"] else "not_helped")
        return " · ".join(self.texts.label("outcome", name) for name in known) or "–"

    def routes(self, routes: list[str]) -> str:
        """Return the names of routes in order."""
        named = (self.texts.label("route", route) for route in routes)
        return " · ".join(named) or self.texts("log.none_offered")

    def reason(self, reason: Mapping[str, Any]) -> str:
        """Return a reason, with the signal or the route that it names."""
        words = self.texts.label("reason", str(reason["code"]))
        named = [
            self.texts.label(group, str(reason["values"][group]))
            for group in ("signal", "route")
            if reason["values"].get(group)
        ]
        return f"{words}: {', '.join(named)}" if named else words

    def constraint(self, constraint: str) -> str:
        """Return why a route was out of the question."""
        kind, _, route = constraint.partition(":")
        name = self.texts.label("route", route)
        known = self.texts(f"constraint.{kind}", route=name)
        return constraint if known == f"constraint.{kind}" else known

    def change(self, change: Change) -> str:
        """Return a change and where it had led."""
        group = {"without": "signal", "more": "persona"}.get(change.kind, "route")
        subject = self.texts.label(group, change.subject)
        size = format_decimal(change.decibans or 0.0, "0.0", locale=self._locale)
        return self.texts(f"change.{change.kind}", subject=subject, decibans=size)

    def destination(self, route: str | None) -> str:
        """Return the name of the route to which something had led."""
        return self.texts("log.no_route") if route is None else self.texts.label("route", route)

    def bars(self, row: Mapping[str, Any], personas: list[str]) -> list[BarRow]:
        """Return the row's evidence, strongest first, for the personas in their order."""
        said = [
            (one, [float(one["decibans"].get(p, 0.0)) for p in personas]) for one in row["evidence"]
        ]
        largest = max((abs(d) for _, values in said for d in values), default=0.0)
        half = BAR_WIDTH / 2
        unit = (half - 1) / max(largest, _LEAST_SCALE)
        return [
            BarRow(
                name=self.texts.label("signal", str(one["signal"])),
                value=self.percent(one["value"]),
                bars=tuple(
                    Bar(
                        number=self.decibans(d),
                        start=round(half + min(d, 0.0) * unit, 1),
                        width=round(abs(d) * unit, 1),
                        speaks_for=d >= 0,
                    )
                    for d in values
                ),
            )
            for one, values in said
        ]

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.texts.locale, sep="-")
