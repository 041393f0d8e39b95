"""What a changed policy does, in words of the reader's language."""

from dataclasses import dataclass

from persona_router.core.figures import Rate
from persona_router.core.offpolicy import LEAST_EFFECTIVE, MOST_UNSUPPORTED, Effect, Estimate
from persona_router.core.replay import NOWHERE, Replay
from persona_router.desk.figure_words import FigureWords

_DAY = 1.0


@dataclass(frozen=True, kw_only=True)
class ReplayWords(FigureWords):
    """The words for one response."""

    def route(self, name: str) -> str:
        """Return the name of a route, or that nothing could serve."""
        return self.texts("log.no_route") if name == NOWHERE else self.texts.label("route", name)

    def changed(self, made: Replay) -> Rate:
        """Return the share of decisions that lead elsewhere."""
        return Rate(made.changed, made.remade)

    def moved(self, made: Replay) -> list[tuple[str, str, Rate]]:
        """Return from where to where decisions move, and how many of all, the most first."""
        return [
            (self.route(was), self.route(would), Rate(n, made.remade))
            for (was, would), n in made.pairs.items()
            if was != would
        ]

    def people(self, made: Replay) -> list[tuple[str, str, str, str, str, str]]:
        """Return, by route of people: how many came and would, how many more a day, busiest hours.

        Of less than a day, the whole counts as one.
        """
        rows = []
        for route, (before, after) in made.busiest.items():
            was, would = made.led(route)
            daily = (would - was) / max(made.days, _DAY)
            sign = "+" if daily > 0 else ""
            rows.append(
                (
                    self.route(route),
                    self.number(was),
                    self.number(would),
                    sign + self.decimal(daily, digits=1),
                    self.number(before),
                    self.number(after),
                )
            )
        return rows

    def left(self, reason: str) -> str:
        """Return why decisions could not be made again."""
        return self.texts.label("replay_left", reason.replace(" ", "_"))

    def estimate(self, one: Estimate) -> str:
        """Return a mean outcome with its interval."""
        return f"{self.decimal(one.mean)} ({self.decimal(one.low)} – {self.decimal(one.high)})"

    def refusal(self, one: Effect) -> str:
        """Return why nothing is estimated."""
        if not one.samples:
            return self.texts("replay.no_outcomes")
        if one.unsupported > MOST_UNSUPPORTED:
            return self.texts("replay.untried", share=self.percent(one.unsupported))
        return self.texts("replay.few_trials", least=self.number(round(LEAST_EFFECTIVE)))
