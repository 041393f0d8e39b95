"""The check-in in words: what has changed, as sentences in the reader's language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from persona_router.core.card import Card
from persona_router.core.drift import UNDECIDED, CheckIn, Shift, Trust
from persona_router.core.figures import Rate
from persona_router.desk.figure_words import FigureWords


@dataclass(frozen=True, kw_only=True)
class DriftWords(FigureWords):
    """The words for one response of the check-in."""

    def persona(self, name: str) -> str:
        """Return the name of a persona, or that none was sure enough."""
        return self.value("persona", None if name == UNDECIDED else name)

    def signal(self, name: str) -> str:
        """Return the name of a signal."""
        return self.texts.label("signal", name)

    def shares(self, one: Shift, found: CheckIn) -> tuple[Rate, Rate]:
        """Return a persona's share before and now, as counts of visits."""
        return (
            Rate(round((one.before or 0.0) * found.before), found.before),
            Rate(round((one.now or 0.0) * found.now), found.now),
        )

    def corrected(self, one: Trust) -> Rate:
        """Return the share of a persona's visits in which the customer corrected it."""
        return Rate(one.corrected, one.visits)

    def ordered(self, signals: Sequence[Shift]) -> list[Shift]:
        """Return signals with those that have changed first, then by how much they differ."""
        return sorted(signals, key=lambda one: (not one.alarm, -one.index, one.name))

    def warnings(self, found: CheckIn, due: Sequence[Card]) -> list[str]:
        """Return a sentence for each finding that wants somebody's attention."""
        return [*self._changes(found), *self._mistrust(found), *self._reviews(due)]

    def _changes(self, found: CheckIn) -> Iterator[str]:
        for one in found.personas or ():
            if one.alarm:
                yield self.texts(
                    "drift.warn_share",
                    persona=self.persona(one.name),
                    before=self.percent(one.before or 0.0),
                    now=self.percent(one.now or 0.0),
                )
        for one in self.ordered(found.signals or ()):
            if one.alarm:
                yield self.texts(
                    "drift.warn_signal",
                    signal=self.signal(one.name),
                    before=self.decimal(one.before),
                    now=self.decimal(one.now),
                )

    def _mistrust(self, found: CheckIn) -> Iterator[str]:
        for one in found.trust:
            if one.alarm:
                yield self.texts(
                    "drift.warn_trust",
                    persona=self.persona(one.persona),
                    share=self.percent(one.corrected / one.visits),
                    expected=self.percent(one.expected),
                )
        for group in found.groups:
            first, second = group.signals
            yield self.texts(
                "drift.warn_group",
                visits=self.number(group.visits),
                first=self.signal(first),
                second=self.signal(second),
                expected=self.number(round(group.expected)),
            )

    def _reviews(self, due: Sequence[Card]) -> Iterator[str]:
        for card in due:
            yield self.texts(
                "drift.warn_review",
                persona=self.persona(card.persona.id),
                day=self.day(card.review_due),
            )
