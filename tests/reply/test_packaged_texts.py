import re
from pathlib import Path

import pytest
import yaml

from persona_router.core import session_signals, text_signals
from persona_router.core.signals import registered
from persona_router.core.turn import parse_payload
from persona_router.reply.texts import PACKAGED_TEXTS, LocaleTexts, read_texts
from tests.served import SERVED

DEFAULTS = Path(text_signals.__file__).parent.parent / "defaults"
CHANNEL_REFUSALS = {"utter_too_long", "utter_too_fast", "utter_busy"}
TEXTS = read_texts([PACKAGED_TEXTS])

PLACEHOLDERS = {
    "utter_article": {"passage", "title", "url", "updated"},
    "utter_article_more": {"passage", "title", "url", "updated"},
    "utter_offer_phone": {"number", "hours"},
    "utter_why": {"reasons"},
    "utter_remembered": {"remembered", "why", "forget"},
    "utter_closed": {"closed"},
    "utter_handoff_waiting": {"position"},
    "utter_phone_number_invalid": {"example"},
    "utter_callback_stored": {"phone_number", "callback_time"},
    "utter_callback_booked": {"phone_number", "callback_time"},
    "utter_too_long": {"limit"},
    "closed_route": {"route", "opens"},
    "closed_route_unknown": {"route"},
    "article_fallback": {"language"},
    "colleagues_speak": {"language"},
    "remembered_route": {"route"},
    "why_repeated_failure": {"times"},
    "why_closed": {"route", "opens"},
    "why_closed_unknown": {"route"},
}
FIRST_BUTTONS = {
    "utter_offer_agent": "route:agent",
    "utter_offer_phone": "callback",
    "utter_closed": "callback",
    "utter_no_route": "callback",
    "utter_handoff_failed": "callback",
    "utter_callback_failed": "callback",
    "utter_failed": "route:agent",
}
LATIN, ARABIC = "[a-z]", "[\u0620-\u064a]"


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _written(texts: LocaleTexts) -> dict[str, str]:
    """Every sentence of a locale by name, buttons included."""
    sentences = {name: response.text for name, response in texts.responses.items()}
    for name, response in texts.responses.items():
        for button in response.buttons:
            sentences[f"{name}/{button['payload']}"] = button["title"]
    return sentences | dict(texts.phrases)


def _built_in_signals() -> set[str]:
    ours = {text_signals.__name__, session_signals.__name__}
    return {name for name, entry in registered().items() if entry.measure.__module__ in ours}


def test_packaged_texts_exist_for_these_locales() -> None:
    assert set(SERVED) <= set(TEXTS.locales)


@pytest.mark.parametrize("locale", sorted(TEXTS.locales))
def test_packaged_texts_answer_for_every_response_of_the_plugin(locale: str) -> None:
    domain = yaml.safe_load((DEFAULTS / "domain.yml").read_text(encoding="utf-8"))
    assert set(TEXTS.locales[locale].responses) == set(domain["responses"]) | CHANNEL_REFUSALS


@pytest.mark.parametrize("locale", sorted(TEXTS.locales))
def test_packaged_texts_have_the_phrases_of_every_route_and_signal(locale: str) -> None:
    policy = yaml.safe_load((DEFAULTS / "routing.yml").read_text(encoding="utf-8"))
    wanted = {f"signal_{name}" for name in _built_in_signals() | {"other", "earlier", "meaning"}}
    for route in policy["routes"]:
        wanted |= {f"button_route_{route}", f"route_{route}", f"why_wish_{route}"}
    for kind in ("why", "correct", "remember", "forget", "stop", "resume", "callback"):
        wanted.add(f"button_{kind}")
    for code in (
        "override", "remembered", "corrected", "only_people", "anger", "repeated_failure",
        "neutral", "closed",
    ):  # fmt: skip
        wanted.add(f"why_{code}")
    assert wanted <= set(TEXTS.locales[locale].phrases)


@pytest.mark.parametrize("locale", sorted(TEXTS.locales))
def test_packaged_texts_of_all_locales_have_the_same_names(locale: str) -> None:
    assert _names(locale) == _names("en")


def _names(locale: str) -> set[str]:
    # What a slot button answers is itself written in the customer's language.
    return {re.sub(r"/slot:.*", "/slot", name) for name in _written(TEXTS.locales[locale])}


@pytest.mark.parametrize("locale", sorted(TEXTS.locales))
def test_packaged_texts_use_exactly_the_placeholders_that_are_filled(locale: str) -> None:
    used = {
        name: _placeholders(sentence)
        for name, sentence in _written(TEXTS.locales[locale]).items()
        if _placeholders(sentence)
    }
    assert used == PLACEHOLDERS


