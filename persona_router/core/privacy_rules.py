"""What the routing policy says about how long each kind of data is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KeepDays:
    """Days after which data is deleted by itself, by kind; None keeps it for ever.

    `log` are decisions of the routing log, `chat` messages of the website, `callbacks` promised
    calls, and `conversations` whole conversations in Rasa's tracker store.
    """

    log: int | None = None
    chat: int | None = None
    callbacks: int | None = None
    conversations: int | None = None


@dataclass(frozen=True, kw_only=True)
class PrivacyRules:
    """How customers' data is looked after."""

    keep_days: KeepDays = KeepDays()
