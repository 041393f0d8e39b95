import logging
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.errors import ContentError
from persona_router.content.language_words import load_request_phrases
from persona_router.core.language_request import requested_language
from persona_router.rasa.conversation import concerns
from persona_router.rasa.language import LanguageIdentifier
from tests.rasa.parts import (
    CONTEXT,
    RESOURCE,
    button,
    conversation,
    message,
    policy_file,
    storage,
    uttered,
)
from tests.served import SERVED


@pytest.fixture(scope="module")
def identifier(tmp_path_factory: pytest.TempPathFactory) -> LanguageIdentifier:
    """Return the component of four languages as a trained model loads it."""
    folder = tmp_path_factory.mktemp("languages")
    config = {
        **LanguageIdentifier.get_default_config(),
        "routing": str(policy_file(folder, default_locale="en")),
    }
    return trained(config, folder / "model")


def trained(config: dict[str, Any], folder: Path) -> LanguageIdentifier:
    """Return the component as a model that was trained with `config` loads it."""
    models = storage(folder)
    LanguageIdentifier.create(config, models, RESOURCE, CONTEXT).train(TrainingData())
    return LanguageIdentifier.load(config, models, RESOURCE, CONTEXT)


def heard(identifier: LanguageIdentifier, *turns: str | tuple[str, Any]) -> list[dict[str, Any]]:
    """Return what is believed after each message of one conversation, metadata beside its text."""
    events, found = [], []
    for turn in turns:
        text, metadata = turn if isinstance(turn, tuple) else (turn, None)
        [processed] = identifier.process([message(text, metadata=metadata)], conversation(*events))
        found.append(processed.get("language"))
        events.append(uttered(text, metadata, language=found[-1]))
    return found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ich moechte meine Bestellung andern, bitte", "Ich möchte meine Bestellung ändern, bitte"),
        (
            "necesito ayuda con mi pedido numero 4471903",
            "necesito ayuda con mi pedido número 4471903",
        ),
        ("Ich möchte nicht, dass das fur mich gilt", "Ich möchte nicht, dass das fur mich gilt"),
        ("Where is my parcel?", "Where is my parcel?"),
    ],
)
def test_message_without_accents_is_looked_at_with_them(
    identifier: LanguageIdentifier, typed: str, meant: str
) -> None:
    [processed] = identifier.process([message(typed)], conversation())
    assert (processed.get("text"), concerns(processed)) == (typed, meant)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is my parcel?", "en"),
        ("Wo bleibt denn mein Paket?", "de"),
        ("¿Dónde está mi pedido?", "es"),
        ("أين طلبي من فضلكم؟", "ar"),
    ],
)
def test_first_message_tells_the_language(
    identifier: LanguageIdentifier, text: str, code: str
) -> None:
    [found] = heard(identifier, text)
    assert (found["code"], found["locale"], found["served"]) == (code, code, True)


def test_message_without_a_conversation_has_a_language_too(identifier: LanguageIdentifier) -> None:
    [processed] = identifier.process([message("Hola, buenas tardes")])
    assert processed.get("language")["code"] == "es"


@pytest.mark.parametrize(
    ("locale", "expected"), [("de-AT", "de-AT"), ("fr-FR", "en"), ("x" * 400, "en"), (7, "en")]
)
def test_browser_decides_while_nothing_was_said(
    identifier: LanguageIdentifier, locale: object, expected: str
) -> None:
    assert heard(identifier, ("4471903", {"locale": locale}))[0]["locale"] == expected


def test_locale_of_another_language_is_not_taken_from_the_browser(
    identifier: LanguageIdentifier,
) -> None:
    [found] = heard(identifier, ("Wo ist meine Bestellung geblieben?", {"locale": "es-MX"}))
    assert found["locale"] == "de"


def test_numbers_names_and_neutral_words_keep_the_language(identifier: LanguageIdentifier) -> None:
    found = heard(identifier, "Ich möchte etwas zurückgeben", "4471903", "ok", "🙂", "")
    assert [turn["code"] for turn in found] == ["de"] * 5


def test_belief_follows_a_customer_who_switches(identifier: LanguageIdentifier) -> None:
    found = heard(
        identifier,
        "Hola, ¿me puede ayudar con mi pedido?",
        "Sorry, I would rather write in English, where is my order?",
        "It should have arrived on Monday already",
    )
    assert [found[0]["code"], found[2]["code"]] == ["es", "en"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [("auf Deutsch bitte", "de"), ("English please", "en"), ("en español, por favor", "es"),
     ("بالعربية من فضلك", "ar"), ("Deutsch", "de")],
)  # fmt: skip
def test_language_asked_for_in_words_is_kept_against_later_evidence(
    identifier: LanguageIdentifier, wish: str, code: str
) -> None:
    found = heard(identifier, wish, "where is my parcel please, I am waiting for two weeks")
    assert (found[0]["code"], found[0]["requested"]) == (code, True)
    assert (found[1]["code"], found[1]["requested"]) == (code, False)


