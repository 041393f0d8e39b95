"""Handoffs in words: what the templates show, in the agent's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from persona_router.core.evidence import TELLING
from persona_router.core.policy import Service
from persona_router.desk.accounts import ROLES, Account
from persona_router.desk.texts import DeskTexts
from persona_router.handoff.plain import plain_text
from persona_router.handoff.queue import Handoff, HandoffRequest, Line
from persona_router.knowledge.markdown import markdown_parser

MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """One signal in words: its name, its value in percent, and what it says for the persona."""

    signal: str
    value: str
    verdict: str
    supports: bool


@dataclass(frozen=True, kw_only=True)
class PosteriorRow:
    """One persona in words, with its probability as a number and in percent."""

    persona: str
    probability: float
    percent: str


@dataclass(frozen=True, kw_only=True)
class View:
    """The words for one response; `now` is in Unix seconds."""

    texts: DeskTexts
    now: float

    def waited(self, handoff: Handoff) -> str:
        """Return how long ago the handoff was asked for."""
        seconds = max(0.0, self.now - handoff.request.requested_at)
        if seconds < MINUTE:
            return self.texts("time.less_than_a_minute")
        # Up to two hours in minutes: an agent must see the difference between 65 and 115.
        span = timedelta(seconds=-(seconds // MINUTE * MINUTE))
        return format_timedelta(
            span, granularity="minute", threshold=2, add_direction=True, locale=self._locale
        )

    def span(self, at: float) -> str:
        """Return how long it is until, or since, a time in Unix seconds."""
        seconds = at - self.now
        minutes = max(1, abs(seconds) // MINUTE)
        span = timedelta(minutes=minutes if seconds >= 0 else -minutes)
        return format_timedelta(
            span, granularity="minute", threshold=2, add_direction=True, locale=self._locale
        )

    def minutes(self, minutes: int) -> str:
        """Return a length of time in its largest unit."""
        return format_timedelta(timedelta(minutes=minutes), threshold=1, locale=self._locale)

    def language(self, tag: str) -> str:
        """Return the language's name in that language; the tag itself if it is unknown."""
        try:
            locale = Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            return tag
        return locale.get_language_name(locale.language) or tag

    def iso(self, at: float) -> str:
        """Return Unix seconds as an ISO 8601 time in UTC."""
        return self._moment(at).isoformat(timespec="seconds")

    def moment(self, at: float) -> str:
        """Return Unix seconds as a short date and time in UTC; browsers show their own zone."""
        return format_datetime(self._moment(at), "short", locale=self._locale) + " UTC"

    def number(self, value: float) -> str:
        """Return a number with one decimal at most."""
        return format_decimal(value, "0.#", locale=self._locale)

    def roles(self, account: Account) -> str:
        """Return what the person may do."""
        return ", ".join(self.texts(f"role.{role}") for role in ROLES if account.may(role))

    def tongues(self, account: Account) -> str:
        """Return the languages that the person writes, each by its own name."""
        names = ", ".join(self.language(tag) for tag in account.profile.languages)
        return names or self.texts("people.any")

    def spoken(self, service: Service) -> str:
        """Return the languages that a service of the policy speaks, each by its own name."""
        return ", ".join(self.language(tag) for tag in service.locales)

    def opening(self, service: Service) -> str:
        """Return until when a service is open, or when it opens, in its own time zone."""
        now = self._moment(self.now)
        hours = service.hours
        if hours is None:
            return self.texts("operations.always_open")
        until = next((end for start, end in hours.spans(now, days=1) if start <= now), None)
        key, at = (
            ("operations.open_until", until)
            if until
            else ("operations.opens", hours.next_opening(now))
        )
        if at is None:
            return self.texts("operations.closed")
        day = format_date(at, "EEEE", locale=self._locale)
        words = f"{day} {format_time(at, 'short', locale=self._locale)}"
        return self.texts(key, time=f"{words} ({at.tzinfo})")

    def state(self, account: Account) -> str:
        """Return whether the person may sign in."""
        if not account.enabled:
            return self.texts("people.disabled")
        return self.texts("people.active" if account.has_password else "people.invited")

    def callback_time(self, request: HandoffRequest) -> str:
        """Return the time that the customer chose, in their own words unless it is ISO 8601."""
        wanted = request.callback_time or ""
        try:
            at = datetime.fromisoformat(wanted.replace("Z", "+00:00"))
        except ValueError:
            return wanted
        words = format_datetime(at, "medium", tzinfo=at.tzinfo, locale=self._locale)
        return f"{words} {at.tzname() or ''}".strip()

    def persona(self, request: HandoffRequest) -> str:
        """Return the persona's name, or that none is assumed."""
        if request.persona is None:
            return self.texts("persona.none")
        return self.texts.label("persona", request.persona)

    def said(self, line: Line) -> str:
        """Return the words of a line; the assistant writes Markdown, people do not."""
        if line.sender != "bot":
            return line.text
        return plain_text(markdown_parser().render(line.text))

    def posterior(self, request: HandoffRequest) -> tuple[PosteriorRow, ...]:
        """Return the personas, most probable first."""
        ranked = sorted(request.posterior.items(), key=lambda item: -item[1])
        return tuple(
            PosteriorRow(
                persona=self.texts.label("persona", persona),
                probability=round(probability, 3),
                percent=format_percent(probability, locale=self._locale),
            )
            for persona, probability in ranked
        )

    def evidence(self, request: HandoffRequest) -> tuple[EvidenceRow, ...]:
        """Return what speaks for and against the assumed, else the most probable, persona.

        What tells next to nothing of it is left out.
        """
        likeliest = max(request.posterior, key=lambda p: request.posterior[p], default=None)
        subject = request.persona or likeliest
        rows = (self._evidence(item, subject) for item in request.evidence)
        return tuple(row for row in rows if row)

    def _evidence(self, item: Mapping[str, Any], subject: str | None) -> EvidenceRow | None:
        decibans = item.get("decibans")
        if isinstance(decibans, Mapping):
            decibans = decibans.get(subject)
        if not isinstance(decibans, int | float) or abs(decibans) < TELLING:
            return None
        value = item.get("value")
        return EvidenceRow(
            signal=self.texts.label("signal", str(item.get("signal"))),
            value=format_percent(value, locale=self._locale)
            if isinstance(value, int | float)
            else "",
            verdict=self.texts(
                "evidence.for" if decibans >= 0 else "evidence.against",
                times=format_decimal(10 ** (abs(decibans) / 10), "0.#", locale=self._locale),
                decibans=format_decimal(decibans, "+0.0;-0.0", locale=self._locale),
            ),
            supports=decibans >= 0,
        )

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.texts.locale, sep="-")

    def _moment(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, tz=timezone.utc)
