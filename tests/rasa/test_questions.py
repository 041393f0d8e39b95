"""Words of customers are kept only where the policy says so, and only what nothing answered."""

from dataclasses import replace
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.decision import Decision
from persona_router.core.privacy_rules import PrivacyRules
from persona_router.core.state import ConversationState
from persona_router.rasa.questions import UNANSWERED, keep_question

OWN = read_policy(DEFAULT_POLICY)
KEEPING = replace(OWN, privacy=PrivacyRules(redact=("email",), unanswered_days=30))


LOST = Decision(
    id="d1", policy_version="1", turn=1, locale="de-DE", intent="nlu_fallback", concern=None,
    route="agent", plan=(), alternatives=(), closed=(), persona=None, posterior={}, evidence=(),
    constraints=(), reasons=(), state=ConversationState(),
)  # fmt: skip


def kept(text: str, policy: Any = KEEPING, **changes: Any) -> Any:
    message = Message({"text": text})
    keep_question(message, replace(LOST, **changes), policy)
    return message.get(UNANSWERED)


def test_question_is_kept_with_personal_data_covered() -> None:
    assert kept("Packt ihr Geschenke ein? a@b.de") == "Packt ihr Geschenke ein? [email]"
    assert len(kept("x" * 1000)) == 300


@pytest.mark.parametrize(
    "changes", [{"intent": "track_order"}, {"plan": ("utter_article",)}, {"text": "  "}]
)
def test_what_was_answered_or_is_empty_is_not_kept(changes: dict[str, Any]) -> None:
    text = changes.pop("text", "Packt ihr Geschenke ein?")
    assert kept(text, **changes) is None


def test_starter_policy_keeps_nothing() -> None:
    assert kept("Packt ihr Geschenke ein?", policy=OWN) is None
