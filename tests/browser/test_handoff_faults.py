"""Handoffs in whose middle something is lost: the Rasa server, or the agent."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow

NewCustomer = Callable[..., ChatWindow]
NewAgent = Callable[..., DeskWindow]


@pytest.fixture(autouse=True)
def _running_again(assistant: Assistant) -> Iterator[None]:
    """Leave the assistant to the next test as it was found, also after a failure."""
    yield
    assistant.start()


def test_killed_rasa_loses_and_doubles_no_word_of_a_handoff(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    customer = new_customer("fr-FR").open()
    customer.person.click()
    expect(customer.answers).to_have_count(1)
    handoff = assistant.handoff(customer.conversation).id
    agent = new_agent().sign_in(*assistant.hire("Jeanne"))
    agent.open(handoff)
    agent.claim()
    customer.expect_answer("Jeanne")
    customer.say("Il manque une assiette.")
    expect(agent.lines("customer").last).to_contain_text("Il manque une assiette.")

    assistant.kill("rasa")
    expect(customer.page.locator(".prc-status--offline")).to_be_attached(timeout=30_000)
    customer.say("Allô ?")
    agent.page.locator("#text").fill("Je vous l’envoie demain.")
    agent.page.locator("form[data-reply] button.primary").click()
    expect(agent.page.locator("#problem")).to_contain_text("cannot be reached")
    expect(agent.page.locator("#text")).to_have_value("Je vous l’envoie demain.")

    assistant.launch("rasa")
    assistant.wait_for("rasa")
    customer.wait_until_online()
    expect(agent.lines("customer").last).to_contain_text("Allô ?", timeout=30_000)
    agent.page.locator("form[data-reply] button.primary").click()
    customer.expect_answer("Je vous l’envoie demain.")
    expect(agent.lines("agent")).to_have_count(1)
    heard = "\n".join(agent.lines("customer").all_inner_texts())
    assert heard.count("Il manque une assiette.") == heard.count("Allô ?") == 1
    assert heard.index("Il manque une assiette.") < heard.index("Allô ?")
    agent.finish()
    assert customer.texts.count("Je vous l’envoie demain.") == 1
    assert customer.texts.count("Allô ?") == 1


def test_conversation_of_an_agent_who_is_gone_waits_for_the_others(
    new_customer: NewCustomer, new_agent: NewAgent, assistant: Assistant
) -> None:
    customer = new_customer("pl-PL").open()
    customer.person.click()
    expect(customer.answers).to_have_count(1)
    handoff = assistant.handoff(customer.conversation).id
    gone = new_agent().sign_in(*assistant.hire("Kacper"))
    gone.open(handoff)
    gone.claim()
    gone.reply("Już sprawdzam.")
    gone.close()
    assistant.let_time_pass_for("kacper", handoff)
    other = new_agent().sign_in(*assistant.hire("Lena"))
    # The desk takes nothing back before it has itself been up for as long as that.
    expect(other.entry(handoff)).to_have_class(re.compile("waiting"), timeout=120_000)
    other.open(handoff)
    other.claim()
    customer.expect_answer("Lena")
    other.reply("Dzień dobry, przejęłam Pana sprawę.")
    other.finish()
    told = "\n".join(customer.texts)
    assert told.count("Już sprawdzam.") == 1
    assert told.count("Dzień dobry, przejęłam Pana sprawę.") == 1
