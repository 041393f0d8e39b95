"""Every form of the sample to its end, by customers who write, click, err, correct and leave."""

from collections.abc import Callable
from datetime import datetime

import pytest

from persona_router.handoff.bookings import open_bookings
from persona_router.handoff.sqlite import open_queue
from tests.rasa.customer import Customer

New = Callable[..., Customer]


async def test_order_is_tracked_after_a_wrong_number(new_customer: New) -> None:
    tom = new_customer("en-GB")
    assert await tom.says("Where is my order?") == ["utter_ask_order_number@en"]
    assert await tom.says("4471") == ["utter_invalid_order_number@en", "utter_ask_order_number@en"]
    assert await tom.says("sorry, 7720418") == ["utter_tracking_placed@en"]
    assert "7720418" in tom.text
    assert await tom.form() is None
    assert (await tom.says("thank you"))[0] == "utter_thank@en"


async def test_order_is_cancelled_with_a_correction_and_a_clear_yes(new_customer: New) -> None:
    emma = new_customer("en-GB")
    assert await emma.says("please cancel order 88120447") == ["utter_ask_email@en"]
    assert await emma.says("no, it is 4471903 that I want to cancel") == ["utter_ask_email@en"]
    assert await emma.says("emma.hughes at example") == [
        "utter_invalid_email@en",
        "utter_ask_email@en",
    ]
    assert await emma.says("emma.hughes@example.com") == ["utter_ask_cancel_order_form_confirm@en"]
    assert "4471903" in emma.text
    assert await emma.clicks("intent:affirm") == ["utter_order_cancelled@en"]
    assert await emma.says("where is my order 4471903") == ["utter_tracking_cancelled@en"]


async def test_quantity_is_changed_by_buttons_and_numbers(new_customer: New) -> None:
    mia = new_customer("de-DE")
    assert await mia.says("Ich möchte meine Bestellung ändern") == ["utter_ask_order_number@de"]
    assert await mia.says("55012398") == ["utter_ask_email@de"]
    assert await mia.says("mia.schulz@example.org") == ["utter_ask_order_line@de"]
    assert await mia.clicks("slot:2") == ["utter_ask_quantity@de"]
    assert "Wolldecke" in mia.text
    assert await mia.says("12") == ["utter_quantity_limit@de", "utter_ask_quantity@de"]
    assert await mia.says("3") == ["utter_ask_change_order_form_confirm@de"]
    assert await mia.says("Ja, bitte") == ["utter_order_changed@de"]
    assert "542,00" in mia.text


async def test_return_is_requested_in_own_words_and_followed(new_customer: New) -> None:
    lucia = new_customer("es-ES")
    assert await lucia.says("quiero devolver un pedido") == ["utter_ask_order_number@es"]
    assert await lucia.says("el 90331562") == ["utter_ask_email@es"]
    assert await lucia.says("lucia.ferrer@example.org") == ["utter_ask_refund_reason@es"]
    assert await lucia.says("me queda pequeño") == ["utter_ask_refund_form_confirm@es"]
    assert await lucia.says("sí") == ["utter_refund_requested@es"]
    assert "214" not in lucia.text.replace("90331562", "")
    assert await lucia.says("¿cómo va mi reembolso?") == ["utter_refund_status_requested@es"]


async def test_address_is_changed_with_arabic_digits(new_customer: New) -> None:
    fatima = new_customer("ar-AE")
    assert await fatima.says("أريد تغيير عنوان التوصيل") == ["utter_ask_order_number@ar"]
    assert await fatima.says("٣٣٧٠٩١٢٠") == ["utter_ask_email@ar"]
    assert await fatima.says("fatima.alsuwaidi@example.com") == ["utter_ask_new_address@ar"]
    assert await fatima.says("ماذا تحتاجون؟") == [
        "utter_invalid_address@ar",
        "utter_ask_new_address@ar",
    ]
    assert await fatima.says("شقة 12، برج المرجان، دبي، الإمارات") == [
        "utter_ask_change_address_form_confirm@ar"
    ]
    assert await fatima.says("نعم") == ["utter_address_changed@ar"]
    assert "برج المرجان" in fatima.text


