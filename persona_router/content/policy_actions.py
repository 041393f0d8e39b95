"""Reads which Rasa actions a policy runs for what is no route."""

from persona_router.content.files import Node

ACTIONS = (
    "why",
    "correct",
    "remember",
    "forget",
    "more",
    "helped",
    "not_helped",
    "stop",
    "callback",
    "resume",
    "language",
    "unsupported_language",
    "not_understood",
    "closed",
    "no_route",
    "failed",
    "rescue",
)
"""What the policy names an action for besides the routes."""
_PACKAGED_REPLIES = {
    "correct": "utter_corrected",
    "remember": "utter_remembered",
    "forget": "utter_forgotten",
    "more": "utter_article_more",
    "helped": "utter_helped",
    "not_helped": "utter_not_helped",
}
"""What runs where a policy does not say."""


def read_actions(top: Node) -> dict[str, str]:
    """Return the actions by kind; what is left out is the package's own, where it has one."""
    node = top.node("actions")
    node.only(*ACTIONS)
    return {name: node.get(name, str, _PACKAGED_REPLIES.get(name)) for name in ACTIONS}
