"""What log and queue of people measure of the brand's axes over some days."""

from collections.abc import Mapping
from pathlib import Path

from persona_router.core.brand import measured_axes
from persona_router.core.brand_visits import escalations, kept_away
from persona_router.core.figures import added_up
from persona_router.core.policy import Policy
from persona_router.handoff.queue import Past
from persona_router.log.brand_visits import BrandVisitReader
from persona_router.log.figures import FiguresReader
from persona_router.log.places import LogPlace
from persona_router.log.span import DAY_SECONDS, Span


class BrandMeasures:
    """Measures the axes from the `log`, and from what the queue knows of the past.

    Without a queue, and of simulated customers, nobody can tell whether a person came where
    something went wrong.
    """

    def __init__(self, log: Path | LogPlace, *, past: Past | None, policy: Policy) -> None:
        self._figures = FiguresReader(log, unrecognised=policy.unrecognised)
        self._visits = BrandVisitReader(log)
        self._past = past
        self._policy = policy

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated; may raise as `read` does."""
        return self._figures.is_simulated()

    def read(self, span: Span, *, now: float) -> Mapping[str, float]:
        """Return the axes of which there is enough; `now` is in Unix seconds.

        Raises LogUnavailable and QueueUnavailable.
        """
        rules = self._policy.desk
        visits = self._visits.visits(span)
        in_time = came = None
        if self._past is not None:
            within = rules.answer_within["agent"]
            in_time = self._past.waited("agent", span.since, span.until, within=within).in_time
        if self._past is not None and not self.is_simulated():
            # Of visits before, the queue has forgotten who came.
            known = max(span.since, now - rules.keep_closed_days * DAY_SECONDS)
            came = escalations(
                [visit for visit in visits if visit[0].at >= known],
                self._past.handovers(known, now=now),
                self._policy,
            )
        return measured_axes(
            added_up(self._figures.read(span, now=now).cells),
            in_time=in_time,
            escalations=came,
            kept_away=kept_away(visits),
            minimum=rules.figures.minimum,
        )
