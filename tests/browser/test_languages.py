"""One conversation per language, each to the end of another route."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow

NewCustomer = Callable[..., ChatWindow]


def test_english_customer_cancels_an_order_without_help(new_customer: NewCustomer) -> None:
    chat = new_customer("en-GB").open()
    chat.ask("I want to cancel my order", "What is your order number?")
    chat.expect_speech("en", "ltr")
    expect(chat.button("Never mind")).to_be_visible()
    expect(chat.button("Chat with a colleague")).to_be_visible()
    expect(chat.button("By phone")).to_be_visible()
    chat.ask("why this?", "I suggested this because:")
    chat.ask("4471903", "which e-mail address did you order with?")
    chat.ask("emma.hughes@example.com", "Shall I cancel the whole of order 4471903?")
    assert chat.buttons.all_inner_texts()[:2] == ["Yes, cancel it", "No, keep it"]
    chat.choose("Yes, cancel it", "Done: order 4471903 is cancelled.")
    chat.expect_answer("£208.00")
    chat.ask("I want to cancel order 4471903", "has already been cancelled")


def test_german_customer_reads_an_article_and_then_prefers_the_phone(
    new_customer: NewCustomer,
) -> None:
    chat = new_customer("de-DE").open()
    chat.ask("Ich möchte nachlesen, welche Frist für die Rückgabe gilt", "Stand: ")
    chat.expect_speech("de", "ltr")
    assert {"Mit dem Team chatten", "Am Telefon klären"} < set(chat.buttons.all_inner_texts())
    with chat.context.expect_page() as opened:
        chat.answers.last.get_by_role("link").last.click()
    article = opened.value
    expect(article.locator("html")).to_have_attribute("lang", "de")
    expect(article.locator("html")).to_have_attribute("dir", "ltr")
    expect(article.get_by_role("heading", level=1)).to_have_text(
        "Rückgabe: Fristen, Kosten und Ausnahmen"
    )
    article.close()
    chat.choose("Warum dieser Vorschlag?", "Diesen Vorschlag habe ich aus folgenden Gründen")
    chat.expect_answer("Sie möchten es lieber nachlesen.")
    chat.choose("Am Telefon klären", "+49 30 23125 112")
    chat.ask("Wie lange dauert die Lieferung nach Österreich?", "+49 30 23125 112")
    chat.choose("Warum dieser Vorschlag?", "Sie haben diesen Weg selbst gewählt.")


def test_arabic_customer_gets_a_number_that_reads_from_left_to_right(
    new_customer: NewCustomer,
) -> None:
    chat = new_customer("ar-AE").open()
    expect(chat.page.locator("html")).to_have_attribute("dir", "rtl")
    chat.ask("كم تستغرق مدة التوصيل إلى الكويت؟")
    chat.choose("عبر الهاتف", "يمكنكم الاتصال بنا على الرقم")
    chat.expect_speech("ar", "rtl")
    number = chat.answers.last.locator("bdi")
    expect(number).to_have_text("+971 4 000 0112")
    expect(number).to_have_attribute("dir", "ltr")
    link = chat.answers.last.get_by_role("link", name="+971 4 000 0112")
    expect(link).to_have_attribute("href", "tel:+97140000112")
    expect(chat.button("طلب معاودة الاتصال")).to_be_visible()
    expect(chat.button("محادثة مع موظف")).to_be_visible()
    chat.choose("لماذا هذا الاقتراح؟", "اخترتم هذه الطريقة بأنفسكم")


def test_arabic_article_page_runs_from_right_to_left(new_customer: NewCustomer) -> None:
    chat = new_customer("ar-AE").open()
    chat.ask("أريد أن أقرأ عن مدة التوصيل", "آخر تحديث")
    with chat.context.expect_page() as opened:
        chat.answers.last.get_by_role("link").last.click()
    expect(opened.value.locator("html")).to_have_attribute("lang", "ar")
    expect(opened.value.locator("html")).to_have_attribute("dir", "rtl")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("كم تستغرق مدة التوصيل؟")


@pytest.mark.parametrize(
    ("locale", "question", "asked_for", "found", "person"),
    [
        pytest.param(
            "fr-FR",
            "Bonjour, où est ma commande ?",
            "Quel est votre numéro de commande",
            "Nous avons bien reçu la commande 7720418",
            "Parler à quelqu’un",
            id="fr",
        ),
        pytest.param(
            "pt-BR",
            "Bom dia, onde está a minha encomenda?",
            "Qual é o número da encomenda?",
            "Recebemos a encomenda 7720418",
            "Falar com uma pessoa",
            id="pt",
        ),
        pytest.param(
            "it-IT",
            "Buongiorno, dov'è il mio ordine?",
            "Qual è il numero del suo ordine?",
            "Abbiamo ricevuto l'ordine 7720418",
            "Parlare con una persona",
            id="it",
        ),
        pytest.param(
            "nl-BE",
            "Goedendag, waar blijft mijn bestelling?",
            "Wat is uw bestelnummer?",
            "We hebben bestelling 7720418 ontvangen",
            "Een medewerker spreken",
            id="nl",
        ),
        pytest.param(
            "pl-PL",
            "Dzień dobry, gdzie jest moje zamówienie?",
            "Jaki jest numer zamówienia?",
            "Mamy zamówienie 7720418",
            "Rozmowa z człowiekiem",
            id="pl",
        ),
        pytest.param(
            "tr-TR",
            "Merhaba, siparişim nerede?",
            "Sipariş numaranız nedir?",
            "7720418 numaralı siparişinizi aldık",
            "Temsilciyle görüş",
            id="tr",
        ),
    ],
)
def test_customer_is_served_in_the_language_of_the_question(
    new_customer: NewCustomer,
    locale: str,
    question: str,
    asked_for: str,
    found: str,
    person: str,
) -> None:
    chat = new_customer(locale).open()
    expect(chat.person).to_have_text(person)
    chat.ask(question, asked_for)
    chat.ask("7720418", found)
    chat.expect_speech(locale[:2], "ltr")


def test_spanish_customer_is_handed_to_the_team_with_what_was_said(
    new_customer: NewCustomer, assistant: Assistant
) -> None:
    chat = new_customer("es-ES").open()
    chat.ask("Quiero la factura de mi pedido 90331562", "¿Y con qué correo electrónico hizo")
    chat.choose("Chatear con el equipo", "Le pongo en contacto con alguien de nuestro equipo.")
    chat.expect_speech("es", "ltr")
    assert chat.buttons.all_inner_texts() == ["Volver al asistente", "Recordarlo la próxima vez"]
    request = assistant.handoff(chat.conversation).request
    assert (request.kind, request.language, request.locale) == ("agent", "es", "es-ES")
    assert request.entities["order_number"] == "90331562"
    assert "Quiero la factura de mi pedido 90331562" in [line.text for line in request.transcript]
    chat.choose("Volver al asistente", "Vuelve a estar con el asistente digital.")


def test_closed_phone_tells_when_it_opens_and_notes_a_callback(
    new_customer: NewCustomer, assistant: Assistant
) -> None:
    chat = new_customer("es-ES").open()
    chat.ask("¿Puedo hablar por teléfono con alguien?", "en este momento está cerrado")
    chat.expect_answer("la atención telefónica: vuelve a estar disponible el ")
    expect(chat.button("Chatear con el equipo")).to_be_visible()
    assert chat.button("Por teléfono").count() == 0
    chat.choose("Solicitar una llamada", "¿A qué número podemos llamarle?")
    chat.ask("+34 612 345 678", "¿Cuándo le viene bien que le llamemos?")
    slots = [title for title in chat.buttons.all_inner_texts() if re.search(r"\d:\d\d$", title)]
    assert len(slots) == 4
    chat.choose(slots[1], f"la cita queda reservada: {slots[1]}.")
    chat.expect_answer("Le llamaremos al +34 612 34 56 78.")
    request = assistant.handoff(chat.conversation).request
    assert (request.kind, request.phone_number) == ("callback", "+34612345678")
    assert datetime.fromisoformat(request.callback_time or "").tzinfo is not None


def test_language_switch_turns_the_whole_chat_around(new_customer: NewCustomer) -> None:
    chat = new_customer("de-DE").open()
    chat.ask("Guten Tag", "Guten Tag und willkommen bei Lindenhof.")
    expect(chat.person).to_have_text("Mit einem Menschen sprechen")
    chat.ask("مرحبا، كم تستغرق مدة التوصيل إلى الكويت؟")
    expect(chat.panel).to_have_attribute("dir", "rtl")
    chat.expect_speech("ar", "rtl")
    expect(chat.person).to_have_text("التحدث إلى موظف")
    expect(chat.status).to_have_text("متصل")
    first = chat.answers.first.locator("[lang]").first
    expect(first).to_have_attribute("lang", re.compile("^de"))
    expect(first).to_have_attribute("dir", "ltr")
    chat.ask("English please", "Of course, let us go on in English.")
    chat.expect_speech("en", "ltr")
    expect(chat.person).to_have_text("Speak to a person")
