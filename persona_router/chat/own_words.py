"""What the chat says by itself, in the language of the conversation, at first the browser's."""

from typing import Any

from persona_router.chat.history import ChatHistory
from persona_router.chat.inbox import LONGEST
from persona_router.core.locale import canonical_or_none, fallback_chain
from persona_router.core.policy import Policy
from persona_router.reply.texts import Texts, fill

_REFUSALS = {"too_long": "utter_too_long", "too_fast": "utter_too_fast"}


class OwnWords:
    """Sentences about messages that were refused or failed, and the button back to the bot."""

    def __init__(self, texts: Texts, policy: Policy, history: ChatHistory) -> None:
        self._texts = texts
        self._policy = policy
        self._history = history

    def say(self, name: str, conversation: str, metadata: object) -> tuple[str, str]:
        """Return locale and text of the response `name`; its name where no locale has it.

        `metadata` is the message's, whatever the browser sent.
        """
        browser = metadata.get("locale") if isinstance(metadata, dict) else None
        found = self._texts.response(name, self._chain(conversation, browser))
        if found is None:
            return self._policy.default_locale, name
        return found[0], fill(found[1].text, {"limit": LONGEST})

    def refusal(self, code: str, conversation: str, raw: object) -> str:
        """Return the sentence for a message `raw` that was refused with the code of Refused."""
        metadata = raw.get("metadata") if isinstance(raw, dict) else None
        return self.say(_REFUSALS.get(code, "utter_not_understood"), conversation, metadata)[1]

    def way_back(self, conversation: str) -> list[dict[str, str]]:
        """Return the button that leads from a person to the assistant, if any locale has it."""
        title = self._texts.phrase("button_resume", self._chain(conversation, None))
        return [{"title": title, "payload": "resume"}] if title else []

    def _chain(self, conversation: str, browser: Any) -> tuple[str, ...]:
        default = self._policy.default_locale
        locale = canonical_or_none(self._history.locale_of(conversation) or browser) or default
        return fallback_chain(locale, self._policy.fallbacks, default)
