import time
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.rasa.entities import PatternExtractor
from tests.rasa.parts import CONTEXT, RESOURCE, message

DEFAULTS = PatternExtractor.get_default_config()


@pytest.fixture(scope="module")
def extractor() -> PatternExtractor:
    return PatternExtractor.create(DEFAULTS, None, RESOURCE, CONTEXT)


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Cancel 4471903 please", "en-GB", [("order_number", "4471903")]),
        ("¿Dónde está el pedido nº88120447?", "es", [("order_number", "88120447")]),
        ("أين الطلب ٣٣٧٠٨٨١٥؟", "ar", [("order_number", "33708815")]),
        ("Où est ma commande n°4471903 ?", "fr", [("order_number", "4471903")]),
        ("l'ordine n.4471903 è in ritardo", "it-IT", [("order_number", "4471903")]),
        ("a encomenda nº 88120447.", "pt-PT", [("order_number", "88120447")]),
        ("zamówienie nr 4471903, faktura RE-2026-004711", "pl",
         [("order_number", "4471903"), ("invoice_number", "RE-2026-004711")]),
        ("4471903'ü iptal edin", "tr", [("order_number", "4471903")]),
        ("bel mij op 020 794 0000", "nl-NL", [("phone_number", "+31207940000")]),
        ("Rechnung RE-2026-004711 bitte", "de", [("invoice_number", "RE-2026-004711")]),
        ("an Jonas.Weber@Example.org.", "de", [("email", "jonas.weber@example.org")]),
        ("unter 030 23125 112 ab neun", "de-DE", [("phone_number", "+493023125112")]),
        ("4471903, emma.hughes@example.com", "en",
         [("order_number", "4471903"), ("email", "emma.hughes@example.com")]),
        ("Das waren 10.000 Euro am 12.03.2026", "de", []),
    ],
)  # fmt: skip
def test_entities_of_the_message_in_its_language(
    extractor: PatternExtractor, text: str, locale: str, expected: list[tuple[str, str]]
) -> None:
    [found] = extractor.process([message(text, language={"locale": locale})])
    assert [(e["entity"], e["value"]) for e in found.get("entities")] == expected


def test_entity_says_where_it_stands_and_who_found_it(extractor: PatternExtractor) -> None:
    [found] = extractor.process([message("no, 4471903!", language={"locale": "en"})])
    assert found.get("entities") == [
        {"entity": "order_number", "value": "4471903", "start": 4, "end": 11,
         "extractor": "PatternExtractor"}
    ]  # fmt: skip


def test_entities_of_earlier_components_stay_first(extractor: PatternExtractor) -> None:
    city = {"entity": "city", "value": "Köln", "start": 0, "end": 4}
    [found] = extractor.process([message("Köln 4471903", entities=[city])])
    assert [e["entity"] for e in found.get("entities")] == ["city", "order_number"]


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ud83d", "🙂" * 50, "7" * 20_000, "a@" * 9_000], ids=len
)
def test_odd_text_has_no_entities_and_no_fault(extractor: PatternExtractor, text: str) -> None:
    [found] = extractor.process([message(text, language={"locale": "zz"})])
    assert found.get("entities") == []


def test_hosts_own_patterns_replace_the_packaged_ones(tmp_path: Path) -> None:
    own = tmp_path / "patterns.yml"
    own.write_text("default_region: DE\npatterns:\n  room: [[{LOWER: zimmer}, {LIKE_NUM: true}]]\n")
    component = PatternExtractor.create({**DEFAULTS, "patterns": str(own)}, None, RESOURCE, CONTEXT)
    [found] = component.process([message("Zimmer 12, Nummer 4471903", language={"locale": "de"})])
    assert [(e["entity"], e["value"]) for e in found.get("entities")] == [("room", "ZIMMER12")]


def test_missing_patterns_stop_the_training(tmp_path: Path) -> None:
    missing = {**DEFAULTS, "patterns": str(tmp_path / "patterns.yml")}
    with pytest.raises(ContentError, match=r"patterns\.yml"):
        PatternExtractor.create(missing, None, RESOURCE, CONTEXT)


def test_languages_to_warm_are_ready_before_anybody_writes() -> None:
    loaded = PatternExtractor.load({**DEFAULTS, "warm": ["de", "tr"]}, None, RESOURCE, CONTEXT)
    deadline = time.monotonic() + 60
    while len(loaded._pipelines._pipelines) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sorted(loaded._pipelines._pipelines) == ["de", "tr"]
