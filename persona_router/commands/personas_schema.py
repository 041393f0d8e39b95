"""`persona-router personas schema`: the JSON Schema of a persona card, for editors."""

import argparse

from persona_router.content.personas import CARD_SCHEMA


def run(options: argparse.Namespace) -> int:
    """Print the schema and return 0."""
    print(CARD_SCHEMA.read_text(encoding="utf-8"), end="")
    return 0
