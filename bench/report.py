"""Figures of two assistants, side by side for people and as JSON for machines."""

import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TURNS_SHOWN = (5, 20, 60)
_WINDOW = 3


@dataclass(kw_only=True)
class Measured:
    """What was measured of one assistant. `turns[n]` are the milliseconds of all (n+1)-th turns."""

    turns: list[list[float]]
    starts: list[float] = field(default_factory=list)
    rss_mb: float | None = None
    helpers_rss_mb: float | None = None
    turn_cpu_ms: float | None = None
    answered: int = 0
    asked: int = 0

    def all_turns(self, first: int) -> list[float]:
        """Return the milliseconds of every turn among the `first` ones of all conversations."""
        return [sample for samples in self.turns[:first] for sample in samples]

    def at_turn(self, number: int) -> float | None:
        """Return the median around turn `number`, in ms; None if no conversation went that far.

        Three neighbouring turns are taken together, so that one message's wording weighs less.
        """
        if number > len(self.turns):
            return None
        first = max(0, min(number - 1 - _WINDOW // 2, len(self.turns) - _WINDOW))
        samples = [sample for turn in self.turns[first : first + _WINDOW] for sample in turn]
        return round(statistics.median(samples), 1)


def figures(measured: Measured, *, short: int) -> dict[str, Any]:
    """Return one assistant's figures; `short` turns are the conversation that is compared."""
    samples = sorted(measured.all_turns(short))
    return {
        "turn_p50_ms": {
            "all": round(statistics.median(samples), 1),
            **{str(number): measured.at_turn(number) for number in TURNS_SHOWN},
        },
        "turn_p95_ms": round(samples[int(0.95 * (len(samples) - 1))], 1),
        "turn_cpu_ms": measured.turn_cpu_ms,
        "start_seconds": round(statistics.median(measured.starts), 2),
        "rss_mb": measured.rss_mb,
        "actions_rss_mb": measured.helpers_rss_mb,
        "answered": round(measured.answered / measured.asked, 3),
    }


def ratio(ours: float, theirs: float) -> float:
    """Return ours as a share of theirs."""
    return round(ours / theirs, 3)


def table(rows: Sequence[tuple[str, Any, Any]], *, columns: tuple[str, str]) -> str:
    """Return lines with a name, our figure, the other's, and ours as a share of the other's."""
    lines = [f"{'':32}{columns[0]:>12}{columns[1]:>12}{'ratio':>9}"]
    for name, ours, theirs in rows:
        share = f"{ours / theirs:.2f}" if ours is not None and theirs else "-"
        lines.append(f"{name:32}{_cell(ours):>12}{_cell(theirs):>12}{share:>9}")
    return "\n".join(lines)


def write(result: Mapping[str, Any], folder: Path) -> Path:
    """Return the new file `<time>.json` in `folder` that holds the result."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def _cell(value: Any) -> str:
    return "-" if value is None else f"{value:.1f}"
