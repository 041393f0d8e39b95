"""A customer and two agents: passing on, a summary, next, and a desk that is killed in between."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow

NewCustomer = Callable[..., ChatWindow]
NewAgent = Callable[..., DeskWindow]


def asks_for_a_person(customer: ChatWindow, assistant: Assistant) -> str:
    customer.open().person.click()
    expect(customer.answers).to_have_count(1)
    return assistant.handoff(customer.conversation).id


def test_conversation_passes_from_one_agent_to_another(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    customer = new_customer("de-DE")
    handoff = asks_for_a_person(customer, assistant)
    first = new_agent().sign_in(*assistant.hire("Carla"))
    second = new_agent("ar").sign_in(*assistant.hire("Dina"))
    first.open(handoff)
    first.claim()
    customer.expect_answer("Sie schreiben jetzt mit Carla.")
    first.page.locator("#note").fill("Wartet seit gestern")
    first.page.locator("form[action$='/note'] button").click()
    first.page.locator(".handle summary").click()
    first.page.locator("#to").select_option("agent:dina")
    first.page.locator("form[action$='/transfer'] button").click()
    expect(first.page.locator(".done")).to_be_visible()
    customer.expect_answer("Sie schreiben jetzt mit Dina.")
    expect(second.entry(handoff)).to_contain_text("Dina")
    second.open(handoff)
    expect(second.page.locator(".notes")).to_contain_text("Wartet seit gestern")
    second.reply("Guten Tag, ich übernehme.")
    customer.expect_answer("Guten Tag, ich übernehme.")
    second.page.locator("#summary").fill("Das Paket kommt am Freitag.")
    second.finish()
    customer.expect_answer("Ab hier hilft Ihnen wieder der Assistent.")
    assert "Kurz zusammengefasst: Das Paket kommt am Freitag." in "\n".join(customer.texts)
    customer.ask("Welche Zahlungsarten gibt es?", "Stand: ")


def test_next_takes_what_has_just_come_in(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    agent = new_agent().sign_in(*assistant.hire("Elif", languages=("tr",)))
    customer = new_customer("tr-TR")
    handoff = asks_for_a_person(customer, assistant)
    expect(agent.entry(handoff)).to_be_visible(timeout=5000)
    agent.page.locator("#next").click()
    expect(agent.page).to_have_url(f"{agent.origin}/handoffs/{handoff}")
    customer.expect_answer("Elif")
    agent.finish()


def test_killed_desk_loses_neither_sign_in_nor_conversation(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    customer = new_customer("en-GB")
    handoff = asks_for_a_person(customer, assistant)
    agent = new_agent().sign_in(*assistant.hire("Farid"))
    agent.open(handoff)
    agent.claim()
    agent.page.locator("#text").fill("I am looking into it.")
    assistant.kill("desk")
    expect(agent.page.locator("#offline")).to_be_visible(timeout=30_000)
    customer.say("Are you still there?")
    assistant.launch("desk")
    assistant.wait_for("desk")
    expect(agent.lines("customer").last).to_contain_text("Are you still there?", timeout=10_000)
    expect(agent.page.locator("#text")).to_have_value("I am looking into it.")
    agent.page.locator("form[data-reply] button.primary").click()
    customer.expect_answer("I am looking into it.")
    assert customer.texts.count("I am looking into it.") == 1
    agent.finish()


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("ar", 320)])
def test_buttons_stay_where_they_are_while_lines_arrive(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant, locale: str, width: int
) -> None:
    customer = new_customer("en-GB")
    handoff = asks_for_a_person(customer, assistant)
    agent = new_agent(locale, width=width).sign_in(*assistant.hire("Ines"))
    agent.open(handoff)
    agent.claim()
    place = agent.page.locator("#return").evaluate_handle("button => button")
    before = place.evaluate("button => button.getBoundingClientRect().top + window.scrollY")
    customer.say("The parcel arrived without its lid, and I would like to keep the rest of it.")
    expect(agent.lines("customer").last).to_contain_text("without its lid")
    agent.reply("I will send you the lid.")
    after = place.evaluate("button => button.getBoundingClientRect().top + window.scrollY")
    assert after == before
    agent.finish()


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("ar", 320)])
def test_pages_of_administrators_work_by_keyboard(
    new_agent: NewAgent, assistant: Assistant, axe: str, locale: str, width: int
) -> None:
    login, password = assistant.hire("Gül", roles="agent operations admin")
    agent = new_agent(locale, width=width).sign_in(login, password)
    agent.page.goto(f"{agent.origin}/people")
    agent.page.locator("#login").focus()
    agent.page.keyboard.type(f"new-{locale.lower()}")
    agent.page.keyboard.press("Tab")
    agent.page.keyboard.type("Hanna")
    agent.page.keyboard.press("Enter")
    expect(agent.page.locator(".done code")).to_contain_text("/welcome?code=")
    assert agent.violations(axe) == []
    assert agent.overflow() <= 0
