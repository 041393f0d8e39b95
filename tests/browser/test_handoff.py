"""A customer's window and an agent's: from the wish for a person back to the assistant."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow


def test_handoff_goes_to_an_agent_and_back(
    new_customer: Callable[..., ChatWindow],
    new_agent: Callable[..., DeskWindow],
    assistant: Assistant,
) -> None:
    customer = new_customer("de-DE").open()
    customer.ask("Ich möchte meine Bestellung stornieren", "Wie lautet Ihre Bestellnummer?")
    customer.ask("Bitte verbinden Sie mich mit einem Menschen", "Sie sind Nummer ")
    handoff = assistant.handoff(customer.conversation).id

    agent = new_agent().sign_in(*assistant.hire("Amira Weiß"))
    entry = agent.entry(handoff)
    for fact in ("Chat · Asked for a person", "Deutsch", "cancel order"):
        expect(entry).to_contain_text(fact)
    agent.open(handoff)
    about = agent.page.locator("aside")
    for fact in ("Deutsch (de-DE)", "What this rests on", "Self-service"):
        expect(about).to_contain_text(fact)
    assert about.locator("meter").count() == 3
    expect(agent.lines("customer").first).to_contain_text("Ich möchte meine Bestellung stornieren")
    expect(agent.lines("bot").first).to_contain_text("Wie lautet Ihre Bestellnummer?")

    agent.claim()
    customer.expect_answer("Sie schreiben jetzt mit Amira Weiß.")
    agent.reply("Guten Tag, wie kann ich helfen? <b>Amira</b>")
    customer.expect_answer("Guten Tag, wie kann ich helfen? <b>Amira</b>")
    expect(customer.page.locator(".prc-note").last).to_contain_text("Amira Weiß")
    expect(customer.button("Zurück zum Assistenten")).to_be_visible()

    customer.say("Meine Nummer ist 55012398")
    expect(agent.lines("customer").last).to_contain_text("Meine Nummer ist 55012398")
    agent.reply("Danke, ich sehe nach.")
    customer.expect_answer("Danke, ich sehe nach.")
    assert customer.texts[-2:] == ["Meine Nummer ist 55012398", "Danke, ich sehe nach."]

    agent.finish()
    expect(agent.entry(handoff)).to_have_count(0)
    customer.expect_answer("Ab hier hilft Ihnen wieder der Assistent.")
    # The wish for a person was granted; it does not stand in the way of an article now.
    customer.ask("Welche Zahlungsarten gibt es?", "Stand: ")


def test_agent_elsewhere_sees_that_the_conversation_is_taken(
    new_customer: Callable[..., ChatWindow],
    new_agent: Callable[..., DeskWindow],
    assistant: Assistant,
) -> None:
    customer = new_customer("en-GB").open()
    customer.person.click()
    customer.expect_answer("I am connecting you with a colleague.")
    handoff = assistant.handoff(customer.conversation).id
    first = new_agent().sign_in(*assistant.hire("Amira"))
    second = new_agent("de-DE").sign_in(*assistant.hire("Ben"))
    first.open(handoff)
    second.open(handoff)
    first.claim()
    second.page.locator("form[action$='/claim'] button").click()
    expect(second.page.locator("#problem")).to_contain_text("Amira")
    assert second.page.locator("#text").count() == 0
    first.finish()


def test_of_two_agents_who_claim_at_once_one_wins_and_the_other_is_told(
    new_customer: Callable[..., ChatWindow],
    new_agent: Callable[..., DeskWindow],
    assistant: Assistant,
) -> None:
    customer = new_customer("it-IT").open()
    customer.person.click()
    expect(customer.answers).to_have_count(1)
    handoff = assistant.handoff(customer.conversation).id
    rivals = [new_agent().sign_in(*assistant.hire(name)) for name in ("Marta", "Nico")]
    for rival in rivals:
        rival.open(handoff)
    for rival in rivals:
        # Not waiting for the answer, so that both are under way together.
        rival.page.locator("form[action$='/claim']").evaluate(
            "form => setTimeout(() => form.submit())"
        )
    for rival in rivals:
        expect(rival.page.locator("#text, .problem")).to_have_count(1)
    holds = [rival.page.locator("#text").count() for rival in rivals]
    assert sorted(holds) == [0, 1]
    winner, loser = rivals if holds[0] else rivals[::-1]
    holder = "Marta" if holds[0] else "Nico"
    expect(loser.page.locator("#problem")).to_contain_text(holder)
    customer.expect_answer(holder)
    assert sum("Marta" in text or "Nico" in text for text in customer.texts) == 1
    winner.finish()


@pytest.mark.parametrize(
    ("locale", "words", "asks", "wish", "waits"),
    [
        pytest.param(
            "en-GB", "I want to cancel my order", "What is your order number?",
            "I would rather talk to a person", "I am connecting you with a colleague.", id="en",
        ),
        pytest.param(
            "es-ES", "Quiero cancelar mi pedido", "¿Cuál es su número de pedido?",
            "Prefiero hablar con una persona", "Le pongo en contacto con alguien", id="es",
        ),
        pytest.param(
            "ar-EG", "أريد إلغاء طلبي", "ما رقم طلبكم؟",
            "أريد التحدث إلى موظف", "أوصلكم الآن بأحد زملائي.", id="ar",
        ),
    ],
)  # fmt: skip
def test_wish_for_a_person_is_honoured_inside_a_form(
    new_customer: Callable[..., ChatWindow],
    locale: str,
    words: str,
    asks: str,
    wish: str,
    waits: str,
) -> None:
    customer = new_customer(locale).open()
    customer.ask(words, asks)
    customer.ask(wish, waits)


def test_desk_refuses_a_wrong_password(new_agent: Callable[..., DeskWindow]) -> None:
    agent = new_agent()
    agent.page.locator("#login").fill("mallory")
    agent.page.locator("#password").fill("guessed")
    agent.page.locator("#password").press("Enter")
    expect(agent.page.get_by_role("alert")).to_contain_text("password is not right.")
    agent.page.goto(f"{agent.origin}/")
    expect(agent.page.locator("#password")).to_be_visible()