def test_language_button_is_obeyed_and_its_title_is_no_evidence(
    identifier: LanguageIdentifier,
) -> None:
    found = heard(identifier, "Where is it?", ("العربية", button("language:ar")), "ok")
    assert [turn["code"] for turn in found] == ["en", "ar", "ar"]
    assert found[1]["requested"]


@pytest.mark.parametrize("payload", ["language:xx", "language:other", "language:", "why"])
def test_button_of_no_served_language_changes_nothing(
    identifier: LanguageIdentifier, payload: str
) -> None:
    found = heard(identifier, "Wo ist mein Paket, bitte?", ("English", button(payload)))
    assert (found[1]["code"], found[1]["requested"]) == ("de", False)


def test_unserved_language_is_noticed_and_the_browsers_answers(
    identifier: LanguageIdentifier,
) -> None:
    text = "Dobrý den, kde je moje zásilka? Čekám na ni už dva týdny."
    [found] = heard(identifier, (text, {"locale": "de-DE"}))
    assert (found["served"], found["code"]) == (False, "de")


def test_fault_keeps_the_language_of_the_conversation(
    identifier: LanguageIdentifier, caplog: pytest.LogCaptureFixture
) -> None:
    tracker = conversation(uttered("hola"), slots={"language": "es"})
    broken = message("my secret words", metadata={"locale": "en"})
    identify, identifier._identify = identifier._identify, lambda text: 1 / 0
    try:
        with caplog.at_level(logging.ERROR):
            [processed] = identifier.process([broken], tracker)
    finally:
        identifier._identify = identify
    assert processed.get("language") == {
        "code": "es", "locale": "es", "served": True, "requested": False,
    }  # fmt: skip
    assert "keeps its language" in caplog.text


@pytest.mark.parametrize("belief", [{"probabilities": {"en": 7}}, "de", None, {"held": "xx"}])
def test_belief_of_another_release_starts_afresh(
    identifier: LanguageIdentifier, belief: object
) -> None:
    tracker = conversation(uttered("hi", language={"belief": belief}))
    [processed] = identifier.process([message("¿Cuándo llega mi pedido?")], tracker)
    assert processed.get("language")["code"] == "es"


def test_edited_policy_changes_the_fingerprint(tmp_path: Path) -> None:
    config = {"routing": str(policy_file(tmp_path, languages=["en", "de", "es", "ar"]))}
    before = LanguageIdentifier.fingerprint_addon(config)
    policy_file(tmp_path, languages=["en", "de"])
    assert LanguageIdentifier.fingerprint_addon(config) != before


def test_languages_are_those_of_the_policy(tmp_path: Path) -> None:
    routing = policy_file(tmp_path, languages=["en", "nl"], fallbacks={})
    config = {**LanguageIdentifier.get_default_config(), "routing": str(routing)}
    component = trained(config, tmp_path / "m")
    [dutch] = heard(component, "Waar blijft mijn pakketje eigenlijk?")
    [german] = heard(component, "Wo bleibt denn eigentlich mein Päckchen?")
    assert (dutch["code"], dutch["served"]) == ("nl", True)
    assert german["served"] is False


def test_missing_policy_stops_the_training_with_one_line(tmp_path: Path) -> None:
    config = {**LanguageIdentifier.get_default_config(), "routing": str(tmp_path / "no.yml")}
    with pytest.raises(ContentError, match=r"no\.yml") as raised:
        LanguageIdentifier.create(config, storage(tmp_path / "m"), RESOURCE, CONTEXT)
    assert "\n" not in str(raised.value)


def test_an_unknown_detector_is_refused_with_the_choices(tmp_path: Path) -> None:
    config = {"routing": str(policy_file(tmp_path)), "detector": "fasttext"}
    with pytest.raises(ValueError, match=r"Unknown detector 'fasttext'.*langdetect or profiles"):
        LanguageIdentifier.create(config, storage(tmp_path / "model"), RESOURCE, CONTEXT)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("en français s'il vous plaît", "fr"),
        ("est-ce qu'on peut parler français ?", "fr"),
        ("posso parlare in italiano?", "it"),
        ("pode ser em português?", "pt"),
        ("kan het in het Nederlands?", "nl"),
        ("czy możemy rozmawiać po polsku?", "pl"),
        ("po niemiecku proszę", "de"),
        ("Türkçe konuşabilir miyiz?", "tr"),
        ("İngilizceye geçebilir miyiz", "en"),
        ("je veux un livre anglais", None),
        ("ik heb een Franse bank besteld", None),
        ("bir türk kahvesi istiyorum", None),
        ("quero o sofá em inglês", None),
    ],
)
def test_a_wish_for_a_language_is_heard_in_ten_languages(text: str, wanted: str | None) -> None:
    assert requested_language(text, load_request_phrases(SERVED)) == wanted
