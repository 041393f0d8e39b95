"""Which times for a callback are free, and which of them a customer means."""

from datetime import date, datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from persona_router.content.lexicons import read_lexicons
from persona_router.content.phone_numbers import region_of_number
from persona_router.core.callbacks import CallbackRules, free_slots
from persona_router.core.hours import Hours
from persona_router.core.lexicon import Lexicon
from persona_router.core.policy import Policy
from persona_router.handoff.bookings import Bookings
from persona_router.reply.formats import appointment_text, zone_or
from persona_router.reply.spoken_times import SpokenTime, read_spoken_time

_OWN_LEXICON = Path("data") / "lexicon"


class CallbackTimes:
    """The times at which one customer can be called, as they read and say them.

    `zone` is the name of the customer's time zone, if the channel tells it; `now` is an aware
    time; `region` the country of the number that calls. Methods that look at the bookings may raise
    QueueUnavailable.
    """

    def __init__(
        self,
        *,
        rules: CallbackRules,
        hours: Hours,
        line: str,
        locale: str,
        zone: Optional[str],
        now: datetime,
        region: Optional[str] = None,
    ) -> None:
        self.rules = rules
        self.line = line
        self.region = region
        self._hours = hours
        self._locale = locale
        self._zone_name = zone
        self._zone = zone_or(zone, hours.zone)
        self._now = now

    def free(self, bookings: Bookings, conversation: str) -> Tuple[datetime, ...]:
        """Return the starts of the free slots in UTC, those of the customer's own among them."""
        taken = bookings.taken(self.line, by_others_than=conversation)
        return free_slots(self._hours, self.rules, self._now, taken)

    def spoken(self, text: str) -> SpokenTime:
        """Return what the customer's words say of a time."""
        words = _lexicon(self._locale.partition("-")[0])
        return read_spoken_time(text, words, self._locale, today=self._today())

    def meant(self, text: str, free: Tuple[datetime, ...]) -> Tuple[datetime, ...]:
        """Return the free slots that the words may mean, all of them for words that say nothing."""
        return self._matches(self.spoken(text), free)

    def chosen(self, value: str, free: Tuple[datetime, ...]) -> Optional[datetime]:
        """Return the slot that a button or the words mean beyond doubt; None where none is."""
        pressed = start_of(value)
        if pressed is not None:
            return pressed
        spoken = self.spoken(value)
        matches = self._matches(spoken, free)
        return matches[0] if spoken.is_certain(matches) else None

    def told(self, start: datetime) -> str:
        """Return a slot as the customer reads it."""
        return appointment_text(start, self._zone_name, self._locale, otherwise=self._hours.zone)

    def buttons(self, starts: Tuple[datetime, ...]) -> List[Dict[str, str]]:
        """Return the buttons for the first of the slots."""
        return [
            {"title": self.told(start), "payload": f"slot:{start.isoformat()}"}
            for start in starts[: self.rules.offered]
        ]

    def _matches(self, spoken: SpokenTime, free: Tuple[datetime, ...]) -> Tuple[datetime, ...]:
        return spoken.matches(free, self._zone, now=self._now, length=self.rules.length)

    def _today(self) -> date:
        return self._now.astimezone(self._zone).date()


def callback_times(
    policy: Policy,
    decision: Mapping[str, Any],
    locale: str,
    metadata_zone: Optional[str],
    now: datetime,
) -> Optional[CallbackTimes]:
    """Return the times for a customer; None where the policy has no slots or nobody calls.

    `decision` is the latest decision as JSON: its concern tells which service calls.
    """
    rules = policy.callbacks
    route = policy.routes.get(rules.route) if rules else None
    spoken = (
        decision.get("spoken") if rules and rules.route in decision.get("speaking", ()) else None
    )
    service = route.service_for(spoken or locale, decision.get("concern")) if route else None
    if rules is None or service is None or service.hours is None:
        return None
    return CallbackTimes(
        rules=rules,
        hours=service.hours,
        line=service.line,
        locale=locale,
        zone=metadata_zone,
        now=now,
        region=region_of_number(service.number or ""),
    )


def start_of(value: str) -> Optional[datetime]:
    """Return the start of the slot that a button's value tells, in UTC; None for other words."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else None


@lru_cache(maxsize=64)
def _lexicon(language: str) -> Lexicon:
    own = _OWN_LEXICON if _OWN_LEXICON.is_dir() else None
    return read_lexicons([language], own=own)[language]
