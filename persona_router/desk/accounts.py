"""The people of the desk: what is known of each, and what a user name and a password may be."""

import re
from dataclasses import dataclass
from unicodedata import category

from babel import Locale, UnknownLocaleError

from persona_router.content.phone_numbers import NoNumber, e164

ROLES = ("agent", "trainer", "operations", "admin")
"""What somebody may do: answer customers, train, watch the service, administer the desk."""
LONGEST_NAME = 40
LONGEST_LOGIN = 64
LONGEST_WORD = 40
LONGEST_PHONE = 40
MOST_WORDS = 30
MOST_CAPACITY = 50
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]*")
_NAME_MARKS = " '’.-"


class AccountFault(Exception):
    """Something about an account cannot be so; `key` and `values` make the text for people."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What can be set of a person.

    `name` is what customers read. No `languages` or `skills` means any; `capacity` is how many
    chats they hold at once; `phone` is where they are called, as E.164, or empty.
    """

    name: str
    roles: frozenset[str]
    team: str = ""
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    capacity: int = 3
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person who may sign in, once they have a password and while they are enabled.

    `available` is what they said last; `seen_at` is the last sign of their browser in Unix seconds.
    """

    login: str
    profile: Profile
    enabled: bool = True
    has_password: bool = False
    available: bool = True
    seen_at: float | None = None

    @property
    def name(self) -> str:
        """The name that customers read."""
        return self.profile.name

    def may(self, role: str) -> bool:
        """Return whether they have the role."""
        return role in self.profile.roles


def checked_login(text: str) -> str:
    """Return the user name in small letters; raises AccountFault."""
    login = text.strip().lower()
    if len(login) > LONGEST_LOGIN or not _LOGIN.fullmatch(login):
        raise AccountFault("account.wrong_login", n=LONGEST_LOGIN)
    return login


def checked_profile(profile: Profile) -> Profile:
    """Return the profile, tidied; raises AccountFault for a value that cannot be."""
    name = " ".join(profile.name.split())
    if not _acceptable(name):
        raise AccountFault("account.wrong_name", n=LONGEST_NAME)
    if not profile.roles or not profile.roles <= set(ROLES):
        raise AccountFault("people.no_role")
    if not 0 <= profile.capacity <= MOST_CAPACITY:
        raise AccountFault("people.wrong_capacity", n=MOST_CAPACITY)
    words = (profile.team, *profile.languages, *profile.skills)
    if max(len(profile.languages), len(profile.skills)) > MOST_WORDS or any(
        len(word) > LONGEST_WORD for word in words
    ):
        raise AccountFault("people.long_list", n=MOST_WORDS, length=LONGEST_WORD)
    for tag in profile.languages:
        _check_language(tag)
    return Profile(
        name=name,
        roles=profile.roles,
        team=" ".join(profile.team.split()),
        languages=tuple(dict.fromkeys(tag.lower() for tag in profile.languages)),
        skills=tuple(dict.fromkeys(profile.skills)),
        capacity=profile.capacity,
        phone=checked_phone(profile.phone),
    )


def checked_phone(text: str) -> str:
    """Return the phone number as E.164, empty for none; raises AccountFault."""
    written = text.strip()
    if len(written) > LONGEST_PHONE:
        raise AccountFault("account.wrong_phone")
    try:
        return e164(written) if written else ""
    except NoNumber:
        raise AccountFault("account.wrong_phone") from None


def check_password(password: str, repeated: str, *, login: str) -> None:
    """Raise AccountFault if this cannot be the person's password."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountFault("account.short_password", n=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise AccountFault("account.long_password", n=LONGEST_PASSWORD)
    if login in password.lower() or len(set(password)) < SHORTEST_PASSWORD // 2:
        raise AccountFault("account.easy_password")
    if password != repeated:
        raise AccountFault("account.other_password")


def _check_language(tag: str) -> None:
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        raise AccountFault("people.wrong_language", language=tag) from None


def _acceptable(name: str) -> bool:
    # Letters of any script; marks that Markdown or HTML would read could reach customers.
    letters = any(category(c).startswith("L") for c in name)
    plain = all(category(c)[0] in "LMN" or c in _NAME_MARKS for c in name)
    return letters and plain and len(name) <= LONGEST_NAME
