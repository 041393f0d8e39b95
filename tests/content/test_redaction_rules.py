from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.redaction_rules import read_redactor
from persona_router.core.redaction import Redactor


def node(**values: object) -> Node:
    return Node(Path("routing.yml"), "", values)


def test_usual_kinds_are_covered_where_nothing_is_said() -> None:
    usual = ("email", "iban", "card", "phone")
    assert read_redactor(node(), "de-AT") == Redactor(kinds=usual, region="AT")
    assert read_redactor(node(), "de").region is None


def test_kinds_are_chosen() -> None:
    assert read_redactor(node(redact=["card", "order"]), "en").kinds == ("card", "order")
    assert read_redactor(node(redact=[]), "en")("a@b.de") == "a@b.de"


def test_unknown_kind_is_refused_with_the_choices() -> None:
    with pytest.raises(ContentError) as raised:
        read_redactor(node(redact=["passport"]), "en")
    text = "redact: Unknown kind 'passport'. Choose from email, iban, card, phone, order."
    assert text in str(raised.value)
