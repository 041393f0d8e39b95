"""The customer's side of a handoff: place, name, typing, way back, rating, and what they keep."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.waiting import wait_until
from tests.browser.windows import ChatWindow
from tests.browser.wire import Wire

NewCustomer = Callable[..., ChatWindow]
NewAgent = Callable[..., DeskWindow]


@pytest.fixture
def stranger(assistant: Assistant) -> Iterator[Wire]:
    wire = Wire(assistant.origin)
    yield wire
    wire.close()


def people(customer: ChatWindow) -> Locator:
    return customer.page.get_by_test_id("people")


def waits(customer: ChatWindow, assistant: Assistant) -> str:
    customer.open().person.click()
    expect(customer.answers).to_have_count(1, timeout=20_000)
    expect(customer.page.get_by_test_id("back")).to_be_visible()
    return assistant.handoff(customer.conversation).id


def test_customer_who_writes_while_waiting_can_still_go_back(
    new_customer: NewCustomer, assistant: Assistant
) -> None:
    customer = new_customer("de-DE")
    waits(customer, assistant)
    expect(people(customer)).to_contain_text("Ihr Platz in der Warteschlange: ")
    customer.say("Ich warte noch einen Moment")
    customer.say("Oder doch nicht")
    expect(customer.buttons).to_have_count(0)
    customer.page.get_by_test_id("back").click()
    customer.expect_answer("Sie sind wieder beim digitalen Assistenten.")
    expect(customer.page.get_by_test_id("back")).to_have_count(0)
    customer.ask("Welche Zahlungsarten gibt es?", "Stand: ")


def test_messages_of_a_waiting_customer_reach_the_agent_in_order_and_once(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    customer = new_customer("de-DE")
    handoff = waits(customer, assistant)
    written = [f"Nachricht {number}" for number in range(1, 6)]
    for text in written:
        customer.say(text)
    agent = new_agent().sign_in(*assistant.hire("Ivo"))
    agent.open(handoff)
    agent.claim()
    expect(people(customer)).to_contain_text("Ivo")
    customer.context.set_offline(True)
    customer.say("Noch eine ohne Netz")
    agent.reply("Ich bin da.")
    customer.context.set_offline(False)
    expect(customer.messages.filter(has_text="Ich bin da.")).to_have_count(1, timeout=30_000)
    expect(agent.lines("customer").last).to_contain_text("Noch eine ohne Netz", timeout=15_000)
    texts = agent.page.locator("#lines .line.customer .text").all_inner_texts()
    assert texts[-6:] == [*written, "Noch eine ohne Netz"]
    assert agent.page.locator("#lines .line.bot").count() == 2  # connecting, and who answers
    agent.finish()


def test_both_see_that_the_other_is_typing(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    customer = new_customer("en-GB")
    handoff = waits(customer, assistant)
    agent = new_agent().sign_in(*assistant.hire("Jana"))
    agent.open(handoff)
    agent.claim()
    expect(people(customer)).to_contain_text("You are chatting with \u2068Jana\u2069.")
    customer.box.press_sequentially("I am wri")
    expect(agent.page.locator("#typing")).to_be_visible()
    agent.page.locator("#text").press_sequentially("One mom")
    expect(customer.page.get_by_test_id("typing")).to_contain_text("A colleague is typing.")
    customer.box.fill("")
    expect(agent.page.locator("#typing")).to_be_hidden()
    expect(customer.page.get_by_test_id("typing")).to_have_count(0, timeout=15_000)
    agent.finish()


def test_rating_reaches_the_desk_and_the_transcript_is_the_customers(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant, tmp_path: Path
) -> None:
    customer = new_customer("de-DE")
    handoff = waits(customer, assistant)
    agent = new_agent().sign_in(*assistant.hire("Kai <b>", roles="agent operations"))
    agent.open(handoff)
    agent.claim()
    agent.reply("Ihr Paket ist <i>da</i>.")
    customer.expect_answer("Ihr Paket ist <i>da</i>.")
    agent.finish()
    form = customer.page.get_by_test_id("rating")
    form.get_by_label("4 von 5").check()
    form.get_by_label("Kommentar (freiwillig)").fill("Schnell & freundlich")
    form.get_by_role("button", name="Bewertung senden").click()
    expect(people(customer)).to_contain_text("Vielen Dank für Ihre Bewertung.")
    with customer.page.expect_download() as download:
        customer.page.get_by_test_id("transcript").click()
    download.value.save_as(tmp_path / "chat.html")
    kept = (tmp_path / "chat.html").read_text(encoding="utf-8")
    for piece in ('lang="de"', "Kai &lt;b&gt;", "Ihr Paket ist &lt;i&gt;da&lt;/i&gt;."):
        assert piece in kept
    agent.page.goto(f"{agent.origin}/ratings")
    expect(agent.page.locator("main")).to_contain_text("Schnell & freundlich")
    agent.page.get_by_role("link", name="4 out of 5").first.click()
    expect(agent.page.locator("aside")).to_contain_text("Schnell & freundlich")
    # Nor does a reload ask again.
    customer.page.reload()
    customer.wait_until_online()
    expect(customer.messages.last).to_be_visible()
    expect(customer.page.get_by_test_id("rating")).to_have_count(0)


def test_stranger_can_neither_rate_nor_read_the_conversation_of_another(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant, stranger: Wire
) -> None:
    customer = new_customer("de-DE")
    handoff = waits(customer, assistant)
    agent = new_agent().sign_in(*assistant.hire("Lena"))
    agent.open(handoff)
    agent.claim()
    agent.finish()
    expect(customer.page.get_by_test_id("rating")).to_be_visible()
    no_session = {"ok": False, "error": "no_session"}
    assert stranger.call("transcript", {}) == no_session
    assert stranger.call("rate", {"handoff": handoff, "stars": 1}) == no_session
    assert stranger.open_session("forged.token")["error"] == "bad_token"
    assert stranger.call("transcript", {}) == no_session
    assert stranger.open_session()["ok"]
    refused = stranger.call("rate", {"handoff": handoff, "stars": 1, "comment": ""})
    assert refused == {"ok": False, "error": "not_rateable"}
    assert "<li" not in stranger.call("transcript", {"locale": "de"})["html"]


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("ar-AE", 320)])
def test_customers_side_is_for_everybody(
    new_customer: NewCustomer,
    new_agent: NewAgent,
    assistant: Assistant,
    axe: str,
    locale: str,
    width: int,
) -> None:
    customer = new_customer(locale, width=width, height=640)
    handoff = waits(customer, assistant)
    wait_until(lambda: people(customer).inner_text() != "")
    assert customer.violations(axe) == []
    agent = new_agent(locale, width=width).sign_in(*assistant.hire("Mona"))
    agent.open(handoff)
    agent.claim()
    expect(people(customer)).to_contain_text("Mona")
    assert customer.violations(axe) == []
    agent.finish()
    form = customer.page.get_by_test_id("rating")
    expect(form).to_be_visible()
    assert customer.violations(axe) == []
    assert customer.overflow() <= 0
    form.locator("input").first.focus()
    customer.page.keyboard.press("ArrowDown")
    customer.page.keyboard.press("Tab")
    customer.page.keyboard.type("ok")
    customer.page.keyboard.press("Tab")
    customer.page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(people(customer)).not_to_be_empty()
    agent.page.goto(f"{agent.origin}/ratings")
    assert agent.violations(axe) == []
    assert agent.overflow() <= 0
