from pathlib import Path

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.plugins import load_signals
from persona_router.content.protected import Protected, ProtectedWords, protected_words
from persona_router.content.text_files import PACKAGED
from tests.served import SERVED

GROUNDS = {
    "age", "gender", "origin", "religion", "disability", "orientation", "family", "income",
    "politics",
}  # fmt: skip


@pytest.fixture(scope="module")
def words() -> ProtectedWords:
    return protected_words()


@pytest.mark.parametrize("language", SERVED)
def test_every_served_language_has_a_list_of_known_grounds(language: str) -> None:
    path = PACKAGED / "protected" / f"{language}.yml"
    lists = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(lists) == GROUNDS
    assert sum(map(len, lists.values())) >= 90


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        pytest.param("Pensioners who call", "age", id="en"),
        pytest.param("RENTNER am Telefon", "age", id="de"),
        pytest.param("les retraités", "age", id="fr"),
        pytest.param("son jubilados", "age", id="es"),
        pytest.param("os aposentados", "age", id="pt"),
        pytest.param("i pensionati", "age", id="it"),
        pytest.param("gepensioneerden", "age", id="nl"),
        pytest.param("emeryci", "age", id="pl"),
        pytest.param("emekliler", "age", id="tr"),
        pytest.param("المتقاعدين", "age", id="ar"),
    ],
)
def test_protected_words_are_found_in_every_language(
    words: ProtectedWords, text: str, ground: str
) -> None:
    assert [hit.ground for hit in words.find(text)] == [ground]


@pytest.mark.parametrize(
    "text",
    [
        "an old order and an older parcel",
        "ein altes Passwort und ein junger Wein",
        "donne le numéro d'emblée",
        "feature-rich, a single parcel, a manual",
        "Herrenhose, mode femme, talla de mujer",
        "",
    ],
)
def test_words_of_a_shop_are_not_taken_for_attributes(words: ProtectedWords, text: str) -> None:
    assert words.find(text) == ()


def test_words_are_found_whole_folded_and_the_longest_first() -> None:
    words = ProtectedWords({"age": ["âgé", "old people"], "income": ["people"]})
    assert words.find("AGE, aged, OLD_people, old-people and people") == (
        Protected("âgé", "age"),
        Protected("old people", "age"),
        Protected("people", "income"),
    )


def test_built_in_signals_measure_no_protected_attribute(words: ProtectedWords) -> None:
    for name, signal in load_signals().items():
        assert words.find(name) + words.find(signal.description) == ()


def test_hosts_own_words_are_added(tmp_path: Path) -> None:
    own = tmp_path / "data" / "texts" / "protected"
    own.mkdir(parents=True)
    (own / "sv.yml").write_text("age: [pensionär]\n", encoding="utf-8")
    words = protected_words(project=tmp_path)
    assert words.find("Pensionären") == ()
    assert words.find("en PENSIONÄR") == (Protected("pensionär", "age"),)
    assert words.find("a pensioner") == (Protected("pensioner", "age"),)


def test_malformed_list_is_named(tmp_path: Path) -> None:
    own = tmp_path / "data" / "texts" / "protected"
    own.mkdir(parents=True)
    (own / "sv.yml").write_text("age: pensionär\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        protected_words(project=tmp_path)
    assert str(caught.value) == (
        f"{own / 'sv.yml'}: age: 'pensionär' is not a list. Write a list here."
    )
