"""A guess is corrected, a choice remembered over visits and forgotten, by clicks alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.servers import Assistant
from tests.browser.waiting import wait_until
from tests.browser.windows import STORED_TOKEN, ChatWindow

_STORED = "persona-router-chat:preference"
_GERMAN = {
    "locale": "de-DE",
    "asks": "10457720 verfolgen",
    "why": "Warum dieser Vorschlag?",
    "because": "Diesen Vorschlag habe ich aus folgenden Gründen gemacht",
    "correct": "Das trifft auf mich nicht zu",
    "corrected": "Ich stelle ab jetzt keine Vermutungen mehr an",
    "phone": "Am Telefon klären",
    "number": "+49 30 23125 112",
    "remember": "Fürs nächste Mal merken",
    "remembered": "Ihr bevorzugter Weg: Telefon",
    "before": "Sie haben sich bei einem früheren Besuch diesen Weg gewünscht.",
    "forget": "Meine Wahl vergessen",
    "forgotten": "In diesem Browser ist Ihre Wahl nicht mehr gespeichert.",
}
_ARABIC = {
    "locale": "ar-AE",
    "asks": "تتبع 10457720",
    "why": "لماذا هذا الاقتراح؟",
    "because": "اقترحت ذلك للأسباب التالية",
    "correct": "هذا لا ينطبق عليّ",
    "corrected": "لن أخمّن بعد الآن",
    "phone": "عبر الهاتف",
    "number": "+971 4 000 0112",
    "remember": "تذكُّر هذا في المرة القادمة",
    "remembered": "الطريقة المفضلة لديكم: خدمة الهاتف",
    "before": "طلبتم هذه الطريقة في زيارة سابقة",
    "forget": "نسيان اختياري",
    "forgotten": "ولم يعد اختياركم محفوظًا في هذا المتصفح",
}


def stored(chat: ChatWindow) -> Any:
    """Return what the browser keeps of the preference; None for nothing."""
    return json.loads(chat.page.evaluate("key => localStorage.getItem(key)", _STORED) or "null")


def come_back(chat: ChatWindow) -> None:
    """Let the customer leave and come back later, to a conversation of its own."""
    chat.page.evaluate(
        "token => { localStorage.removeItem(token); sessionStorage.clear(); }", STORED_TOKEN
    )
    chat.page.reload()
    chat.open()
    expect(chat.messages).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("words", [_GERMAN, _ARABIC], ids=["de", "ar"])
def test_choice_is_corrected_remembered_applied_and_forgotten(
    new_customer: Callable[..., ChatWindow],
    assistant: Assistant,
    axe: str,
    words: dict[str, str],
    width: int,
) -> None:
    chat = new_customer(words["locale"], width=width, height=720).open()
    chat.ask(words["asks"])
    chat.choose(words["why"], words["because"])
    expect(chat.answers.last.locator("li")).to_have_count(2)
    chat.choose(words["correct"], words["corrected"])
    chat.choose(words["phone"], words["number"])
    assert stored(chat) is None
    chat.choose(words["remember"], words["remembered"])
    wait_until(lambda: stored(chat) == {"preferred": "phone", "corrected": True})
    assert chat.violations(axe) == []
    assert chat.overflow() <= 0
    rows = wait_until(lambda: _rows(assistant, chat, 5))
    assert [row["corrected"] for row in rows] == [0, 0, 1, 1, 1]
    assert (rows[3]["stated_route"], rows[3]["inferred_persona"]) == ("phone", "sprinter")
    assert rows[3]["inferred_route"] == "self_service"

    chat.page.reload()
    chat.wait_until_online() if chat.panel.is_visible() else chat.open()
    expect(chat.messages).to_have_count(10)
    assert stored(chat) == {"preferred": "phone", "corrected": True}

    come_back(chat)
    chat.ask(words["asks"], words["number"])
    chat.choose(words["why"], words["before"])
    chat.choose(words["forget"], words["forgotten"])
    wait_until(lambda: stored(chat) is None)
    rows = wait_until(lambda: _rows(assistant, chat, 3))
    assert [row["stated_route"] for row in rows] == ["phone", "phone", None]

    come_back(chat)
    chat.ask(words["asks"])
    assert words["number"] not in chat.texts[-1]
    assert stored(chat) is None


def test_browser_that_forbids_storage_is_offered_nothing_to_remember(
    new_customer: Callable[..., ChatWindow],
) -> None:
    chat = new_customer("en-GB")
    chat.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); }"
    )
    chat.page.reload()
    chat.open()
    chat.ask("track 10457720")
    chat.choose("By phone", "+44 20 7946 0112")
    expect(chat.button("Why this?")).to_be_visible()
    expect(chat.button("Remember this for next time")).to_have_count(0)


@pytest.mark.parametrize(
    "tampered", ["7", '"phone"', '{"preferred": ["phone"], "corrected": "yes"}', "{", "[]"]
)
def test_whatever_the_browser_holds_the_customer_is_served(
    new_customer: Callable[..., ChatWindow], tampered: str
) -> None:
    chat = new_customer("en-GB")
    chat.page.evaluate("([key, value]) => localStorage.setItem(key, value)", [_STORED, tampered])
    chat.page.reload()
    chat.open()
    chat.ask("I want to cancel my order", "What is your order number?")


def _rows(assistant: Assistant, chat: ChatWindow, number: int) -> list[dict[str, Any]]:
    rows = assistant.decisions(chat.conversation)
    return rows if len(rows) == number else []
