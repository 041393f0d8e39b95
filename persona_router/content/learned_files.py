"""Writes and reads what labelled conversations taught, as JSON within a model."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from persona_router.core.learned import Learned, LearnedModel
from persona_router.core.persona import Strength


def save_learned(model: LearnedModel, path: Path) -> None:
    """Write the model; conversations that were held out together share one entry."""
    distinct: list[Learned] = []
    for learned in model.held_out.values():
        if learned not in distinct:
            distinct.append(learned)
    stored = {
        "usual": _written(model.usual) if model.usual is not None else None,
        "folds": [_written(learned) for learned in distinct],
        "held_out": {case: distinct.index(learned) for case, learned in model.held_out.items()},
    }
    path.write_text(json.dumps(stored), encoding="utf-8")


def load_learned(path: Path) -> LearnedModel:
    """Return the model that `save_learned` wrote. Raises OSError or ValueError for another file."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        folds = [_read(raw) for raw in stored["folds"]]
        return LearnedModel(
            _read(stored["usual"]) if stored["usual"] is not None else None,
            {case: folds[fold] for case, fold in stored["held_out"].items()},
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"{path} holds nothing learned. Train again.") from error


def _written(learned: Learned) -> dict[str, Any]:
    return {
        "meaning_weight": learned.meaning_weight,
        "temperature": learned.temperature,
        "strengths": {
            persona: {name: [s.present, s.absent] for name, s in strengths.items()}
            for persona, strengths in learned.strengths.items()
        },
    }


def _read(raw: Mapping[str, Any]) -> Learned:
    return Learned(
        {
            persona: {name: Strength(*ends) for name, ends in strengths.items()}
            for persona, strengths in raw["strengths"].items()
        },
        meaning_weight=float(raw["meaning_weight"]),
        temperature=float(raw["temperature"]),
    )
