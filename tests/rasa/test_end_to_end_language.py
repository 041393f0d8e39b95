"""Languages over whole conversations: recognised, switched, asked for, not served."""

from collections.abc import Callable

import pytest

from persona_router.handoff.sqlite import open_queue
from tests.rasa.customer import Customer
from tests.served import SERVED

New = Callable[..., Customer]


@pytest.mark.parametrize(
    ("browser", "text", "language"),
    [
        ("en", "Wo ist mein Paket?", "de"),
        ("de", "¿Dónde está mi pedido?", "es"),
        ("es", "أين طلبي؟", "ar"),
        ("ar", "Where is my parcel?", "en"),
    ],
)
async def test_customer_is_answered_in_the_language_they_write(
    new_customer: New, browser: str, text: str, language: str
) -> None:
    somebody = new_customer(browser)
    assert await somebody.says(text) == [f"utter_ask_order_number@{language}"]
    assert (await somebody.slots())["language"] == language


async def test_language_is_asked_for_in_the_middle_of_a_form(new_customer: New) -> None:
    somebody = new_customer("en")
    assert await somebody.says("Guten Tag, wo ist mein Paket?") == ["utter_ask_order_number@de"]
    assert await somebody.says("English please") == ["utter_language_changed@en"]
    assert await somebody.says("en español, por favor") == ["utter_language_changed@es"]
    assert await somebody.form() == "track_order_form"
    assert await somebody.says("7720418") == ["utter_tracking_placed@es"]


async def test_customer_who_switches_is_followed_within_two_messages(new_customer: New) -> None:
    somebody = new_customer("de")
    await somebody.says("Guten Tag, ich hätte eine Frage zu meiner Bestellung")
    await somebody.says("sorry, my German is not very good, can we do this in my language")
    [heard] = await somebody.says("how long does the delivery usually take?")
    assert heard.endswith("@en")


@pytest.mark.parametrize(
    ("browser", "text", "answered_in"),
    [
        ("en", "Dobrý den, kde je moje zásilka? Čekám na ni už dva týdny.", "en"),
        ("de-AT", "Hej, var är mitt paket? Jag har väntat på det i två veckor.", "de"),
        ("hu-HU", "Jó napot, szeretném megtudni, hol van a csomagom.", "en"),
        ("pl", "Здравствуйте, где моя посылка? Жду её уже две недели.", "pl"),
    ],
)
async def test_unserved_language_is_admitted_and_the_served_ones_are_shown(
    new_customer: New, browser: str, text: str, answered_in: str
) -> None:
    somebody = new_customer(browser)
    assert await somebody.says(text) == [f"utter_unsupported_language@{answered_in}"]
    offered = [p for p in somebody.payloads if p.startswith("language:")]
    assert offered == [f"language:{code}" for code in SERVED]
    assert await somebody.clicks("language:es") == ["utter_language_changed@es"]
    assert await somebody.says("¿dónde está mi pedido?") == ["utter_ask_order_number@es"]


async def test_customer_whose_language_only_people_speak_is_led_to_them(
    new_customer: New,
) -> None:
    oksana = new_customer("de")
    said = await oksana.says("Добрий день, де моя посилка? Чекаю вже другий тиждень.")
    assert said == ["utter_unsupported_language@de"]
    assert "In unserem Team wird sie aber gesprochen (Ukrainisch)" in oksana.text
    titles = {b["payload"]: b["title"] for m in oksana.messages for b in m["buttons"]}
    assert titles["route:agent"].endswith("· Українська")
    assert await oksana.clicks("route:agent") == ["utter_handoff_waiting@de"]
    [handoff] = open_queue().open_for(oksana.name)
    assert (handoff.request.language, handoff.request.locale) == ("uk", "de")


async def test_numbers_and_clicks_never_change_the_language(new_customer: New) -> None:
    noura = new_customer("en-GB")
    await noura.says("أين طلبي؟")
    assert await noura.says("5530871") == ["utter_tracking_packed@ar"]
    assert (await noura.says("ok"))[0].endswith("@ar")
    assert await noura.clicks("route:agent", "Chat") == ["utter_handoff_waiting@ar"]


@pytest.mark.parametrize("locale", ["es-MX", "es-AR", "es-419", "de-CH", "ar-EG", "en-ZA"])
async def test_region_of_the_browser_keeps_the_language_of_the_texts(
    new_customer: New, locale: str
) -> None:
    greetings = {"es": "hola buenas tardes", "de": "Grüezi, guten Tag", "ar": "السلام عليكم",
                 "en": "good morning"}  # fmt: skip
    somebody = new_customer(locale)
    assert await somebody.says(greetings[locale[:2]]) == [f"utter_greet@{locale[:2]}"]
    assert (await somebody.parsed())["language"]["locale"] == locale
