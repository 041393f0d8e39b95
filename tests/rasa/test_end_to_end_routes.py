"""Routes and their alternatives, wishes, overrides, offers, articles and closed doors."""

import asyncio
import json
import shutil
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import SessionStarted

from persona_router.handoff.sqlite import open_queue
from tests.rasa.customer import NIGHT, Customer
from tests.served import SERVED
from tests.training import ROOT

New = Callable[..., Customer]


async def test_answer_shows_its_alternatives_and_why_tells_the_evidence(new_customer: New) -> None:
    anna = new_customer("en-GB", page="/help/returns", referrer="help", seconds=130)
    question = (
        "What happens if I miss the 30 days, and does a gift count from delivery or dispatch?"
    )
    assert await anna.says(question) == ["utter_article@en"]
    assert {"route:agent", "route:phone", "why"} <= set(anna.payloads)
    decision = await anna.decision()
    assert (decision["route"], decision["persona"]) == ("knowledge_base", "researcher")
    assert sum(decision["posterior"].values()) == pytest.approx(1.0, abs=0.001)
    assert await anna.clicks("why") == ["utter_why@en"]
    assert anna.text.count("\n- ") >= 1


async def test_chosen_route_overrides_the_inference_from_then_on(new_customer: New) -> None:
    tom = new_customer("en-GB", seconds=4, device="mobile")
    await tom.says("track 10457720")
    assert (await tom.decision())["persona"] == "sprinter"
    assert await tom.clicks("route:phone") == ["utter_offer_phone@en"]
    assert "+44 20 7946 0112" in tom.text
    assert await tom.says("how do I pay?") == ["utter_offer_phone@en"]
    assert {"code": "override", "values": {"said": "earlier"}} in (await tom.decision())["reasons"]
    assert await tom.clicks("route:knowledge_base") == ["utter_article@en"]


@pytest.mark.parametrize(
    ("locale", "number"),
    [("de", "+49 30 23125 112"), ("es", "+34 910 000 112"), ("ar", "+971 4 000 0112")],
)
async def test_phone_number_and_hours_are_those_of_the_language(
    new_customer: New, locale: str, number: str
) -> None:
    openings = {"de": "Wo ist mein Paket?", "es": "¿Dónde está mi pedido?", "ar": "أين طلبي؟"}
    somebody = new_customer(locale, timezone="Asia/Dubai")
    await somebody.says(openings[locale])
    assert await somebody.clicks("route:phone") == [f"utter_offer_phone@{locale}"]
    assert number in somebody.text.replace("\u2066", "").replace("\u2069", "")
    assert somebody.text.count(" – ") >= 5


@pytest.mark.parametrize(
    ("locale", "wish"),
    [
        ("en", "can I speak to a human please"),
        ("de", "Ich will mit einem Menschen sprechen"),
        ("es", "quiero hablar con un agente"),
        ("ar", "أريد التحدث مع موظف"),
    ],
)
async def test_person_is_reached_at_once_and_the_assistant_is_silent_until_asked_back(
    new_customer: New, locale: str, wish: str
) -> None:
    somebody = new_customer(locale)
    assert await somebody.says(wish) == [f"utter_handoff_waiting@{locale}"]
    asked = (await somebody.decision())["id"]
    assert somebody.payloads == ["resume"]
    resume = somebody.messages[0]["buttons"][0]["title"]
    [handoff] = open_queue().open_for(somebody.name)
    assert (handoff.request.language, handoff.request.transcript[0].text) == (locale, wish)
    assert await somebody.says("4471903") == []
    assert await somebody.clicks("resume", resume) == [f"utter_handoff_ended@{locale}"]
    assert open_queue().open_for(somebody.name) == ()
    assert (await somebody.slots()).get("handoff_status") is None
    logged = {row["id"]: row["abandoned"] for row in await somebody.logged()}
    assert [id for id, abandoned in logged.items() if abandoned] == [asked]


async def test_log_tells_how_long_each_stage_took(new_customer: New) -> None:
    tom = new_customer("en")
    await tom.says("track order 4471903")
    stages = json.loads((await tom.logged())[0]["stages"])
    assert list(stages) == ["language", "vector", "intent", "entities", "search", "routing"]
    assert all(taken >= 0 for taken in stages.values())
    assert stages["vector"] > 0


async def test_person_is_offered_after_repeated_failure_and_a_plain_yes_accepts(
    new_customer: New,
) -> None:
    rosa = new_customer("en")
    heard: list[str] = []
    for _ in range(4):
        heard += await rosa.says("how long does delivery take?")
    assert heard[0] == "utter_article@en"
    assert heard[-1] == "utter_offer_agent@en"
    assert "repeated_failure" in [r["code"] for r in (await rosa.decision())["reasons"]]
    assert await rosa.says("yes") == ["utter_handoff_waiting@en"]


async def test_refused_calls_are_never_offered_again(new_customer: New) -> None:
    tom = new_customer("en")
    await tom.says("no calls please, just tell me where my parcel 10457720 is")
    for text in ("how long does delivery take?", "how do I pay?"):
        await tom.says(text)
        assert "route:phone" not in tom.payloads


