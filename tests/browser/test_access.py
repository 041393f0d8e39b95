"""The page for everybody: by keyboard, by screen reader, from right to left, on small screens."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow

NewCustomer = Callable[..., ChatWindow]
NewAgent = Callable[..., DeskWindow]
_SAYINGS = {
    "en-GB": ("Hello", "welcome to Lindenhof", "I would like to read about returns", "updated"),
    "ar-AE": ("مرحبا", "كيف يمكنني مساعدتكم؟", "أريد أن أقرأ عن مدة التوصيل", "آخر تحديث"),
}


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("locale", ["en-GB", "ar-AE"])
def test_chat_breaks_no_rule_of_accessibility(
    new_customer: NewCustomer, axe: str, locale: str, width: int
) -> None:
    hello, welcome, question, updated = _SAYINGS[locale]
    chat = new_customer(locale, width=width, height=640)
    expect(chat.launcher).to_be_visible()
    assert chat.violations(axe) == []
    chat.open()
    assert chat.violations(axe) == []
    chat.ask(hello, welcome)
    expect(chat.buttons.first).to_be_visible()
    assert chat.violations(axe) == []
    chat.ask(question, updated)
    assert chat.violations(axe) == []


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("ar-AE", 320)])
def test_desk_breaks_no_rule_of_accessibility(
    new_customer: NewCustomer,
    new_agent: NewAgent,
    assistant: Assistant,
    axe: str,
    locale: str,
    width: int,
) -> None:
    customer = new_customer(locale).open()
    customer.person.click()
    expect(customer.answers).to_have_count(1)
    agent = new_agent(locale, width=width, height=640)
    assert agent.violations(axe) == []
    agent.sign_in(*assistant.hire("Nour"))
    assert agent.violations(axe) == []
    assert agent.overflow() <= 0
    agent.open(assistant.handoff(customer.conversation).id)
    agent.claim()
    agent.reply("أهلًا وسهلًا")
    assert agent.violations(axe) == []
    assert agent.overflow() <= 0
    agent.finish()


def test_arabic_chat_fits_a_screen_of_320_pixels(new_customer: NewCustomer, tmp_path: Path) -> None:
    chat = new_customer("ar-AE", width=320, height=568)
    assert chat.overflow() <= 0
    chat.open()
    chat.ask("مرحبا", "كيف يمكنني مساعدتكم؟")
    chat.ask("أريد أن أقرأ عن مدة التوصيل", "آخر تحديث")
    chat.ask("W" * 90)
    chat.page.screenshot(path=tmp_path / "chat-ar-320.png")
    assert chat.overflow() <= 0
    box = chat.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 320)
    assert chat.panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 0
    sent = chat.page.locator(".webchat__bubble--from-user").first.bounding_box()
    close = chat.page.get_by_test_id("close").bounding_box()
    assert sent is not None
    assert close is not None
    # One's own words stand at the end of the line and the way out too: here that is the left.
    assert sent["x"] + sent["width"] / 2 < 160
    assert close["x"] < 160


def test_whole_conversation_works_by_keyboard(new_customer: NewCustomer) -> None:
    chat = new_customer("en-GB")
    chat.launcher.focus()
    chat.page.keyboard.press("Enter")
    chat.wait_until_online()
    expect(chat.box).to_be_focused()
    chat.page.keyboard.type("Hello")
    chat.page.keyboard.press("Enter")
    chat.expect_answer("welcome to Lindenhof")
    expect(chat.box).to_be_focused()

    _press_until(chat, "Shift+Tab", "Track an order")
    chat.page.keyboard.press("Enter")
    chat.expect_answer("What is your order number?")

    _press_until(chat, "Shift+Tab", "Never mind")
    chat.page.keyboard.press("Enter")
    chat.expect_answer("I have stopped here.")

    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    chat.page.keyboard.press("Space")
    expect(chat.panel).to_be_visible()
    expect(chat.box).to_be_focused()


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("ar", 320)])
def test_agent_helps_a_customer_by_keyboard_alone(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant, locale: str, width: int
) -> None:
    customer = new_customer("nl-NL").open()
    customer.person.click()
    expect(customer.answers).to_have_count(1)
    handoff = assistant.handoff(customer.conversation).id
    login, password = assistant.hire("Oumaima")
    agent = new_agent(locale, width=width)
    keyboard = agent.page.keyboard
    agent.page.locator("#login").focus()
    keyboard.type(login)
    keyboard.press("Tab")
    keyboard.type(password)
    keyboard.press("Enter")
    expect(agent.page.locator("#queue")).to_be_visible()

    _tab_to(agent, f"#entry-{handoff}")
    keyboard.press("Enter")
    expect(agent.page.locator("#lines")).to_be_visible()
    _tab_to(agent, "form[action$='/claim'] button")
    keyboard.press("Enter")
    _tab_to(agent, "#text")
    keyboard.type("Goedemiddag, ik kijk even mee.")
    keyboard.press("Control+Enter")
    customer.expect_answer("Goedemiddag, ik kijk even mee.")
    expect(agent.page.locator("#text")).to_be_focused()
    expect(agent.page.locator("#text")).to_have_value("")
    _tab_to(agent, "#return")
    keyboard.press("Space")
    expect(agent.page.locator("#queue")).to_be_visible()
    customer.expect_answer("assistent")


def _tab_to(agent: DeskWindow, target: str) -> None:
    """Press Tab until the focus is on `target`, at most 60 times."""
    for _ in range(60):
        agent.page.keyboard.press("Tab")
        place = agent.page.locator(target)
        if place.count() and place.evaluate("it => it === document.activeElement"):
            return
    pytest.fail(f"{target} is not reached by Tab")


def _press_until(chat: ChatWindow, key: str, reached: str) -> None:
    """Press a key until the focus shows that a button is reached, at most 12 times."""
    seen = []
    for _ in range(12):
        chat.page.keyboard.press(key)
        seen.append(chat.focused_text())
        if reached in seen[-1]:
            return
    pytest.fail(f"'{reached}' is not reached by {key}, only {seen}")


def test_answers_are_announced_to_screen_readers(new_customer: NewCustomer) -> None:
    chat = new_customer("de-DE").open()
    expect(chat.panel).to_have_role("dialog")
    expect(chat.panel).to_have_accessible_name("Kundenservice")
    chat.ask("Guten Tag", "willkommen bei Lindenhof")
    expect(chat.panel.get_by_role("log").first).to_be_attached()
    expect(chat.status).to_have_role("status")
