"""What customers asked that nothing answered: kept apart from the decisions, for some days only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.log.opening import LogAccess
from persona_router.log.places import LogPlace
from persona_router.log.span import Span
from persona_router.log.store import RoutingLog

LONGEST = 300
"""Characters of a question that are kept."""
MOST_QUESTIONS = 2_000
"""The latest ones of a span that are read."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, personal data covered; `decision` is the id of its turn, `at` Unix seconds."""

    decision: str
    at: float
    language: str | None
    text: str


class QuestionsReader:
    """Reads the questions of one log; may raise LogUnavailable."""

    def __init__(self, place: Path | LogPlace) -> None:
        self._log = LogAccess(place)

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""
        return self._log.is_simulated()

    def read(self, span: Span, *, language: str | None = None) -> tuple[Question, ...]:
        """Return the latest questions of the days, of one language or all, newest first."""
        condition = "at >= ? AND at < ?"
        values: tuple[object, ...] = (span.since, span.until)
        if language is not None:
            condition, values = f"{condition} AND language = ?", (*values, language)
        with self._log.connection() as database:
            if database is None:
                return ()
            found = database.execute(
                f"SELECT decision, at, language, text FROM question WHERE {condition}"
                " ORDER BY at DESC LIMIT ?",
                (*values, MOST_QUESTIONS),
            )
            return tuple(map(_question, found))


class QuestionsOfAge:
    """What deletes questions whose days are over; several processes may write the same log."""

    def __init__(self, log: RoutingLog) -> None:
        self._log = log

    def older(self, before: float, *, but: Sequence[str]) -> int:
        """Return how many questions are from before then; no conversation is spared."""
        return self._log.old_questions(before)

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        """Return how many of them are deleted, the `most` oldest."""
        return self._log.forget_questions(before, most=most)

    def close(self) -> None:
        """Close the log."""
        self._log.close()


def _question(row: Mapping[str, Any]) -> Question:
    return Question(**dict(row))
