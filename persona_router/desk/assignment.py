"""Who should help whom, and whom first: by language, skill, room, team, priority and waiting."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from persona_router.core.desk_rules import PRIORITIES, DeskRules
from persona_router.desk.accounts import Account
from persona_router.desk.care import Care
from persona_router.desk.presence import is_online
from persona_router.handoff.bookings import Booking
from persona_router.handoff.queue import Handoff

ORDERS = ("due", "asked", "language")
"""Orders of the queue: whom to answer first, who asked first, by language."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The desk at one moment: what waits, who is there and what they hold; `now` in Unix seconds.

    `care` is by handoff, and so are `teams`, the teams that the routing policy has for them, and
    `calls`, the booked callbacks. Agents are reminded of a call `remind_before` seconds ahead.
    """

    rules: DeskRules
    waiting: tuple[Handoff, ...]
    claimed: tuple[Handoff, ...]
    care: Mapping[str, Care]
    people: tuple[Account, ...]
    now: float
    teams: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    calls: Mapping[str, Booking] = field(default_factory=lambda: MappingProxyType({}))
    remind_before: float = 0.0

    def care_of(self, handoff: Handoff) -> Care:
        """Return how the handoff is to be treated."""
        return self.care.get(handoff.id, Care())

    def priority(self, handoff: Handoff) -> str:
        """Return the priority, a word of PRIORITIES."""
        said = self.care_of(handoff).priority
        return said or self.rules.priorities.get(handoff.request.reason, "normal")

    def due_at(self, handoff: Handoff) -> float:
        """Return when it is booked for, else by when the service level wants an answer.

        In Unix seconds.
        """
        if handoff.id in self.calls:
            return self.calls[handoff.id].start
        return handoff.request.requested_at + self.rules.answer_within[handoff.request.kind]

    def team_of(self, handoff: Handoff) -> str:
        """Return the team that it was passed on to, else that of the policy; empty for neither."""
        return self.care_of(handoff).team or self.teams.get(handoff.id, "")

    def is_snoozed(self, handoff: Handoff) -> bool:
        """Return whether nobody need look at it yet."""
        return (self.care_of(handoff).snoozed_until or 0.0) > self.now

    def reminds_at(self, handoff: Handoff) -> float:
        """Return when agents are reminded of the callback, in Unix seconds."""
        snoozed = self.care_of(handoff).snoozed_until or 0.0
        return max(self.due_at(handoff) - self.remind_before, snoozed)

    def due_calls(self, person: Account) -> tuple[Handoff, ...]:
        """Return the callbacks that the person should make now: theirs, and those that fit."""
        calls = [one for one in (*self.waiting, *self.claimed) if one.request.kind == "callback"]
        due = [
            one
            for one in calls
            if self.reminds_at(one) <= self.now
            and (one.agent == person.login if one.agent else self.fits(one, person))
        ]
        return tuple(sorted(due, key=self.due_at))

    def is_for_later(self, handoff: Handoff) -> bool:
        """Return whether a call is booked for a time that has not come."""
        return handoff.id in self.calls and self.reminds_at(handoff) > self.now

    def load(self, login: str) -> int:
        """Return how many chats somebody holds; what is snoozed and callbacks take no room."""
        return sum(
            handoff.agent == login and handoff.request.kind == "agent"
            for handoff in self.claimed
            if not self.is_snoozed(handoff)
        )

    def ordered(self, handoffs: Iterable[Handoff], order: str = ORDERS[0]) -> tuple[Handoff, ...]:
        """Return the handoffs in one of ORDERS."""

        def asked(handoff: Handoff) -> float:
            return handoff.request.requested_at

        if order == "asked":
            return tuple(sorted(handoffs, key=asked))
        if order == "language":
            return tuple(sorted(handoffs, key=lambda one: (one.request.language, asked(one))))
        return tuple(
            sorted(
                handoffs,
                key=lambda one: (-PRIORITIES.index(self.priority(one)), self.due_at(one)),
            )
        )

    def skill_of(self, handoff: Handoff) -> str | None:
        """Return the skill that the handoff's intent is about, None if it is about none."""
        intent = handoff.request.intent
        return next((skill for skill, of in self.rules.skills.items() if intent in of), None)

    def fits(self, handoff: Handoff, person: Account) -> bool:
        """Return whether the person could help: language, skill, and whom it was passed on to.

        A language, skill or team of the policy that nobody online has holds nobody up: then
        anybody may try.
        """
        care, profile = self.care_of(handoff), person.profile
        if care.agent:
            return care.agent == person.login
        there = [one for one in self.people if one.may("agent") and self.is_online(one)]
        team = self.team_of(handoff)
        there_is_one = care.team or any(one.profile.team == team for one in there)
        if team and team != profile.team and there_is_one:
            return False
        language, skill = handoff.request.language, self.skill_of(handoff)
        return _has(language, profile.languages, [one.profile.languages for one in there]) and (
            skill is None or _has(skill, profile.skills, [one.profile.skills for one in there])
        )

    def next_for(self, person: Account) -> tuple[Handoff, ...]:
        """Return what the person should take, first first; nothing without room for a chat."""
        has_room = self.load(person.login) < person.profile.capacity
        return tuple(
            handoff
            for handoff in self.ordered(self.waiting)
            if not self.is_snoozed(handoff)
            and not self.is_for_later(handoff)
            and (has_room or handoff.request.kind != "agent")
            and self.fits(handoff, person)
        )

    @property
    def names(self) -> Mapping[str, str]:
        """The names that customers read, by user name."""
        return {person.login: person.name for person in self.people}

    def is_online(self, person: Account) -> bool:
        """Return whether the person is there and takes conversations."""
        return is_online(person, self.now, self.rules.away_after)

    def by_language(self) -> Sequence[tuple[str, int]]:
        """Return how many wait in each language, most first."""
        return Counter(one.request.language for one in self.waiting).most_common()


def _has(wanted: str, own: Sequence[str], others: Iterable[Sequence[str]]) -> bool:
    if not own or _among(wanted, own):
        return True
    return not any(not listed or _among(wanted, listed) for listed in others)


def _among(wanted: str, listed: Sequence[str]) -> bool:
    return any(wanted == tag or wanted == tag.partition("-")[0] for tag in listed)