async def test_invoice_and_state_of_a_refund_need_number_and_mail(new_customer: New) -> None:
    jonas = new_customer("de-DE")
    assert await jonas.says("Ich brauche eine Rechnung") == ["utter_ask_order_number@de"]
    assert await jonas.says("88120447") == ["utter_ask_email@de"]
    assert await jonas.says("jonas.weber@example.org") == ["utter_invoice@de"]
    assert "RE-2026-004711" in jonas.text
    peter = new_customer("de-DE")
    await peter.says("Status Erstattung 60224475")
    assert await peter.says("peter.lang@example.org") == ["utter_refund_status_requested@de"]


async def test_somebody_elses_order_is_never_told_and_leads_to_a_person(new_customer: New) -> None:
    stranger = new_customer("es")
    await stranger.says("necesito la factura")
    heard = []
    for _ in range(3):
        await stranger.says("91920437")
        heard = await stranger.says("otra@example.com")
        assert "Huber" not in stranger.text
    assert heard == ["utter_suggest_person@es"]
    assert await stranger.form() is None
    assert "route:agent" in stranger.payloads


@pytest.mark.parametrize(
    ("locale", "opening", "leaving", "told"),
    [
        ("en", "change the address of my order 10457720", "Never mind.", "utter_stopped@en"),
        ("de", "Bestellung stornieren", "vergessen Sie es", "utter_stopped@de"),
        ("es", "cancelar pedido 8812093", "olvídelo, déjelo", "utter_stopped@es"),
        ("ar", "أريد إلغاء الطلب 6611478", "لا عليك، لا أريد الإلغاء", "utter_stopped@ar"),
    ],
)
async def test_form_is_left_by_words(
    new_customer: New, locale: str, opening: str, leaving: str, told: str
) -> None:
    somebody = new_customer(locale)
    await somebody.says(opening)
    assert await somebody.form() is not None
    assert await somebody.says(leaving) == [told]
    assert await somebody.form() is None


async def test_form_is_left_by_its_button_pressed_or_typed(new_customer: New) -> None:
    mona = new_customer("en")
    await mona.says("change my order 6611478")
    assert await mona.clicks("stop") == ["utter_stopped@en"]
    await mona.says("change my order 6611478")
    await mona.says("mona.fathy@example.com")
    assert await mona.says("stop") == ["utter_stopped@en"]
    assert await mona.says("hello") == ["utter_greet@en"]


async def test_another_concern_stated_clearly_leaves_the_form(new_customer: New) -> None:
    anna = new_customer("en")
    await anna.says("I lost my invoice")
    assert await anna.says("where is my order 20984417?") == ["utter_tracking_packed@en"]
    assert await anna.form() is None


@pytest.mark.parametrize(
    ("locale", "opening", "form"),
    [
        ("en", "where is my order?", "track_order_form"),
        ("de", "Ich möchte eine Bestellung stornieren", "cancel_order_form"),
        ("es", "quiero cambiar mi pedido", "change_order_form"),
        ("ar", "أريد تغيير عنوان التوصيل", "change_address_form"),
        ("de", "Ich brauche eine Rechnung", "invoice_form"),
        ("es", "quiero devolver un pedido", "refund_form"),
        ("en", "how is my refund going?", "refund_status_form"),
        ("ar", "اتصلوا بي من فضلكم", "callback_form"),
    ],
)
async def test_person_is_reached_from_inside_every_form(
    new_customer: New, locale: str, opening: str, form: str
) -> None:
    wishes = {
        "en": "I want to talk to a real person",
        "de": "Ich möchte mit einem Menschen sprechen",
        "es": "quiero hablar con una persona",
        "ar": "أريد التحدث مع موظف",
    }
    somebody = new_customer(locale)
    await somebody.says(opening)
    assert await somebody.form() == form
    assert await somebody.says(wishes[locale]) == [f"utter_handoff_waiting@{locale}"]
    assert await somebody.form() is None
    assert [h.request.kind for h in open_queue().open_for(somebody.name)] == ["agent"]