@pytest.mark.parametrize("locale", sorted(TEXTS.locales))
def test_packaged_texts_have_buttons_that_the_router_understands(locale: str) -> None:
    for name, response in TEXTS.locales[locale].responses.items():
        for button in response.buttons:
            assert parse_payload(button["payload"]) is not None, (name, button)
            assert len(button["title"]) <= 30, (name, button)
        if name in FIRST_BUTTONS:
            assert response.buttons[0]["payload"] == FIRST_BUTTONS[name]
    for key, title in TEXTS.locales[locale].phrases.items():
        assert not key.startswith("button_") or len(title) <= 30, (key, title)


@pytest.mark.parametrize("locale", SERVED)
def test_packaged_texts_are_written_in_the_script_of_their_language(locale: str) -> None:
    for name, sentence in _written(TEXTS.locales[locale]).items():
        bare = re.sub(r"\{\w+\}", "", sentence)
        if re.search(r"\w", bare):
            script = ARABIC if locale == "ar" else LATIN
            assert re.search(script, bare.casefold()), (name, sentence)


@pytest.mark.parametrize("locale", [code for code in SERVED if code != "en"])
def test_packaged_texts_are_translated(locale: str) -> None:
    same = {
        name
        for name, sentence in _written(TEXTS.locales[locale]).items()
        if sentence == _written(TEXTS.locales["en"]).get(name)
    }
    assert same == set()


@pytest.mark.parametrize(
    ("locale", "familiar"),
    [
        pytest.param("de", r"\b(du|dir|dich|dein\w*|euch|euer)\b", id="de"),
        pytest.param("es", r"\b(tú|tu|tus|te|ti|vos|vosotros|puedes|quieres)\b", id="es"),
        pytest.param("fr", r"\b(tu|te|toi|ton|ta|tes)\b", id="fr"),
        pytest.param("it", r"\b(tu|ti|te|tuo|tua|tuoi|puoi|vuoi)\b", id="it"),
        pytest.param("pt", r"\b(tu|te|ti|teu|tua|podes|queres)\b", id="pt"),
        pytest.param("nl", r"\b(je|jij|jou|jouw|jullie)\b", id="nl"),
        pytest.param("pl", r"\b(ty|ci|cię|twój|twoja|twoje|możesz|chcesz)\b", id="pl"),
        pytest.param("tr", r"\b(sen|sana|seni|senin)\b", id="tr"),
    ],
)
def test_packaged_texts_address_customers_formally(locale: str, familiar: str) -> None:
    for name, sentence in _written(TEXTS.locales[locale]).items():
        assert not re.search(familiar, sentence.casefold()), (name, sentence)


@pytest.mark.parametrize("locale", SERVED)
def test_packaged_texts_never_name_a_persona(locale: str) -> None:
    for card in (DEFAULTS / "personas").glob("*.yml"):
        name = yaml.safe_load(card.read_text(encoding="utf-8"))["name"].removeprefix("The ")
        for sentence in _written(TEXTS.locales[locale]).values():
            assert card.stem not in sentence.casefold()
            assert name.casefold() not in sentence.casefold()


def test_packaged_texts_keep_phone_numbers_readable_inside_arabic() -> None:
    arabic = TEXTS.locales["ar"].responses
    assert "\u2066{number}\u2069" in arabic["utter_offer_phone"].text
    assert "\u2066{phone_number}\u2069" in arabic["utter_callback_stored"].text
    assert "\u2066{phone_number}\u2069" in arabic["utter_callback_booked"].text
    assert "\u2066{example}\u2069" in arabic["utter_phone_number_invalid"].text


@pytest.mark.parametrize(
    ("locale", "times", "expected"),
    [
        pytest.param(
            "en",
            2,
            "I have not managed to help so far (2×), so a person should take over",
            id="en",
        ),
        pytest.param(
            "de",
            3,
            "Ich konnte Ihnen bisher 3-mal nicht weiterhelfen, nun sollte ein Mensch übernehmen.",
            id="de",
        ),
        pytest.param(
            "es",
            1,
            "hasta ahora no he podido ayudarle (intentos: 1) y conviene que siga una persona",
            id="es",
        ),
        pytest.param(
            "ar",
            11,
            "لم أتمكن من مساعدتكم حتى الآن (عدد المحاولات: 11)، فالأفضل أن يتابع معكم موظف",
            id="ar",
        ),
    ],
)
def test_packaged_texts_read_right_for_any_number(locale: str, times: int, expected: str) -> None:
    assert TEXTS.phrase("why_repeated_failure", [locale], times=times) == expected
