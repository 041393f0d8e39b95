"""A Rasa server that crashes in the middle of a conversation, and comes back."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.servers import Assistant
from tests.browser.waiting import wait_until
from tests.browser.windows import ChatWindow


@pytest.fixture(autouse=True)
def _running_again(assistant: Assistant) -> Iterator[None]:
    """Leave the assistant to the next test as it was found, also after a failure."""
    yield
    assistant.thaw("actions")
    assistant.start()


def test_conversation_goes_on_after_a_crash_and_nothing_is_lost(
    new_customer: Callable[..., ChatWindow], assistant: Assistant
) -> None:
    chat = new_customer("de-DE").open()
    chat.ask("Guten Tag", "willkommen bei Lindenhof")
    chat.ask("Ich möchte meine Bestellung stornieren", "Wie lautet Ihre Bestellnummer?")

    assistant.kill("rasa")
    expect(chat.page.locator(".prc-status--offline")).to_be_attached(timeout=30_000)
    expect(chat.status).to_contain_text("Keine Verbindung")
    chat.say("55012398")
    expect(chat.page.locator(".prc-note").last).to_have_text("Wartet auf die Verbindung")

    assistant.launch("rasa")
    assistant.wait_for("rasa")
    chat.wait_until_online()
    chat.expect_answer("mit welcher E-Mail-Adresse haben Sie bestellt?")
    chat.ask("mia.schulz@example.org", "Soll ich die gesamte Bestellung 55012398 stornieren?")
    chat.choose("Nein, behalten", "an der Bestellung 55012398 ändert sich nichts")
    said = [
        "Guten Tag",
        "Guten Tag und willkommen bei Lindenhof.",
        "Ich möchte meine Bestellung stornieren",
        "Wie lautet Ihre Bestellnummer?",
        "55012398",
        "Und mit welcher E-Mail-Adresse haben Sie bestellt?",
        "mia.schulz@example.org",
        "Soll ich die gesamte Bestellung 55012398 stornieren?",
        "Nein, behalten",
        "In Ordnung, an der Bestellung 55012398 ändert sich nichts.",
    ]
    _expect_exactly(chat, said)
    chat.expect_speech("de", "ltr")

    chat.page.reload()
    chat.wait_until_online()
    _expect_exactly(chat, said)
    chat.expect_speech("de", "ltr")


def test_message_in_the_middle_of_its_turn_is_answered_once_after_a_crash(
    new_customer: Callable[..., ChatWindow], assistant: Assistant
) -> None:
    chat = new_customer("es-ES").open()
    chat.ask("Quiero cancelar mi pedido", "¿Cuál es su número de pedido?")
    assistant.freeze("actions")
    chat.say("8812093")
    expect(chat.page.get_by_test_id("typing")).to_be_attached()
    assistant.kill("rasa")
    assistant.thaw("actions")
    assistant.launch("rasa")
    assistant.wait_for("rasa")
    chat.wait_until_online()
    chat.expect_answer("¿Y con qué correo electrónico hizo el pedido?")
    chat.ask("ines.castro@example.org", "¿Cancelo el pedido 8812093 completo?")
    _expect_exactly(
        chat,
        [
            "Quiero cancelar mi pedido",
            "¿Cuál es su número de pedido?",
            "8812093",
            "¿Y con qué correo electrónico hizo el pedido?",
            "ines.castro@example.org",
            "¿Cancelo el pedido 8812093 completo?",
        ],
    )


@pytest.mark.parametrize("saved", [True, False])
def test_message_whose_answer_was_just_sent_is_not_answered_again_after_a_crash(
    new_customer: Callable[..., ChatWindow], assistant: Assistant, saved: bool
) -> None:
    chat = new_customer("en-GB").open()
    chat.ask("I want to cancel my order", "What is your order number?")
    wait_until(lambda: len(assistant.decisions(chat.conversation)) == 1)
    assistant.keep_conversations()
    chat.ask("7720418", "which e-mail address did you order with?")
    wait_until(lambda: len(assistant.decisions(chat.conversation)) == 2)
    assistant.kill("rasa")
    assistant.forget_last_turn_was_handled(chat.conversation)
    if not saved:
        assistant.take_conversations_back()
    assistant.launch("rasa")
    assistant.wait_for("rasa")
    chat.wait_until_online()
    chat.ask("tom.reilly@example.org", "Shall I cancel the whole of order 7720418?")
    _expect_exactly(
        chat,
        [
            "I want to cancel my order",
            "What is your order number?",
            "7720418",
            "And which e-mail address did you order with?",
            "tom.reilly@example.org",
            "Shall I cancel the whole of order 7720418?",
        ],
    )


def test_reload_keeps_history_and_form_on_a_small_screen(
    new_customer: Callable[..., ChatWindow],
) -> None:
    chat = new_customer("ar-AE", width=320, height=568).open()
    chat.ask("أريد إلغاء طلبي", "ما رقم طلبكم؟")
    chat.page.reload()
    expect(chat.panel).to_have_count(0)
    chat.open()
    _expect_exactly(chat, ["أريد إلغاء طلبي", "ما رقم طلبكم؟"])
    chat.expect_speech("ar", "rtl")
    chat.ask("33709120", "وما البريد الإلكتروني الذي استخدمتموه عند الطلب؟")


def _expect_exactly(chat: ChatWindow, said: list[str]) -> None:
    """Wait until the chat shows exactly these messages by their beginnings, in this order."""
    expect(chat.messages).to_have_count(len(said))
    shown = chat.texts
    assert [text[: len(start)] for text, start in zip(shown, said, strict=True)] == said
