import logging
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from persona_router.rasa.nlg import LocalizedNLG
from tests.rasa.parts import button, conversation, host_domain, policy_file, uttered

TEXTS = {
    "en": {"utter_greet": "Hello", "utter_track": "Order {order_number} is on its way.",
           "utter_only_english": "Only in English"},
    "es": {"utter_greet": "Buenas tardes"},
    "es-MX": {"utter_track": "Su pedido {order_number} va en camino."},
    "de": {"utter_greet": "Guten Tag"},
    "ar": {"utter_greet": "مرحبًا بكم"},
}  # fmt: skip
DECISION = {
    "route": "self_service", "plan": ["utter_greet"], "alternatives": ["agent", "phone"],
    "closed": [], "reasons": [{"code": "neutral", "values": {}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def nlg(tmp_path_factory: pytest.TempPathFactory) -> LocalizedNLG:
    folder = tmp_path_factory.mktemp("nlg")
    routing = policy_file(folder, fallbacks={"es": ["en"], "de": ["en"], "ar": ["en"]})
    responses = folder / "responses"
    responses.mkdir()
    for locale, texts in TEXTS.items():
        lines = [f'  {name}: {{text: "{text}"}}' for name, text in texts.items()]
        content = "\n".join(["texts:", *lines, ""])
        (responses / f"{locale}.yml").write_text(content, encoding="utf-8")
    settings = EndpointConfig(
        responses=str(responses), routing=str(routing), article_url="/{locale}/{id}"
    )
    return LocalizedNLG(settings, host_domain())


def talk(locale: str, decision: Any = None, *events: Any, **parsed: Any) -> DialogueStateTracker:
    """Return a conversation in `locale` whose latest message was decided so."""
    metadata = {"locale": locale, "timezone": "Europe/Vienna"}
    found = {"language": {"code": locale[:2], "locale": locale}, **parsed}
    return conversation(uttered("…", metadata, routing=decision or {}, **found), *events)


async def reply(
    nlg: LocalizedNLG, name: str, tracker: DialogueStateTracker, **values: Any
) -> dict[str, Any] | None:
    values.setdefault("domain_responses", host_domain().responses)
    return await nlg.generate(name, tracker, "website", **values)


@pytest.mark.parametrize(
    ("name", "locale", "text", "written_in"),
    [
        ("utter_track", "es-MX", "Su pedido 4471903 va en camino.", "es-MX"),
        ("utter_greet", "es-MX", "Buenas tardes", "es"),
        ("utter_only_english", "es-MX", "Only in English", "en"),
        ("utter_track", "de-AT", "Order 4471903 is on its way.", "en"),
        ("utter_greet", "ar-SA", "مرحبًا بكم", "ar"),
        ("utter_greet", "fr", "Hello", "en"),
    ],
)
async def test_text_comes_from_the_first_locale_of_the_chain_that_has_it(
    nlg: LocalizedNLG, name: str, locale: str, text: str, written_in: str
) -> None:
    found = await reply(nlg, name, talk(locale), order_number="4471903")
    assert found is not None
    assert (found["text"], found["locale"]) == (text, written_in)


async def test_domain_has_the_last_word_on_what_is_nowhere_localized(
    nlg: LocalizedNLG, tmp_path: Path
) -> None:
    bare = LocalizedNLG(EndpointConfig(), host_domain())
    found = await reply(bare, "utter_greet", talk("de"))
    assert found is not None
    assert found["text"] == "Hello from the domain"


async def test_reply_that_nobody_wrote_is_none_as_rasa_expects(nlg: LocalizedNLG) -> None:
    assert await reply(nlg, "utter_unheard_of", talk("de")) is None


async def test_packaged_sentences_are_there_without_any_setting() -> None:
    found = await reply(LocalizedNLG(EndpointConfig(), host_domain()), "utter_stopped", talk("de"))
    assert found is not None
    assert found["locale"] == "de"


async def test_alternatives_are_buttons_in_the_customers_language(nlg: LocalizedNLG) -> None:
    found = await reply(nlg, "utter_greet", talk("de", DECISION))
    assert found is not None
    payloads = [shown["payload"] for shown in found["buttons"]]
    assert payloads == ["route:agent", "route:phone", "why"]
    assert all(shown["title"] for shown in found["buttons"])
    english = await reply(nlg, "utter_greet", talk("en", DECISION))
    assert english is not None
    assert {b["title"] for b in english["buttons"]}.isdisjoint(b["title"] for b in found["buttons"])


async def test_form_can_always_be_left(nlg: LocalizedNLG) -> None:
    found = await reply(nlg, "utter_greet", talk("ar", DECISION, ActiveLoop("track_form")))
    assert found is not None
    payloads = [shown["payload"] for shown in found["buttons"]]
    assert payloads == ["route:agent", "route:phone", "why", "stop"]


async def test_way_back_is_shown_by_the_action_that_is_about_to_hand_over(
    nlg: LocalizedNLG,
) -> None:
    found = await reply(
        nlg, "utter_handoff_waiting", talk("es", DECISION), position=3, handoff_status="waiting"
    )
    assert found is not None
    assert [shown["payload"] for shown in found["buttons"]] == ["resume"]
    assert "3" in found["text"]


async def test_slots_fill_the_text_and_values_of_the_action_come_first(nlg: LocalizedNLG) -> None:
    tracker = talk("en")
    tracker._set_slot("order_number", "4471903")
    known = await reply(nlg, "utter_track", tracker)
    given = await reply(nlg, "utter_track", tracker, order_number="88120447")
    assert known is not None
    assert given is not None
    assert known["text"] == "Order 4471903 is on its way."
    assert given["text"] == "Order 88120447 is on its way."


async def test_value_with_braces_is_shown_and_never_filled(nlg: LocalizedNLG) -> None:
    found = await reply(nlg, "utter_track", talk("en"), order_number="{email}")
    assert found is not None
    assert found["text"] == "Order {email} is on its way."


async def test_button_about_the_articles_speaks_of_the_question_before_it(
    nlg: LocalizedNLG,
) -> None:
    hit = {
        "article": "hours", "locale": "en", "title": "Opening hours", "heading": "",
        "passage": "From 9 to 6.", "updated": "2026-10-01", "score": 0.9, "fallback": True,
    }  # fmt: skip
    language = {"code": "ar", "locale": "ar"}
    tracker = conversation(
        uttered("متى تفتحون؟", {}, language=language, knowledge=[hit]),
        uttered("اقرأ", button("route:knowledge_base"), language=language, routing=DECISION),
    )
    found = await reply(nlg, "utter_article", tracker)
    assert found is not None
    assert "From 9 to 6." in found["text"]
    assert "[Opening hours](/en/hours)" in found["text"]
    assert "الإنجليزية" in found["text"]


@pytest.mark.parametrize(
    "decision",
    [7, "agent", {"alternatives": "agent"}, {"reasons": [{}]}, {"alternatives": [None]},
     {"closed": [{}]}, {"plan": 5}],
    ids=repr,
)  # fmt: skip
async def test_garbled_decision_never_costs_the_reply(
    nlg: LocalizedNLG, decision: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        for name in ("utter_greet", "utter_why", "utter_closed", "utter_offer_phone"):
            found = await reply(nlg, name, talk("de", decision))
            assert found is not None
            assert found["text"]


@pytest.mark.parametrize("metadata", [None, [], "x", 7, {"timezone": "Mars/Phobos", "locale": 3}])
async def test_any_metadata_gets_a_reply(nlg: LocalizedNLG, metadata: Any) -> None:
    tracker = conversation(uttered("hi", metadata, routing=DECISION))
    found = await reply(nlg, "utter_greet", tracker)
    assert found is not None
    assert found["text"] == "Hello"


async def test_why_after_remembering_speaks_of_the_suggestion_before_it(nlg: LocalizedNLG) -> None:
    chosen = {**DECISION, "reasons": [{"code": "override", "values": {}}]}
    kept = {**DECISION, "plan": ["utter_remembered"], "memory": ["forget"]}
    asked = {**DECISION, "plan": ["utter_why"], "memory": ["forget"]}
    language = {"code": "de", "locale": "de"}
    tracker = conversation(
        uttered("Am Telefon klären", button("route:phone"), language=language, routing=chosen),
        uttered("Merken", button("remember"), language=language, routing=kept),
        uttered("Warum?", button("why"), language=language, routing=asked),
    )
    found = await reply(nlg, "utter_why", tracker)
    assert found is not None
    assert "Sie haben diesen Weg selbst gewählt." in found["text"]
    assert found["buttons"][-1] == {"title": "Meine Wahl vergessen", "payload": "forget"}


async def test_why_after_a_correction_tells_the_correction(nlg: LocalizedNLG) -> None:
    guess = {"code": "persona", "values": {"persona": "sprinter", "signal": "haste"}}
    corrected = {
        **DECISION, "plan": ["utter_corrected"], "reasons": [{"code": "corrected", "values": {}}],
    }  # fmt: skip
    tracker = conversation(
        uttered("wo", {"locale": "de"}, routing={**DECISION, "reasons": [guess]}),
        uttered("Nein", button("correct"), routing=corrected),
        uttered(
            "Warum?",
            button("why"),
            language={"code": "de", "locale": "de"},
            routing={**DECISION, "plan": ["utter_why"]},
        ),
    )
    found = await reply(nlg, "utter_why", tracker)
    assert found is not None
    assert "dass meine Einschätzung nicht auf Sie zutrifft" in found["text"]
    assert "correct" not in [shown["payload"] for shown in found["buttons"]]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("utter_remembered", {"preferred": "phone", "corrected": True}),
        ("utter_forgotten", {"preferred": None, "corrected": False}),
    ],
)
async def test_reply_tells_the_page_what_to_remember(
    nlg: LocalizedNLG, name: str, kept: dict[str, Any]
) -> None:
    decision = {**DECISION, "plan": [name], "stated_route": "phone", "corrected": True}
    found = await reply(nlg, name, talk("ar", decision))
    assert found is not None
    assert found["remember"] == kept
    unasked = await reply(nlg, name, talk("ar", DECISION))
    assert unasked is not None
    assert "remember" not in unasked
