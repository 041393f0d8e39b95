"""A small sound persona card that tests of cards change."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROUTES = ("self_service", "phone")
SIGNALS = ("haste", "length")
FINDING = {
    "source": "chats.jsonl",
    "date": date(2026, 11, 1),
    "sample": 120,
    "method": "read and coded by two people",
}
CARD: dict[str, Any] = {
    "name": "The talker",
    "biography": "Erzählt gern.",
    "goals": ["to be understood"],
    "challenges": [{"says": "finds no button", "evidence": ["reading"]}],
    "behaviour": [
        {"says": "writes at length", "evidence": ["length", "reading"]},
        {"says": "takes time", "evidence": ["reading"]},
    ],
    "skills": ["knows the story"],
    "attitudes": ["trusts people"],
    "environment": ["at a table"],
    "languages": ["de", "pt-br"],
    "routes": [
        {
            "route": "phone",
            "succeeds": {"says": "somebody listens", "evidence": ["reading"]},
            "fails": {"says": "a menu speaks", "evidence": ["reading"]},
        },
        {
            "route": "self_service",
            "works": False,
            "succeeds": {"says": "rarely", "evidence": ["reading"]},
            "fails": {"says": "a form is long", "evidence": ["reading"]},
        },
    ],
    "signals": {"length": {"present": "strong for", "absent": "weak against"}},
    "evidence": {"reading": FINDING, "length": {**FINDING, "signal": "length"}},
    "owner": "Karen Young",
    "reviewed": date(2026, 11, 1),
    "review_due": date(2027, 5, 1),
}


def write_card(folder: Path, file_name: str = "talker.yml", **changes: Any) -> Path:
    """Return the file of the card with `changes`; a key that is None is left out."""
    card = {key: value for key, value in {**CARD, **changes}.items() if value is not None}
    path = folder / file_name
    path.write_text(yaml.safe_dump(card, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
