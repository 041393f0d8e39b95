"""What the routing policy says about what is kept of customers, and how long."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KeepDays:
    """Days after which data is deleted by itself, by kind; None keeps it for ever.

    `log` are decisions of the routing log, `chat` messages of the website, `callbacks` promised
    calls, `conversations` whole conversations in Rasa's tracker store, and `audit` what people at
    the desk did.
    """

    log: int | None = None
    chat: int | None = None
    callbacks: int | None = None
    conversations: int | None = None
    audit: int | None = None


@dataclass(frozen=True, kw_only=True)
class PrivacyRules:
    """How customers' data is looked after.

    `redact` are the kinds of personal data that are covered in words kept outside the conversation.
    `unanswered_days` are those for which questions that nothing answered are kept; 0 keeps none.
    """

    redact: tuple[str, ...] = ()
    unanswered_days: int = 0
    keep_days: KeepDays = KeepDays()
