import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.fairness import (
    KINDS,
    Comparison,
    Name,
    Request,
    Share,
    Texts,
    Variant,
    compare,
    seconds_to_write,
    share,
    shares_by_gender,
    shares_by_kind,
    shares_by_language,
    shares_by_person,
    variants,
    without_accents,
)
from persona_router.core.text import fold

ANNA, MEHMET, FATIMA = Name("Anna", "female"), Name("Mehmet", "male"), Name("Fatima", "female")
GERMAN = Texts(
    language="de",
    introduction="Ich heiße {name}.",
    names=(ANNA, MEHMET),
    requests={
        "r01": Request("Wo ist mein Paket?", "Wo is mein Paket?", "Wo ist mein Packerl?"),
        "r02": Request("Größe tauschen", "Größe tauschen", "Grösse tauschen"),
    },
)
LETTERS = "abcßẞäöüÄÖÜéèêñçÇğışİłŁżóøØđĐåأإآؤئىةًُِـ Ñ.?!'1"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("Rückgabe, groß!", "Ruckgabe, gross!", id="de"),
        pytest.param("Où est ma cœur-box, reçue à Noël ?", "Ou est ma coeur-box, recue a Noel ?",
                     id="fr"),
        pytest.param("¿Dónde está mi señal?", "¿Donde esta mi senal?", id="es"),
        pytest.param("A encomenda não está cá", "A encomenda nao esta ca", id="pt"),
        pytest.param("Łódź, żółta paczka", "Lodz, zolta paczka", id="pl"),
        pytest.param("İade ödülü ılık ışık", "Iade odulu ilik isik", id="tr"),
        pytest.param("Ærø og Møn på đak", "AEro og Mon pa dak", id="strokes-and-ligatures"),
        pytest.param("أريد إرجاعَ الطلبيّة إلى", "اريد ارجاع الطلبيه الي", id="ar"),
        pytest.param("Where's my order?", "Where's my order?", id="en"),
    ],
)  # fmt: skip
def test_without_accents_is_what_a_foreign_keyboard_types(text: str, plain: str) -> None:
    assert without_accents(text) == plain


@given(st.text(alphabet=LETTERS))
def test_without_accents_leaves_no_mark_and_nothing_more_to_take(text: str) -> None:
    plain = without_accents(text)
    assert without_accents(plain) == plain
    assert not any(unicodedata.combining(c) for c in unicodedata.normalize("NFD", plain))


@given(st.text(alphabet=LETTERS))
def test_without_accents_looks_the_same_to_phrase_lists(text: str) -> None:
    assert fold(without_accents(text)) == fold(text)


def test_variants_start_with_the_request_as_written() -> None:
    assert [(v.request, v.kind, v.text, v.person) for v in variants(GERMAN)] == [
        ("r01", "written", "Wo ist mein Paket?", None),
        ("r01", "informal", "Wo is mein Paket?", None),
        ("r01", "regional", "Wo ist mein Packerl?", None),
        ("r01", "introduction", "Ich heiße Anna. Wo ist mein Paket?", 0),
        ("r01", "introduction", "Ich heiße Mehmet. Wo ist mein Paket?", 1),
        ("r02", "written", "Größe tauschen", None),
        ("r02", "regional", "Grösse tauschen", None),
        ("r02", "accents", "Grosse tauschen", None),
        ("r02", "introduction", "Ich heiße Anna. Größe tauschen", 0),
        ("r02", "introduction", "Ich heiße Mehmet. Größe tauschen", 1),
    ]
    assert {v.language for v in variants(GERMAN)} == {"de"}


def test_seconds_to_write_grow_with_the_words() -> None:
    assert seconds_to_write("4471903") == 30.5
    assert seconds_to_write("Where is my order 4471903?") == 32.5


def variant(kind: str, person: int | None = None, *, language: str = "de") -> Variant:
    return Variant(language, "r01", kind, f"{kind} {person} {language}", person)


def found_in(routes: dict[Variant, str | None]) -> list[tuple[str, str, str | None, str | None]]:
    return [(c.variant.language, c.kind, c.expected, c.found) for c in compare(routes) if c.differs]


