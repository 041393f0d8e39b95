"""What nothing answered, handed on with its turn so that trainers can read it."""

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from persona_router.content.privacy_rules import redactor_of
from persona_router.core.decision import Decision
from persona_router.core.locale import region_of
from persona_router.core.policy import Policy
from persona_router.log.questions import LONGEST
from persona_router.rasa.conversation import ARTICLE

UNANSWERED = "unanswered"


def keep_question(message: Message, decision: Decision, policy: Policy) -> None:
    """Add `unanswered`, its personal data covered, if the policy keeps it and nothing answered."""
    text = (message.get(TEXT) or "").strip()
    answered = decision.intent not in policy.unrecognised or ARTICLE in decision.plan
    if policy.privacy.unanswered_days and text and not answered:
        covered = redactor_of(policy)(text, region=region_of(decision.locale))
        message.set(UNANSWERED, covered[:LONGEST], add_to_output=True)
