from dataclasses import replace
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.redaction_rules import read_redacted, redactor_of
from persona_router.redaction import Redactor


def node(**values: object) -> Node:
    return Node(Path("routing.yml"), "", values)


def test_usual_kinds_are_covered_where_nothing_is_said() -> None:
    usual = ("email", "iban", "card", "phone")
    assert read_redacted(node()) == usual
    own = read_policy(DEFAULT_POLICY)
    assert redactor_of(replace(own, default_locale="de-AT")) == Redactor(kinds=usual, region="AT")
    assert redactor_of(replace(own, default_locale="de")).region is None


def test_kinds_are_chosen() -> None:
    assert read_redacted(node(redact=["card", "order"])) == ("card", "order")
    assert read_redacted(node(redact=[])) == ()
    assert Redactor(kinds=())("a@b.de") == "a@b.de"


def test_unknown_kind_is_refused_with_the_choices() -> None:
    with pytest.raises(ContentError) as raised:
        read_redacted(node(redact=["passport"]))
    text = "redact: Unknown kind 'passport'. Choose from email, iban, card, phone, order."
    assert text in str(raised.value)
