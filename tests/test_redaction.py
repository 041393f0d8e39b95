import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.redaction import KINDS, Redactor

ROOT = Path(__file__).resolve().parents[1]
REGIONS = {
    "en": "GB", "de": "DE", "fr": "FR", "es": "ES", "pt": "PT", "it": "IT", "nl": "NL", "pl": "PL",
    "tr": "TR", "ar": "AE",
}  # fmt: skip
covered = Redactor()


@pytest.mark.parametrize(
    ("text", "region", "kept"),
    [
        (
            "Mail me at mia.o'neil+shop@example.co.uk please",
            "GB",
            "Mail me at mia.o'[email] please",
        ),
        ("Schreiben Sie an müller@beispiel.de.", "DE", "Schreiben Sie an [email]."),
        ("IBAN DE89 3704 0044 0532 0130 00 danke", "DE", "IBAN [iban] danke"),
        ("mon compte FR1420041010050500013M02606, merci", "FR", "mon compte [iban], merci"),
        ("Numara TR33 0006 1005 1978 6457 8413 26", "TR", "Numara [iban]"),
        ("card 4111 1111 1111 1111 exp 12/27", "GB", "card [card] exp 12/27"),
        ("tarjeta 5500-0000-0000-0004", "ES", "tarjeta [card]"),
        ("Rufen Sie +49 30 23125 112 an", "DE", "Rufen Sie [phone] an"),
        ("appelez le 01 99 00 12 34", "FR", "appelez le [phone]"),
        ("llámeme al 612 345 678", "ES", "llámeme al [phone]"),
        ("chiamami al 347 123 4567", "IT", "chiamami al [phone]"),
        ("bel 06 12345678", "NL", "bel [phone]"),
        ("proszę dzwonić 601 234 567", "PL", "proszę dzwonić [phone]"),
        ("ligue para 912 345 678", "PT", "ligue para [phone]"),
        ("0532 123 45 67 numarasını arayın", "TR", "[phone] numarasını arayın"),
        ("اتصلوا بي على 0501234567", "AE", "اتصلوا بي على [phone]"),
    ],
)
def test_personal_data_is_covered(text: str, region: str, kept: str) -> None:
    assert covered(text, region=region) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("bitte an Hauptstraße 12a, 10115 Berlin, danke", "bitte an [address], danke"),
        ("wohne in der berliner str. 5", "wohne in der [address]"),
        ("it's 12 Baker Street, London NW1 6XE, thanks", "it's [address], thanks"),
        ("send it to 221 north road please", "send it to [address] please"),
        ("vivo en la calle Gran Vía 28, 28013 Madrid.", "vivo en la [address]."),
        ("j’habite 12 bis avenue Victor Hugo, 69003 Lyon", "j’habite [address]"),
        ("abito in via roma 12", "abito in [address]"),
        ("é na Rua Augusta, 120, 1100-053 Lisboa", "é na [address]"),
        ("naar Prinsengracht 263, 1016 GV Amsterdam", "naar [address]"),
        ("na ul. Marszałkowska 10/12, 00-590 Warszawa", "na [address]"),
        ("Gül Mahallesi Lale Sokak No: 5, 34000 İstanbul", "[address]"),
        ("أسكن في شارع النيل رقم ٧", "أسكن في [address]"),
    ],
)
def test_postal_address_is_covered_as_each_language_writes_it(text: str, kept: str) -> None:
    assert covered(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "it took 3 days on the way, and 2 more on the road",
        "ist auf dem Weg, 2 Tage; unterwegs 3 Tage",
        "is al onderweg 3 dagen",
        "ho scritto via mail 3 giorni fa",
        "Bestellung 55012398 vom 14.09.2026",
        "order 4471903, invoice RE-2026-10443",
        "costó 129,90 € el 3/11",
        "4111 1111 1111 1112 has a wrong digit",
        "DE89 3704 0044 0532 0130 02 hat eine falsche Prüfziffer",
        "١٢ طلبًا في ٢٠٢٦",
        "Paket 00340434161094042557",
        "@lindenhof auf Instagram",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert covered(text, region="DE") == text


def test_nothing_in_labelled_conversations_is_taken_for_what_it_is_not() -> None:
    """Order numbers, dates and prices in ten languages stay; three postal addresses go."""
    lines = (ROOT / "data" / "personas" / "examples.jsonl").read_text("utf-8").split("\n")
    cases = [json.loads(line) for line in lines if line.strip()]
    found = [
        (one.kind, turn["text"][one.start : one.end])
        for case in cases
        for turn in case["turns"]
        for one in covered.found(turn["text"], region=REGIONS[case["language"]])
    ]
    assert len(cases) > 300
    assert [text for kind, text in found if kind != "email"] == [
        "8 quai de Rome Liège", "Rua do Almada 310", "via dei Mille 40",
    ]  # fmt: skip


def test_order_numbers_go_by_choice() -> None:
    chosen = Redactor(kinds=("order",))
    text = "order 4471903, invoice RE-2026-10443, room 12, a@b.de"
    assert chosen(text) == "order [order], invoice [order], room 12, a@b.de"


def test_of_two_kinds_in_one_place_the_first_is_told() -> None:
    every = Redactor(kinds=KINDS, region="DE")
    assert every("4111111111111111") == "[card]"
    assert every("DE89370400440532013000") == "[iban]"


def test_own_region_is_used_where_none_is_given() -> None:
    assert Redactor(region="DE")("030 23125112") == "[phone]"
    assert Redactor()("030 23125112") == "030 23125112"
    assert Redactor()("+49 30 23125112") == "[phone]"


@given(st.text(st.characters(exclude_categories=("Nd", "Nl", "No"), exclude_characters="@")))
def test_text_without_digits_and_at_signs_is_left_as_it_is(text: str) -> None:
    assert covered(text, region="DE") == text


@given(st.text(alphabet="0123456789 +-().@abDE\n", max_size=120))
def test_covering_again_changes_nothing(text: str) -> None:
    once = Redactor(kinds=("email", "iban", "card"))(text)
    assert Redactor(kinds=("email", "iban", "card"))(once) == once


def test_huge_text_is_cut_off_and_takes_no_time() -> None:
    assert len(covered("1 " * 50_000)) <= 10_000
    assert covered("a" * 20_000) == "a" * 10_000