@pytest.fixture(scope="module")
def untranslated(
    load: Callable[..., Agent], action_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Agent:
    """Return the sample as it is served without the translations of two articles."""
    folder = tmp_path_factory.mktemp("untranslated")
    shutil.copytree(ROOT / "data", folder / "data")
    for name in ("es/warranty.md", "ar/gift-orders.md"):
        (folder / "data" / "knowledge" / name).unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return load(action_endpoint={"url": action_server})


@pytest.mark.parametrize(
    ("locale", "question", "label"),
    [
        ("es", "¿Cuánto dura la garantía?", "Inglés"),
        ("ar", "هل يمكن تغليف الطلب كهدية؟", "الإنجليزية"),
    ],
)
async def test_article_of_another_language_is_labelled_and_logged_as_demand(
    untranslated: Agent, locale: str, question: str, label: str
) -> None:
    somebody = Customer(untranslated, locale)
    assert await somebody.says(question) == [f"utter_article@{locale}"]
    assert label in somebody.text
    assert "/chat/articles/en/" in somebody.text
    [row] = await somebody.logged()
    assert (row["translation_demand"], row["article_locale"]) == (1, "en")


async def test_article_in_the_customers_language_is_linked_there(new_customer: New) -> None:
    lena = new_customer("de")
    assert await lena.says("Welche Zahlungsarten gibt es?") == ["utter_article@de"]
    assert "/chat/articles/de/payment-methods" in lena.text


async def test_each_decision_is_one_row_without_the_customers_words(
    new_customer: New,
) -> None:
    somebody = new_customer("de")
    for text in ("Hallo", "Wo ist mein geheimes Paket?", "4471903"):
        await somebody.says(text)
    rows = await somebody.logged()
    assert [row["turn"] for row in rows] == [3, 2, 1]
    assert "geheim" not in str(rows)


@pytest.mark.parametrize(
    ("locale", "wish"),
    [
        ("en", "can I speak to a human please"),
        ("de", "Ich will mit einem Menschen sprechen"),
        ("es", "quiero hablar con una persona"),
        ("ar", "أريد التحدث مع موظف"),
    ],
)
async def test_closed_doors_are_named_with_their_opening_and_what_works_now(
    new_customer: New, locale: str, wish: str
) -> None:
    somebody = new_customer(locale, at=NIGHT, timezone="Europe/Berlin")
    assert await somebody.says(wish) == [f"utter_closed@{locale}"]
    assert "callback" in somebody.payloads
    assert {"route:agent", "route:phone"}.isdisjoint(somebody.payloads)
    assert {entry["route"] for entry in (await somebody.decision())["closed"]} == {"agent", "phone"}
    assert await somebody.clicks("callback") == [f"utter_ask_phone_number@{locale}"]


async def test_self_service_goes_on_at_night(new_customer: New) -> None:
    tom = new_customer("en", at=NIGHT)
    assert await tom.says("where is order 10457720") == ["utter_tracking_dispatched@en"]
    assert {"route:agent", "route:phone"}.isdisjoint(tom.payloads)


async def test_new_session_greets_nobody_back_into_an_old_form(
    new_customer: New, agent: Agent
) -> None:
    anna = new_customer("de")
    await anna.says("Ich möchte stornieren")
    tracker = await anna.tracker()
    hours_ago = datetime.now().timestamp() - timedelta(hours=3).total_seconds()
    for event in tracker.events:
        event.timestamp = hours_ago
    await _stored_as(agent, anna, tracker)
    assert await anna.says("Hallo") == ["utter_greet@de"]
    assert await anna.form() is None
    assert any(isinstance(e, SessionStarted) for e in (await anna.tracker()).events)
    assert (await anna.slots())["language"] == "de"


async def _stored_as(agent: Agent, customer: Customer, tracker: object) -> None:
    """Store the events of `tracker` as those of a customer of another name."""
    customer.name += "-later"
    tracker.sender_id = customer.name  # type: ignore[attr-defined]
    await agent.tracker_store.save(tracker)


@pytest.fixture(scope="module")
def agent_without_actions(load: Callable[..., Agent]) -> Agent:
    """Return the assistant whose action server is down."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/webhook"
    return load(action_endpoint={"url": address})


@pytest.mark.parametrize(
    ("locale", "turns"),
    [
        ("en", ["I want to talk to a person"]),
        ("de", ["Ich will mit einem Menschen sprechen"]),
        ("es", ["¿Dónde está mi pedido 10457720?"]),
        ("ar", ["أريد التحدث مع موظف"]),
    ],
)
async def test_action_server_that_is_down_is_admitted_in_one_sentence(
    agent_without_actions: Agent, locale: str, turns: list[str]
) -> None:
    somebody = Customer(agent_without_actions, locale)
    for text in turns:
        heard = await asyncio.wait_for(somebody.says(text), timeout=20)
    assert heard[-1] == f"utter_failed@{locale}"
    assert "route:agent" in somebody.payloads


WARRANTY = {
    "en": "is my sofa under warranty?",
    "de": "Wie lange habe ich Garantie auf das Sofa?",
    "fr": "Combien de temps dure la garantie du canapé ?",
    "es": "¿cuánto dura la garantía del sofá?",
    "pt": "Quanto tempo dura a garantia do sofá?",
    "it": "Quanto dura la garanzia del divano?",
    "nl": "Hoe lang is de garantie op de bank?",
    "pl": "Jak długa jest gwarancja na sofę?",
    "tr": "Kanepenin garantisi ne kadar?",
    "ar": "كم مدة ضمان الأريكة؟",
}


@pytest.mark.parametrize("language", SERVED)
async def test_what_no_intent_covers_is_answered_by_its_article(
    new_customer: Callable[..., Customer], language: str
) -> None:
    somebody = new_customer(language)
    await somebody.says(WARRANTY[language])
    assert f"/chat/articles/{language}/warranty" in somebody.text
    assert (await somebody.decision())["state"]["failures"] == 0
