from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import reading, wording
from actions.shop.desk import OrderLine

LINES = (
    OrderLine(
        id="1",
        titles={"en": "Wool throw", "de": "Wolldecke", "ar": "بطانية صوف"},
        quantity=1,
        max_quantity=5,
        price=Decimal(1),
    ),
    OrderLine(
        id="2",
        titles={"en": "Wool hat", "de": "Wollmütze", "ar": "قبعة صوف"},
        quantity=1,
        max_quantity=5,
        price=Decimal(1),
    ),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("4471903", "4471903", id="bare"),
        pytest.param("it's #88120447, thanks", "88120447", id="en"),
        pytest.param("Bestellnummer: 4471 903", "4471903", id="de grouped"),
        pytest.param("es el 88-120-447", "88120447", id="es dashes"),
        pytest.param("رقم الطلب ٤٤٧١٩٠٣", "4471903", id="arabic digits"),
        pytest.param("۴۴۷۱۹۰۳", "4471903", id="persian digits"),
        pytest.param("4471903 und nochmal 4471903", "4471903", id="twice the same"),
        pytest.param("4471903 or 88120447", None, id="two"),
        pytest.param("447190", None, id="too short"),
        pytest.param("447190312", None, id="too long"),
        pytest.param("ich habe keine", None, id="none"),
        pytest.param("", None, id="empty"),
        pytest.param("44719\x0003", "4471903", id="nul"),
        pytest.param("²²²²²²²", "2222222", id="superscripts"),
    ],
)
def test_order_number_is_read(text: str, number: str | None) -> None:
    assert reading.order_number(text) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Emma@Example.COM", "emma@example.com"),
        ("meine Adresse ist mia@straße.example.org.", "mia@straße.example.org"),
        ("بريدي noura@example.com شكرا", "noura@example.com"),
        ("mailto:<a.b+c@example.co.uk>", "a.b+c@example.co.uk"),
        ("a@example.com or b@example.com", None),
        ("emma at example.com", None),
        ("a@b", None),
        ("@example.com", None),
        ("a" * 250 + "@example.com", None),
    ],
)
def test_email_is_read(text: str, address: str | None) -> None:
    assert reading.email(text) == address


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("٣ لو سمحت", 3), ("lieber 4 Stück", 4), ("0", 0), ("2.5", None), ("-1", None),
     ("1 or 2", None), ("99999", None), ("dos", None)],
)  # fmt: skip
def test_quantity_is_read(text: str, number: int | None) -> None:
    assert reading.quantity(text) == number


@pytest.mark.parametrize(
    ("text", "line_id"),
    [("2", "2"), ("Wool throw × 1", "1"), ("die Wolldecke bitte", "1"), ("قبعة", "2"),
     ("mütze", "2"), ("wool", None), ("7", None), ("", None)],
)  # fmt: skip
def test_line_is_read_by_id_or_title_of_any_language(text: str, line_id: str | None) -> None:
    found = reading.line(text, LINES)
    assert (found and found.id) == line_id


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("14 Mill Lane\nEly CB7 4DL", "14 Mill Lane, Ely CB7 4DL"),
        ("شارع الملك فهد ١٢، الرياض", "شارع الملك فهد 12، الرياض"),
        ("[click](http://x.example) *12* Ring Road", "click (http://x.example) 12 Ring Road"),
        ("{email} 5 Harbour Road Galway", "email 5 Harbour Road Galway"),
        ("\u202e12 Mill Lane, Ely", "12 Mill Lane, Ely"),
        ("where do I see that", None),
        ("Köln 5", None),
        ("1 a b " * 60, None),
    ],
)
def test_address_is_read_without_markup(text: str, address: str | None) -> None:
    assert reading.address(text) == address


def test_reason_needs_a_letter_and_is_cut() -> None:
    assert reading.reason("  zu\nklein ") == "zu, klein"
    assert reading.reason("كبير") == "كبير"
    assert reading.reason("👎 123") is None
    assert len(reading.reason("ab " * 400) or "") == 500


@given(st.text(max_size=300))
def test_reading_never_fails(text: str) -> None:
    number, address = reading.order_number(text), reading.address(text)
    assert number is None or (number.isascii() and len(number) in (7, 8))
    assert address is None or not set("[]<>{}*_`\n") & set(address)
    reading.email(text), reading.quantity(text), reading.reason(text), reading.line(text, LINES)


def test_reading_a_very_long_text_is_quick() -> None:
    for text in ("@" * 20_000, "a@" * 10_000, "a." * 10_000, "1 " * 10_000, "1-" * 10_000):
        assert reading.email(text) is None
        assert reading.order_number(text) is None


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        ("en", "GB", "5 November 2026"),
        ("en-US", "GB", "November 5, 2026"),
        ("de", "AT", "5. November 2026"),
        ("es", "MX", "5 de noviembre de 2026"),
        ("es", "DE", "5 de noviembre de 2026"),
        ("ar", "SA", "5 نوفمبر 2026"),
        (None, "DE", "2026-11-05"),
        ("tlh", "DE", "2026-11-05"),
    ],
)
def test_day_is_written_in_the_language(language: str | None, country: str, text: str) -> None:
    assert wording.day(date(2026, 11, 5), language, country) == text


@pytest.mark.parametrize(
    ("currency", "language", "country", "text"),
    [
        ("GBP", "en", "GB", "£1,299.90"),
        ("EUR", "de", "DE", "1.299,90\xa0€"),
        ("EUR", "es", "ES", "1.299,90\xa0€"),
        ("KWD", "ar", "KW", "\u200f1,299.900\xa0د.ك.\u200f"),
        ("EUR", None, "DE", "1299.90 EUR"),
    ],
)
def test_money_is_written_in_the_language(
    currency: str, language: str | None, country: str, text: str
) -> None:
    assert wording.money(Decimal("1299.90"), currency, language, country) == text


def test_title_falls_back_to_the_first_one() -> None:
    assert wording.title({"en": "Lamp", "de": "Lampe"}, "de-AT") == "Lampe"
    assert wording.title({"en": "Lamp", "de": "Lampe"}, "tr") == "Lamp"
    assert wording.title({}, "tr") == ""
