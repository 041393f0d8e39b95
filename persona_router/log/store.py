"""The routing log: decisions as rows, each once, without a word of what was written."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from persona_router.log.errors import LogUnavailable, MixedLog, NewerLog
from persona_router.log.events import Outcome
from persona_router.log.places import LogPlace, as_place
from persona_router.log.profile import ProfileNumbers
from persona_router.log.schema import keep_apart

COLUMNS = (
    "id", "at", "conversation", "turn", "channel", "locale", "language", "language_confidence",
    "intent", "intent_confidence", "concern", "route", "plan", "persona", "posterior", "evidence",
    "signals", "reasons", "constraints", "alternatives", "closed", "article", "article_locale",
    "article_score", "translation_demand", "failed", "policy_version", "propensity", "arm", "model",
    "stated_route", "inferred_route", "corrected", "inferred_persona", "spoken", "state",
    "stages",
)  # fmt: skip
"""What a row is written with."""
OUTCOMES = ("latency_ms", "handed_over", "helped", "rating", "repeat_contact", "abandoned")
"""Columns that are filled later."""
ROW = (*COLUMNS, *OUTCOMES, "profile")
"""All of them, with the number of what the pages count the row by."""
OBJECTS = frozenset(
    {
        "plan", "posterior", "evidence", "signals", "reasons", "constraints", "alternatives",
        "closed", "state", "stages",
    }
)  # fmt: skip
"""Columns that hold JSON."""
REPEAT_SECONDS = 7 * 24 * 3600.0
"""A new session of a conversation within this time is a repeat contact."""
_FILLED_AT_ONCE = 10_000


class RoutingLog:
    """Rows of decisions in one place; several processes may write and read them.

    `simulated` tells whether what is to be written comes from simulated customers, None where
    nothing new is. Every method may raise LogUnavailable, and those that write Unwritable; opening
    raises LogUnavailable for what is no usable log, too, or holds the other kind of customers.
    """

    def __init__(self, place: Path | LogPlace, *, simulated: bool | None = None) -> None:
        self._lock = threading.Lock()
        place = as_place(place)
        try:
            with place.opening() as database:
                self._database = database
                if simulated is not None:
                    keep_apart(database, simulated=simulated)
                self._profiles = ProfileNumbers(database)
                self._fill_profiles()
        except NewerLog as error:
            remedy = "Use the release that wrote it, or move it away."
            raise LogUnavailable(f"{place} is of a later release ({error}). {remedy}") from error
        except MixedLog as error:
            told = f"{place} cannot be written into: {error}. {place.other}"
            raise LogUnavailable(told) from error

    def add(self, row: Mapping[str, Any]) -> bool:
        """Return whether the row is new: one with the same decision id is left as it is."""
        return self.add_all([row]) == 1

    def add_all(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Return how many of the rows are new; either all of them are written or none."""
        with self._lock, self._database.transaction():
            return sum(self._write(row) is row for row in rows)

    def write(
        self, found: Iterable[Mapping[str, Any] | Outcome]
    ) -> tuple[Mapping[str, Any] | Outcome, ...]:
        """Return what the log did not know: new rows, and what came of them or of known ones.

        All of it is written, or none. Outcomes of unknown decisions are passed over. Raises
        ValueError as `note` does.
        """
        with self._lock, self._database.transaction():
            news = [self._write(one) for one in _joined(found)]
        return tuple(one for one in news if one is not None)

    def note(self, outcome: Outcome) -> bool:
        """Return whether the decision is known; what came of it now stands in its row.

        Raises ValueError for a column that is not filled later.
        """
        with self._lock, self._database.transaction():
            return self._note(outcome.decision, outcome.values) is not None

    def rows(self, *, conversation: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
        """Return the latest rows, newest first, of one conversation or all."""
        where, values = ("WHERE conversation = ?", [conversation]) if conversation else ("", [])
        with self._lock, self._database.reading():
            found = self._database.execute(
                f"SELECT {', '.join(ROW)} FROM decision {where}"
                " ORDER BY at DESC, turn DESC NULLS LAST LIMIT ?",
                [*values, limit],
            ).fetchall()
        return [dict(row) for row in found]

    def latest(self) -> float | None:
        """Return when the latest decision was made, in Unix seconds; None for an empty log."""
        with self._lock, self._database.reading():
            found = self._database.execute("SELECT max(at) FROM decision").fetchone()[0]
        return None if found is None else float(found)

    def of_conversation(self, conversation: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return every `decision` of the conversation with all that was logged, oldest first."""
        with self._lock, self._database.reading():
            found = self._database.execute(
                f"SELECT {', '.join((*COLUMNS, *OUTCOMES))} FROM decision"
                " WHERE conversation = ? ORDER BY at, turn NULLS FIRST",
                [conversation],
            ).fetchall()
            asked = self._database.execute(
                "SELECT decision, question.at, question.language, text FROM question"
                " JOIN decision ON decision.id = question.decision"
                " WHERE conversation = ? ORDER BY question.at",
                [conversation],
            ).fetchall()
        return {"decision": [_read(row) for row in found], "question": [dict(r) for r in asked]}

    def forget_conversation(self, conversation: str) -> Mapping[str, int]:
        """Return how many decisions are deleted; profiles stay, which hold codes and no ids.

        Questions go with their decisions.
        """
        asked = "decision IN (SELECT id FROM decision WHERE conversation = ?)"
        with self._lock, self._database.transaction():
            return {
                "question": self._database.delete("question", asked, [conversation]),
                "decision": self._database.delete("decision", "conversation = ?", [conversation]),
            }

    def older(self, before: float, *, but: Sequence[str]) -> int:
        """Return how many decisions were made before then, but for some conversations."""
        with self._lock, self._database.reading():
            found = self._database.execute(
                f"SELECT count(*) FROM decision WHERE {self._old()}", [before, json.dumps(but)]
            ).fetchone()
        return int(found[0])

    def forget_older(self, before: float, *, but: Sequence[str], most: int) -> int:
        """Return how many of those are deleted, the `most` oldest."""
        place = self._database.dialect.place
        first = f"SELECT {place} FROM decision WHERE {self._old()} ORDER BY at LIMIT ?"
        with self._lock, self._database.transaction():
            values = [before, json.dumps(but), most]
            return self._database.delete("decision", f"{place} IN ({first})", values)

    def old_questions(self, before: float) -> int:
        """Return how many questions that nothing answered are from before then."""
        with self._lock, self._database.reading():
            asked = "SELECT count(*) FROM question WHERE at < ?"
            return int(self._database.execute(asked, [before]).fetchone()[0])

    def forget_questions(self, before: float, *, most: int) -> int:
        """Return how many of those are deleted, the `most` oldest; their decisions stay."""
        first = "SELECT decision FROM question WHERE at < ? ORDER BY at LIMIT ?"
        with self._lock, self._database.transaction():
            return self._database.delete("question", f"decision IN ({first})", [before, most])

    def close(self) -> None:
        """Close the log; nothing can be read or written afterwards."""
        self._database.close()

    def _old(self) -> str:
        return f"at < ? AND conversation NOT IN ({self._database.dialect.listed})"

    def _write(self, found: Mapping[str, Any] | Outcome) -> Mapping[str, Any] | Outcome | None:
        """Return what of it is new: the row itself, or an outcome that changes a known one."""
        if not isinstance(found, Outcome):
            if self._add(found):
                return found
            known_since = {name: found[name] for name in OUTCOMES if name in found}
            found = Outcome(decision=found["id"], values=known_since)
        changed = self._note(found.decision, found.values)
        return Outcome(decision=found.decision, values=changed) if changed else None

    def _add(self, row: Mapping[str, Any]) -> bool:
        names = (*COLUMNS, *OUTCOMES, "profile")
        written = {name: row.get(name) for name in (*COLUMNS, *OUTCOMES)}
        added = self._database.execute(
            f"INSERT INTO decision ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            " ON CONFLICT (id) DO NOTHING",
            [*map(_stored, written.values()), self._profiles.of(written)],
        )
        if added.rowcount == 0:
            return False
        if row.get("turn") == 1:
            self._note_return(row)
        if row.get("unanswered"):
            self._database.execute(
                "INSERT INTO question (decision, at, language, text) VALUES (?, ?, ?, ?)",
                [row["id"], row["at"], row.get("language"), row["unanswered"]],
            )
        return True

    def _note_return(self, row: Mapping[str, Any]) -> None:
        """Note with the last decision of the session before that the customer has come back."""
        before = self._database.execute(
            "SELECT id FROM decision WHERE conversation = ? AND at < ? AND at >= ?"
            " ORDER BY at DESC LIMIT 1",
            [row["conversation"], row["at"], row["at"] - REPEAT_SECONDS],
        ).fetchone()
        if before is not None:
            self._note(before["id"], {"repeat_contact": 1})

    def _note(self, decision: str, values: Mapping[str, float]) -> Mapping[str, float] | None:
        """Return which of the values change the row; None for an unknown decision."""
        _check(values)
        found = self._database.execute(
            f"SELECT {', '.join(ROW)} FROM decision WHERE id = ?", [decision]
        ).fetchone()
        if found is None:
            return None
        changed = {name: value for name, value in values.items() if found[name] != value}
        if changed:
            written = {**changed, "profile": self._profiles.of({**dict(found), **changed})}
            self._database.execute(
                f"UPDATE decision SET {', '.join(f'{name} = ?' for name in written)} WHERE id = ?",
                [*written.values(), decision],
            )
        return changed

    def _fill_profiles(self) -> None:
        """Give a profile to rows that an earlier release wrote into a log of this one."""
        while self._any_unprofiled():
            with self._database.transaction():
                rows = self._database.execute(
                    f"SELECT {', '.join(ROW)} FROM decision WHERE profile IS NULL LIMIT ?",
                    [_FILLED_AT_ONCE],
                ).fetchall()
                filled = [(self._profiles.of(dict(row)), row["id"]) for row in rows]
                self._database.executemany("UPDATE decision SET profile = ? WHERE id = ?", filled)

    def _any_unprofiled(self) -> bool:
        with self._database.reading():
            missing = "SELECT 1 FROM decision WHERE profile IS NULL LIMIT 1"
            return self._database.execute(missing).fetchone() is not None


def _joined(
    found: Iterable[Mapping[str, Any] | Outcome],
) -> Iterator[Mapping[str, Any] | Outcome]:
    """Yield rows with the outcomes that came with them, which saves a write, and the others."""
    rows: dict[str, dict[str, Any]] = {}
    others = []
    for one in found:
        if not isinstance(one, Outcome):
            rows.setdefault(one["id"], dict(one))
        elif one.decision in rows:
            _check(one.values)
            rows[one.decision].update(one.values)
        else:
            others.append(one)
    yield from rows.values()
    yield from others


def _check(values: Mapping[str, float]) -> None:
    unknown = values.keys() - set(OUTCOMES)
    if unknown:
        raise ValueError(f"{sorted(unknown)} come with no outcome. Choose from {OUTCOMES}.")


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(value) if name in OBJECTS and value else value
        for name, value in dict(row).items()
    }
