"""Figures and times in words of the agent's language."""

from typing import Any

import pytest

from persona_router.desk.texts import load_texts
from persona_router.desk.views import View
from persona_router.handoff.queue import Handoff, HandoffRequest, Line, Sender

TEXTS = load_texts()


def view(locale: str = "en") -> View:
    return View(texts=TEXTS[locale], now=10_000.0)


def request(**changes: Any) -> HandoffRequest:
    values: dict[str, Any] = {
        "conversation": "c1",
        "kind": "agent",
        "reason": "anger",
        "language": "de",
        "locale": "de",
        "output_channel": "website",
        "requested_at": 10_000.0,
    }
    return HandoffRequest(**{**values, **changes})


@pytest.mark.parametrize(
    ("locale", "seconds", "words"),
    [
        ("en", -5, "less than a minute ago"),
        ("en", 59, "less than a minute ago"),
        ("en", 119, "1 minute ago"),
        ("de", 115 * 60, "vor 115 Minuten"),
        ("de", 3 * 3600, "vor 3 Stunden"),
        ("es", 180, "hace 3 minutos"),
        ("ar", 180, "قبل 3 دقائق"),
        ("ar", 660, "قبل 11 دقيقة"),
    ],
)
def test_waiting_time_is_told_in_words(locale: str, seconds: float, words: str) -> None:
    handoff = Handoff(id="h", request=request(requested_at=10_000.0 - seconds), status="waiting")
    assert view(locale).waited(handoff) == words


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "Deutsch"),
        ("ar-EG", "العربية"),
        ("pt-BR", "português"),
        ("", ""),
        ("zz-top-99", "zz-top-99"),
    ],
)
def test_language_is_named_in_itself(tag: str, name: str) -> None:
    assert view().language(tag) == name


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (None, ""),
        ("mañana por la mañana", "mañana por la mañana"),
        ("2026-11-23T10:00:00+01:00", "23.11.2026, 10:00:00 UTC+01:00"),
        ("2026-11-23T10:00:00Z", "23.11.2026, 10:00:00 UTC"),
        ("2026-11-23T10:00:00", "23.11.2026, 10:00:00"),
    ],
)
def test_callback_time_keeps_its_own_zone_or_words(wanted: str | None, words: str) -> None:
    assert view("de").callback_time(request(callback_time=wanted)) == words


@pytest.mark.parametrize(
    ("sender", "text", "said"),
    [
        (
            "bot",
            "**Frist**\n\n- 30 Tage\n- [Mehr](/chat/articles/de/x)",
            "Frist\n- 30 Tage\n- Mehr",
        ),
        ("bot", "اكتبوا **مرة** واحدة", "اكتبوا مرة واحدة"),
        ("bot", "<b>A</b> & B", "<b>A</b> & B"),
        ("customer", "**bold** [x](y)", "**bold** [x](y)"),
        ("agent", "2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_words_of_the_assistant_are_read_without_their_markdown(
    sender: Sender, text: str, said: str
) -> None:
    assert view().said(Line(sender=sender, text=text, at=0.0)) == said


@pytest.mark.parametrize(
    ("decibans", "verdict"),
    [
        (10.0, "macht sie 10-mal so wahrscheinlich (+10,0 Deziban)"),
        ({"sprinter": -10}, "macht sie um den Faktor 10 unwahrscheinlicher (-10,0 Deziban)"),
        (0.5, "macht sie 1,1-mal so wahrscheinlich (+0,5 Deziban)"),
    ],
)
def test_evidence_is_told_as_a_factor(decibans: object, verdict: str) -> None:
    item = {"signal": "haste", "value": 1, "decibans": decibans}
    (row,) = view("de").evidence(request(persona="sprinter", evidence=(item,)))
    assert (row.signal, row.value, row.verdict) == ("Antwortet in Sekunden", "100\xa0%", verdict)


@pytest.mark.parametrize(
    "item",
    [{}, {"signal": "x", "decibans": "much"}, {"decibans": {}}, {"signal": "x", "decibans": -0.4}],
)
def test_evidence_that_tells_nothing_is_left_out(item: dict[str, object]) -> None:
    assert view().evidence(request(persona="talker", evidence=(item,))) == ()
