from itertools import pairwise

import pytest

from persona_router.content.patterns import DEFAULT_PATTERNS, Match, PatternPipelines


@pytest.fixture(scope="session")
def pipelines() -> PatternPipelines:
    return PatternPipelines(DEFAULT_PATTERNS)


def found(pipelines: PatternPipelines, text: str, locale: str) -> list[tuple[str, str]]:
    return [(match.label, match.value) for match in pipelines.find(text, locale)]


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        pytest.param("where is 4471903", "en-GB", "4471903", id="en"),
        pytest.param("order:4471903, please", "en-GB", "4471903", id="en-glued-colon"),
        pytest.param("order #4471903.", "en-GB", "4471903", id="en-hash-and-stop"),
        pytest.param("(44719031)!", "en-GB", "44719031", id="en-brackets"),
        pytest.param("Bestellung Nr.5530871 stornieren", "de-DE", "5530871", id="de-glued-nr"),
        pytest.param("Es geht um 5530871.", "de-DE", "5530871", id="de-full-stop"),
        pytest.param("wo bleibt5530871?", "de-AT", "5530871", id="de-glued-word"),
        pytest.param("¿dónde está mi pedido nº5530871?", "es-ES", "5530871", id="es-glued-no"),
        pytest.param("pedido=5530871", "es-MX", "5530871", id="es-equals"),
        pytest.param("أين طلبي رقم ٤٤٧١٩٠٣؟", "ar-AE", "4471903", id="ar-indic-digits"),
        pytest.param("الطلب 4471903، من فضلك", "ar-EG", "4471903", id="ar-latin-digits"),
        pytest.param("طلب:۴۴۷۱۹۰۳", "ar", "4471903", id="ar-persian-digits"),
        pytest.param("dov'è l'ordine 4471903 ?", "it-IT", "4471903", id="it"),
        pytest.param("siparişim 4471903 nerede", "tr-TR", "4471903", id="tr"),
        pytest.param("jnpr 4471903", "xq-XQ", "4471903", id="unknown-language"),
    ],
)
def test_order_number_is_found(pipelines, text: str, locale: str, value: str) -> None:
    assert found(pipelines, text, locale) == [("order_number", value)]


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        pytest.param("invoice RE-2026-004471", "en-GB", id="en"),
        pytest.param("die Rechnung re-2026-004471.", "de-DE", id="de"),
        pytest.param("factura (RE-2026-004471)", "es-ES", id="es"),
        pytest.param("الفاتورة RE-٢٠٢٦-٠٠٤٤٧١", "ar-SA", id="ar-indic-digits"),
    ],
)
def test_invoice_number_is_found(pipelines, text: str, locale: str) -> None:
    assert found(pipelines, text, locale) == [("invoice_number", "RE-2026-004471")]


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        pytest.param("it is Amira.Haddad@Example.com", "en-GB", id="en"),
        pytest.param("Mail: amira.haddad@example.com, danke", "de-DE", id="de-glued-comma"),
        pytest.param("mi correo es amira.haddad@example.com", "es-ES", id="es"),
        pytest.param("بريدي amira.haddad@example.com شكرا", "ar-EG", id="ar"),
    ],
)
def test_email_is_found_in_lower_case(pipelines, text: str, locale: str) -> None:
    assert found(pipelines, text, locale) == [("email", "amira.haddad@example.com")]


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        pytest.param("ring me on 020 7946 0112", "en-GB", "+442079460112", id="en-national"),
        pytest.param("call +49 30 23125112 please", "en", "+493023125112", id="en-abroad"),
        pytest.param("meine Nummer: 030 23125112", "de-DE", "+493023125112", id="de-region"),
        pytest.param("0043 1 5120112", "de-DE", "+4315120112", id="de-double-zero"),
        pytest.param("mi número es 910 000 112", "es-ES", "+34910000112", id="es"),
        pytest.param("رقمي ٠٥٠١٢٣٤٥٦٧", "ar-AE", "+971501234567", id="ar-indic-digits"),
        pytest.param("اتصل على +971 50 123 4567", "ar", "+971501234567", id="ar-abroad"),
    ],
)
def test_phone_number_is_found_as_e164(pipelines, text: str, locale: str, value: str) -> None:
    assert found(pipelines, text, locale) == [("phone_number", value)]


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        pytest.param("it cost 10,000 or 1.299,00 €", "en-GB", id="prices"),
        pytest.param("am 24.12.2026 um 18:30 Uhr", "de-DE", id="de-date"),
        pytest.param("2026-11-22", "en-GB", id="iso-date"),
        pytest.param("in 2026, room 1204, 55 inch", "en-GB", id="year-and-sizes"),
        pytest.param("el 22/11/2026 pagué 1.000.000 pesos", "es-ES", id="es"),
        pytest.param("دفعت ١٠٬٠٠٠ درهم في ٢٠٢٦", "ar-AE", id="ar"),
        pytest.param("track 123456 and 123456789", "en-GB", id="too-short-and-too-long"),
        pytest.param("RE-26-44 RE-2026", "de-DE", id="half-an-invoice"),
        pytest.param("me@home, @shop, a@b", "en-GB", id="no-mail"),
        pytest.param("🙂 \x00 \u202e", "en-GB", id="no-words"),
        pytest.param("", "ar", id="empty"),
        pytest.param("hello", "", id="no-locale"),
    ],
)
def test_nothing_is_found_in_other_numbers(pipelines, text: str, locale: str) -> None:
    assert found(pipelines, text, locale) == []


def test_find_returns_several_in_the_order_of_the_text(pipelines) -> None:
    text = "4471903 oder RE-2026-004471, a.b@example.com, 030 23125112"
    assert found(pipelines, text, "de-DE") == [
        ("order_number", "4471903"),
        ("invoice_number", "RE-2026-004471"),
        ("email", "a.b@example.com"),
        ("phone_number", "+493023125112"),
    ]


def test_find_gives_offsets_of_the_text_as_written(pipelines) -> None:
    text = "طلبي ٤٤٧١٩٠٣ لم يصل"
    (match,) = pipelines.find(text, "ar-AE")
    assert match == Match("order_number", "4471903", 5, 12)
    assert text[match.start : match.end] == "٤٤٧١٩٠٣"


def test_find_never_returns_overlapping_entities(pipelines) -> None:
    matches = pipelines.find("44719031 020 7946 0112 RE-2026-004471", "en-GB")
    assert all(a.end <= b.start for a, b in pairwise(matches))


def test_find_of_a_long_text_is_complete(pipelines) -> None:
    assert found(pipelines, "word " * 700 + "4471903", "en-GB") == [("order_number", "4471903")]
