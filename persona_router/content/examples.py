"""Reads labelled conversations, one JSON object a line, for training and for evaluation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona_router.content.errors import ContentError
from persona_router.core.turn import Metadata, read_metadata


@dataclass(frozen=True)
class CaseTurn:
    """One turn of a labelled conversation."""

    text: str
    metadata: Metadata
    raw_metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A labelled conversation: its turns, and what a good assistant makes of them.

    `persona` is None where nobody could tell; `routes` are the acceptable ones, best first.
    """

    id: str
    language: str
    persona: str | None
    turns: tuple[CaseTurn, ...]
    intent: str | None
    asks_human: bool
    routes: tuple[str, ...]


def read_cases(path: Path) -> tuple[Case, ...]:
    """Return the cases of a JSON Lines file. Raises ContentError naming the line and the fault."""
    try:
        # Not splitlines: JSON texts may hold other line separators as they are.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            path, "", f"It cannot be read ({error}).", "Name a UTF-8 file."
        ) from error
    cases = [_case(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not cases:
        raise ContentError(path, "", "It holds no case.", "Write one JSON object a line.")
    return tuple(cases)


def _case(path: Path, number: int, line: str) -> Case:
    place = f"line {number}"
    try:
        raw = json.loads(line)
        session = dict(raw.get("metadata") or {})
        if not isinstance(raw["turns"], list) or not raw["turns"]:
            raise TypeError("'turns' is no list of turns")
        if not isinstance(raw.get("routes", []), list):
            raise TypeError("'routes' is no list")
        return Case(
            id=str(raw["id"]),
            language=str(raw["language"]),
            persona=raw["persona"],
            turns=tuple(_turn(turn, session) for turn in raw["turns"]),
            intent=raw.get("intent"),
            asks_human=bool(raw.get("asks_human", False)),
            routes=tuple(raw.get("routes", ())),
        )
    except json.JSONDecodeError as error:
        raise ContentError(
            path, place, f"It is no JSON ({error.msg}).", "Mend the line."
        ) from error
    except KeyError as error:
        raise ContentError(path, place, f"The key {error} is missing.", "Add it.") from error
    except (TypeError, ValueError, AttributeError) as error:
        remedy = "See the format of conversation cases in docs/formats.md."
        raise ContentError(path, place, f"It is malformed ({error}).", remedy) from error


def _turn(raw: Mapping[str, Any], session: Mapping[str, Any]) -> CaseTurn:
    metadata = {**session, "input": raw.get("input", "typed"), "seconds": raw.get("seconds")}
    return CaseTurn(str(raw["text"]), read_metadata(metadata), metadata)
