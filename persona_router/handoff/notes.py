"""What people at another desk read about a handoff, in their language."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Protocol

from babel.dates import format_datetime
from babel.numbers import format_percent

from persona_router.handoff.provider import Parting
from persona_router.handoff.queue import Handoff, HandoffRequest, Line
from persona_router.reply.formats import babel_locale, language_name

LONGEST_TRANSCRIPT = 60_000
MOST_EVIDENCE = 5
_PARTING_KEYS: dict[Parting, str] = {"left": "notice.customer_left", "moved": "notice.moved"}


class Labels(Protocol):
    """The words of one language, as the embedded desk has them."""

    @property
    def locale(self) -> str:
        """The language tag."""
        ...

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence for the key with the values put in."""
        ...

    def label(self, group: str, code: str) -> str:
        """Return the word for a code of the group, or the code itself, readable."""
        ...


def title(handoff: Handoff, labels: Labels) -> str:
    """Return one line that tells handoffs apart: the concern, the language, and the id."""
    request = handoff.request
    concern = labels.label("intent", request.intent) if request.intent else ""
    parts = (concern or labels("kind.agent"), language_name(request.language, labels.locale))
    return f"{' · '.join(parts)} · {handoff.id}"


def facts(handoff: Handoff, labels: Labels) -> str:
    """Return what is known of the customer, one fact a line; nothing that is unknown."""
    return "\n".join(f"{name}: {value}" for name, value in _facts(handoff, labels) if value)


def transcript(lines: Sequence[Line], labels: Labels) -> str:
    """Return who said what, oldest first; of a very long conversation the end."""
    shown = [f"{speaker(line, labels)} ({said_at(line, labels)}): {line.text}" for line in lines]
    length = 0
    for number, text in enumerate(reversed(shown)):
        length += len(text)
        if length > LONGEST_TRANSCRIPT and number:
            return "\n".join(["…", *shown[len(shown) - number :]])
    return "\n".join(shown)


def note(handoff: Handoff, labels: Labels) -> str:
    """Return the title, the facts and the transcript, with blank lines between them."""
    return "\n\n".join(
        (
            title(handoff, labels),
            facts(handoff, labels),
            f"{labels('handoff.transcript')}\n{transcript(handoff.request.transcript, labels)}",
        )
    )


def parting_note(parting: Parting, labels: Labels) -> str:
    """Return why the conversation ends at this desk."""
    return labels(_PARTING_KEYS[parting])


def speaker(line: Line, labels: Labels) -> str:
    """Return who said the line."""
    return line.name or labels.label("sender", line.sender)


def said_at(line: Line, labels: Labels) -> str:
    """Return when the line was said, in UTC."""
    at = datetime.fromtimestamp(line.at, timezone.utc)
    return format_datetime(at, "short", locale=babel_locale(labels.locale)) + " UTC"


def _facts(handoff: Handoff, labels: Labels) -> Iterator[tuple[str, str]]:
    request = handoff.request
    yield labels("fact.reason"), labels.label("reason", request.reason)
    yield (
        labels("fact.language"),
        f"{language_name(request.language, labels.locale)} ({request.locale})",
    )
    yield labels("fact.intent"), labels.label("intent", request.intent) if request.intent else ""
    yield labels("fact.persona"), _persona(request, labels)
    yield labels("handoff.evidence"), ", ".join(_evidence(request, labels))
    yield from ((labels.label("entity", name), str(v)) for name, v in request.entities.items())
    yield labels("handoff.tried"), ", ".join(labels.label("route", r) for r in request.tried)
    yield labels("handoff.articles"), ", ".join(_article(one, labels) for one in request.articles)
    yield labels("fact.phone"), request.phone_number or ""
    yield labels("fact.callback_time"), request.callback_time or ""
    yield labels("handoff.decision"), request.decision_id or ""


def _article(given: Mapping[str, Any], labels: Labels) -> str:
    verdict = {True: "helped", False: "not_helped"}.get(given["helped"])
    return f"{given['title']} ({labels.label('outcome', verdict)})" if verdict else given["title"]


def _persona(request: HandoffRequest, labels: Labels) -> str:
    if request.persona is None:
        return labels("persona.none")
    name = labels.label("persona", request.persona)
    probability = request.posterior.get(request.persona)
    if probability is None:
        return name
    return f"{name} ({format_percent(probability, locale=babel_locale(labels.locale))})"


def _evidence(request: HandoffRequest, labels: Labels) -> Iterator[str]:
    said = [
        (float(item["decibans"]), str(item.get("signal")))
        for item in request.evidence
        if isinstance(item.get("decibans"), int | float)
    ]
    for decibans, signal in sorted(said, key=lambda one: -abs(one[0]))[:MOST_EVIDENCE]:
        yield f"{labels.label('signal', signal)} {decibans:+.1f} dB"
