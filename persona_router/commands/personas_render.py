"""`persona-router personas render`: the persona cards as pages to read and to print."""

import argparse
from pathlib import Path

from persona_router.commands.personas_check import known_signals
from persona_router.content.cards import read_cards
from persona_router.content.cards_labels import card_labels
from persona_router.content.cards_pages import (
    Surroundings,
    data_address,
    render_card,
    render_cards,
)
from persona_router.content.cards_pictures import read_picture
from persona_router.content.errors import ContentError
from persona_router.content.policies import read_policy


def run(options: argparse.Namespace) -> int:
    """Write the pages, say where, and return 0. Raises ContentError for unusable input."""
    data = options.project / "data"
    policy = read_policy(data / "routing.yml")
    wanted = policy.languages
    if options.language is not None:
        if options.language not in policy.languages:
            what = f"'{options.language}' is no language of the policy."
            raise ContentError("--language", "", what, f"Choose from {', '.join(wanted)}.")
        wanted = (options.language,)
    folder = data / "personas"
    cards = read_cards(folder, routes=policy.routes, signals=known_signals())
    pictures = {
        card.persona.id: (
            data_address(read_picture(folder, card.picture, card=folder / f"{card.persona.id}.yml"))
            if card.picture is not None
            else ""
        )
        for card in cards
    }
    around = Surroundings(languages=wanted, address="../{language}/{name}.html", index="index.html")
    default = policy.default_locale
    for language in wanted:
        labels = card_labels(language, project=options.project)
        pages = {
            card.persona.id: render_card(
                card, labels, around=around, default=default, picture=pictures[card.persona.id]
            )
            for card in cards
        }
        pages["index"] = render_cards(
            cards, labels, around=around, default=default, pictures=pictures
        )
        _write(options.out / language, pages)
    first = options.out / wanted[0] / "index.html"
    print(f"{len(wanted) * (len(cards) + 1)} pages written. Open {first}.")
    return 0


def _write(folder: Path, pages: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            (folder / f"{name}.html").write_text(page, encoding="utf-8")
    except OSError as error:
        what = f"Pages cannot be written there ({error.strerror})."
        raise ContentError(folder, "", what, "Choose another folder by --out.") from error