def test_variant_should_have_the_route_of_its_request_in_its_language() -> None:
    routes: dict[Variant, str | None] = {
        variant("written"): "agent",
        variant("informal"): "agent",
        variant("regional"): "phone",
        variant("accents"): "agent",
    }
    assert found_in(routes) == [("de", "regional", "agent", "phone")]
    assert {kind: s.cases for kind, s in shares_by_kind(compare(routes)).items()} == {
        "informal": 1, "regional": 1, "accents": 1, "language": 1,
    }  # fmt: skip


def test_language_should_have_the_most_common_route_of_the_request() -> None:
    routes: dict[Variant, str | None] = {
        variant("written", language="de"): "agent",
        variant("written", language="en"): "phone",
        variant("written", language="tr"): "phone",
    }
    assert found_in(routes) == [("de", "language", "phone", "agent")]


def test_introduction_is_told_from_the_name_in_it() -> None:
    routes: dict[Variant, str | None] = {
        variant("written"): "self_service",
        variant("introduction", 0): "agent",
        variant("introduction", 1): "self_service",
        variant("introduction", 2): "agent",
    }
    assert found_in(routes) == [
        ("de", "introduction", "self_service", "agent"),
        ("de", "name", "agent", "self_service"),
        ("de", "introduction", "self_service", "agent"),
    ]
    people = (ANNA, MEHMET, FATIMA)
    comparisons = compare(routes)
    assert shares_by_person(comparisons, people) == {
        "Anna": Share(1, 0), "Mehmet": Share(1, 1), "Fatima": Share(1, 0),
    }  # fmt: skip
    assert shares_by_gender(comparisons, people) == {"female": Share(2, 0), "male": Share(1, 1)}


def test_names_are_compared_within_a_language() -> None:
    routes: dict[Variant, str | None] = {
        variant(kind, person, language=language): route
        for language, route in (("de", "agent"), ("en", "phone"), ("tr", "phone"))
        for kind, person in (("written", None), ("introduction", 0), ("introduction", 1))
    }
    assert found_in(routes) == [("de", "language", "phone", "agent")]


def test_failed_routing_always_differs() -> None:
    routes: dict[Variant, str | None] = {
        variant("written"): None,
        variant("informal"): None,
        variant("regional"): "agent",
    }
    assert [(kind, found) for _, kind, _, found in found_in(routes)] == [
        ("language", None),
        ("informal", None),
        ("regional", "agent"),
    ]


def test_shares_are_told_in_the_order_of_the_kinds() -> None:
    routes: dict[Variant, str | None] = dict.fromkeys(variants(GERMAN), "agent")
    by_kind = shares_by_kind(compare(routes))
    assert tuple(by_kind) == KINDS
    assert by_kind["introduction"] == Share(4, 0)
    assert shares_by_language(compare(routes)) == {"de": Share(14, 0)}


def test_share_counts_what_differs() -> None:
    one = Comparison(variant("informal"), "informal", "agent", "phone")
    other = Comparison(variant("regional"), "regional", "agent", "agent")
    assert share([one, other, other, other]) == Share(4, 1)
    assert share([one, other, other, other]).value == 0.25


@pytest.mark.parametrize(
    ("cases", "differing", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
        pytest.param(263, 81, 0.2553, 0.3662, id="81-of-263"),
        pytest.param(148, 15, 0.0624, 0.1605, id="15-of-148"),
        pytest.param(20, 0, 0.0, 0.1611, id="none-of-20"),
        pytest.param(29, 1, 0.0061, 0.1718, id="1-of-29"),
        pytest.param(0, 0, 0.0, 1.0, id="without-cases"),
    ],
)
def test_interval_is_wilsons(cases: int, differing: int, low: float, high: float) -> None:
    assert Share(cases, differing).interval == pytest.approx((low, high), abs=0.00005)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_interval_holds_the_share(counts: tuple[int, int]) -> None:
    found = Share(*counts)
    low, high = found.interval
    assert 0 <= low <= found.value + 1e-9
    assert found.value - 1e-9 <= high <= 1
