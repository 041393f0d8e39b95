import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.files import Node
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.privacy_rules import read_privacy_rules, redactor_of
from persona_router.core.privacy_rules import KeepDays, PrivacyRules
from persona_router.redaction import Redactor

SAMPLE = Path(__file__).parents[2] / "data" / "routing.yml"


def keep_days(**values: Any) -> KeepDays:
    node = Node(Path("routing.yml"), "privacy", {"keep_days": values})
    return read_privacy_rules(node).keep_days


@pytest.mark.parametrize("path", [DEFAULT_POLICY, SAMPLE], ids=["starter", "sample"])
def test_packaged_policies_keep_words_a_year_and_conversations_for_ever(path: Path) -> None:
    kept = read_policy(path).privacy.keep_days
    assert kept == KeepDays(log=365, chat=365, callbacks=90, conversations=None, audit=730)


def test_what_is_not_listed_is_kept_for_ever() -> None:
    nothing = read_privacy_rules(Node(Path("routing.yml"), "privacy", {}))
    assert nothing.keep_days == KeepDays(log=None, chat=None, callbacks=None, conversations=None)
    assert keep_days(chat=1) == KeepDays(chat=1)


def test_days_reach_from_one_to_ten_years_and_for_ever() -> None:
    kept = keep_days(log=1, chat=3650, callbacks="forever", conversations=30)
    assert kept == KeepDays(log=1, chat=3650, callbacks=None, conversations=30)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"log": 0}, "keep_days.log: '0' is no length of time. Choose 1 to 3650 days, or forever."),
        ({"chat": 3651}, "privacy.keep_days.chat: '3651' is no length of time."),
        ({"chat": True}, "privacy.keep_days.chat: 'True' is no length of time."),
        ({"callbacks": "für immer"}, "callbacks: 'für immer' is no length of time."),
        ({"conversations": 1.5}, "conversations: '1.5' is no length of time."),
        ({"conversations": None}, "conversations: 'None' is no length of time."),
        (
            {"mails": 3},
            "privacy.keep_days.mails: Unknown key 'mails'. "
            "Known: log, chat, callbacks, conversations, audit.",
        ),
    ],
)
def test_faulty_length_is_named_with_its_choices(values: dict[str, Any], fault: str) -> None:
    with pytest.raises(ContentError, match=re.escape(fault)):
        keep_days(**values)


def test_unknown_key_beside_the_lengths_is_named() -> None:
    with pytest.raises(
        ContentError,
        match=re.escape("Unknown key 'delete'. Known: redact, unanswered_days, keep_days."),
    ):
        read_privacy_rules(Node(Path("routing.yml"), "privacy", {"delete": True}))


def rules(**values: Any) -> PrivacyRules:
    return read_privacy_rules(Node(Path("routing.yml"), "privacy", values))


def redacted(**values: Any) -> tuple[str, ...]:
    return rules(**values).redact


def test_usual_kinds_are_covered_where_nothing_is_said() -> None:
    usual = ("email", "iban", "card", "phone", "address")
    assert redacted() == usual
    own = read_policy(DEFAULT_POLICY)
    assert redactor_of(replace(own, default_locale="de-AT")) == Redactor(kinds=usual, region="AT")
    assert redactor_of(replace(own, default_locale="de")).region is None


def test_questions_are_kept_for_the_days_that_the_policy_says() -> None:
    assert rules().unanswered_days == 0
    assert rules(unanswered_days=30).unanswered_days == 30
    for wrong in (-1, 3651, True, "forever"):
        with pytest.raises(ContentError, match=re.escape(f"'{wrong}' is no number of days.")):
            rules(unanswered_days=wrong)


def test_covered_kinds_are_chosen() -> None:
    assert redacted(redact=["card", "order"]) == ("card", "order")
    assert redacted(redact=[]) == ()
    assert Redactor(kinds=())("a@b.de") == "a@b.de"


def test_unknown_kind_is_refused_with_the_choices() -> None:
    with pytest.raises(ContentError) as raised:
        redacted(redact=["passport"])
    choices = "Choose from email, iban, card, phone, address, order."
    assert f"privacy.redact: Unknown kind 'passport'. {choices}" in str(raised.value)