async def test_why_in_a_form_keeps_its_place(new_customer: New) -> None:
    pablo = new_customer("es")
    await pablo.says("¿dónde está mi pedido?")
    assert await pablo.clicks("why", "¿Por qué esto?") == ["utter_why@es"]
    assert await pablo.form() == "track_order_form"
    assert await pablo.says("8812107") == ["utter_tracking_overdue@es"]


async def test_callback_asks_once_about_a_time_that_is_not_clear(new_customer: New) -> None:
    zoe = new_customer("en-GB")
    assert await zoe.says("call me back please") == ["utter_ask_phone_number@en"]
    assert await zoe.says("ring me on 12") == [
        "utter_phone_number_invalid@en",
        "utter_ask_phone_number@en",
    ]
    assert await zoe.says("ring me on 020 7946 0958") == ["utter_ask_callback_time@en"]
    assert await zoe.says("call me after six please") == [
        "utter_callback_time_unclear@en",
        "utter_ask_callback_time@en",
    ]
    assert await zoe.says("call me after six please") == ["utter_callback_stored@en"]
    [stored] = open_queue().open_for(zoe.name)
    assert (stored.request.kind, stored.request.phone_number) == ("callback", "+442079460958")
    assert stored.request.callback_time == "call me after six please"


async def test_callback_narrows_the_times_down_and_books_one(new_customer: New) -> None:
    anna = new_customer("de-AT", timezone="Europe/Vienna")
    await anna.says("Bitte rufen Sie mich zurück")
    assert await anna.says("01 5123456") == ["utter_ask_callback_time@de"]
    nearest = anna.payloads[:4]
    assert all(payload.startswith("slot:20") for payload in nearest)
    day = "Dienstag" if datetime.now().weekday() == 3 else "Donnerstag"
    assert await anna.says(f"am {day} nachmittags") == [
        "utter_callback_time_unclear@de",
        "utter_ask_callback_time@de",
    ]
    narrowed = [payload for payload in anna.payloads if payload.startswith("slot:")]
    assert narrowed != nearest
    assert await anna.clicks(narrowed[0]) == ["utter_callback_booked@de"]
    assert "+43 1 5123456" in anna.text
    [stored] = open_queue().open_for(anna.name)
    booking = open_bookings().get(stored.id)
    assert booking is not None
    start = datetime.fromisoformat(narrowed[0].removeprefix("slot:"))
    assert booking.start == start.timestamp()


@pytest.mark.parametrize(
    ("locale", "wish", "number", "e164"),
    [
        ("de-AT", "Bitte rufen Sie mich zurück", "01 5123456", "+4315123456"),
        ("es-MX", "quiero que me llamen", "+52 55 5123 4567", "+525551234567"),
        ("ar-SA", "اتصلوا بي من فضلكم", "٠٥٠١٢٣٤٥٦٧", "+966501234567"),
    ],
)
async def test_callback_is_arranged_by_buttons_in_every_language(
    new_customer: New, locale: str, wish: str, number: str, e164: str
) -> None:
    language = locale[:2]
    somebody = new_customer(locale)
    assert await somebody.says(wish) == [f"utter_ask_phone_number@{language}"]
    assert await somebody.says(number) == [f"utter_ask_callback_time@{language}"]
    first = next(payload for payload in somebody.payloads if payload.startswith("slot:"))
    assert await somebody.clicks(first) == [f"utter_callback_booked@{language}"]
    [stored] = open_queue().open_for(somebody.name)
    booking = open_bookings().get(stored.id)
    assert booking is not None
    assert booking.number == e164
    assert stored.request.phone_number == e164
