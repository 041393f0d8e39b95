"""Persona cards as web pages: to read on any screen, and to print on one sheet of A4."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from persona_router.content.cards_labels import CardLabels
from persona_router.content.personas import STRENGTHS
from persona_router.core.card import SECTIONS, Card
from persona_router.core.locale import direction

TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where pages of cards stand: what they link to, and what they may hold.

    `languages` are those that the pages exist in; `address` leads from any page to any other, with
    {language} and {name} in it, and `index` to the list. `back` is an address beyond the cards,
    called `back_name`. Without a `stylesheet` to link to, pages bring their style and a print
    button along, both of which a strict content security policy forbids.
    """

    languages: Sequence[str]
    address: str
    index: str
    back: str = ""
    back_name: str = ""
    stylesheet: str = ""
    icon: str = "data:,"
    """Address of the pages' icon; the usual one is empty, so that browsers ask no server for it."""

    def other(self, language: str, name: str) -> str:
        """Return the address of the page `name` (a card's id, or `index`) in another language."""
        return self.address.format(language=language, name=name)


@dataclass(frozen=True)
class _Words:
    """What the templates say in the page's language."""

    labels: CardLabels
    written_in: str

    def date(self, day: date) -> str:
        return format_date(day, "medium", locale=_babel(self.labels.language))

    def number(self, value: int) -> str:
        return format_decimal(value, locale=_babel(self.labels.language))

    def language(self, tag: str) -> str:
        name = _babel(tag).get_display_name(_babel(self.labels.language))
        return name or tag

    def own_name(self, tag: str) -> str:
        name = _babel(tag).get_display_name() or tag
        return name[:1].upper() + name[1:]

    def strength(self, decibans: float) -> str:
        sizes = {value: name for name, value in STRENGTHS.items()}
        side = "signal_for" if decibans > 0 else "signal_against"
        return f"{self.labels(side)} ({self.labels(f'strength_{sizes[abs(decibans)]}')})"

    @staticmethod
    def dir(tag: str) -> str:
        return direction(tag)


def render_card(
    card: Card, labels: CardLabels, *, around: Surroundings, default: str, picture: str = ""
) -> str:
    """Return one card as an HTML page with labels in their language.

    The card's own sentences stay as they were written, in its language or in `default`; `picture`
    is the address of its drawing.
    """
    return _page(
        "card.html",
        labels,
        around,
        name=card.persona.id,
        written_in=card.written_in or default,
        card=card,
        picture=picture,
        sections=SECTIONS,
        numbers={id_: number for number, id_ in enumerate(card.findings, start=1)},
    )


def render_cards(
    cards: Sequence[Card],
    labels: CardLabels,
    *,
    around: Surroundings,
    default: str,
    pictures: Mapping[str, str],
) -> str:
    """Return the list of all cards as an HTML page; `pictures` are addresses by persona."""
    return _page(
        "cards.html",
        labels,
        around,
        name="index",
        written_in=default,
        cards=cards,
        pictures=pictures,
    )


def data_address(picture: bytes) -> str:
    """Return an SVG drawing as an address that needs no file; browsers run nothing inside it."""
    return f"data:image/svg+xml;base64,{b64encode(picture).decode('ascii')}"


def card_style() -> str:
    """Return the style sheet of the pages."""
    return (TEMPLATES / "card.css").read_text(encoding="utf-8")


def _page(
    template: str, labels: CardLabels, around: Surroundings, *, written_in: str, **values: object
) -> str:
    return _ENVIRONMENT.get_template(template).render(
        t=labels,
        words=_Words(labels, written_in),
        written_in=written_in,
        around=around,
        direction=direction(labels.language),
        **values,
    )


def _babel(tag: str) -> Locale:
    for known in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(known, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse("und")
