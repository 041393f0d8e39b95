import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.evaluate_language import evaluate_language, read_language_cases
from persona_router.content.language_words import load_language_words, load_request_phrases
from persona_router.content.languages import (
    available_languages,
    load_language_model,
    plain_langdetect,
)
from persona_router.core.language import OTHER, identify
from tests.served import SERVED

FOUR = ("en", "de", "es", "ar")
DATA = Path(__file__).parents[1] / "data"


def _write(path: Path, *lines: object) -> Path:
    path.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines),
        encoding="utf-8",
    )
    return path


def test_load_language_model_takes_decoys_of_the_same_scripts() -> None:
    model = load_language_model(FOUR)
    assert model.languages == FOUR
    assert {"fr", "nl", "fa", "ur"} <= set(model.decoys)
    assert not {"ru", "he", "ja", "en"} & set(model.decoys)


def test_load_language_model_takes_the_decoys_it_is_given() -> None:
    assert load_language_model(["en", "de"], decoys=["nl", "de"]).decoys == ("nl",)
    assert load_language_model(["en", "de"], decoys=[]).decoys == ()


def test_load_language_model_tells_the_heard_languages_from_their_neighbours() -> None:
    model = load_language_model(["en", "tr"], heard=["uk", "ka"])  # nobody has Georgian's profile
    assert {"uk", "ru", "bg"} <= set(model.decoys)


def test_load_language_model_loads_once_for_all_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(lambda _: load_language_model(["en", "tr"]), range(4)))
    assert all(model is models[0] for model in models)


@pytest.mark.parametrize("code", ["xx", "klingon", "", "de_DE", "../de"])
def test_load_language_model_names_an_unknown_language_and_the_choices(code: str) -> None:
    with pytest.raises(ContentError) as caught:
        load_language_model(["en", code])
    assert f"Unknown language {code!r}. Available: af, ar, bg" in str(caught.value)


def test_load_language_model_refuses_repetition_and_none() -> None:
    with pytest.raises(ContentError, match="'de' is named twice"):
        load_language_model(["de", "en", "de"])
    with pytest.raises(ContentError, match=r"No language is named\. Available: af, ar"):
        load_language_model([])


def test_load_language_model_serves_twenty_languages() -> None:
    twenty = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar"]
    twenty += ["ru", "uk", "el", "he", "sv", "da", "fi", "cs", "hu", "ro"]
    model = load_language_model(twenty)
    assert identify("Hvor er min pakke henne?", model).answer(0.6) == "da"
    assert identify("Де моє замовлення?", model).answer(0.6) == "uk"
    assert identify("Kde je moje objednávka?", model).answer(0.6) == "cs"
    assert identify("איפה החבילה", model).answer(0.6) == "he"
    assert identify("Wo ist mein Paket?", model).answer(0.6) == "de"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param("et", "Kus mu pakk on? Ma pole seda veel saanud", id="without-word-list"),
        pytest.param("nb", "Hvor er pakken min? Den har ikke kommet ennå", id="by-macrolanguage"),
        pytest.param("zh", "我的订单在哪里", id="two-profiles"),
    ],
)
def test_load_language_model_uses_the_data_that_there_is(code: str, text: str) -> None:
    assert identify(text, load_language_model(["en", code])).answer(0.6) == code


def test_load_language_model_serves_one_language_without_word_list() -> None:
    model = load_language_model(["sq"], decoys=[])
    assert identify("ku është porosia ime", model).answer(0.6) == "sq"


def test_a_language_without_word_list_wins_no_words_of_others() -> None:
    model = load_language_model(["en", "et"])
    assert identify("please send the invoice again", model).answer(0.6) == "en"


def test_available_languages_are_codes() -> None:
    assert {"de", "zh", "ar", "sw"} <= set(available_languages())
    assert "zh-cn" not in available_languages()


def test_plain_langdetect_is_restricted_and_repeats_itself() -> None:
    detect = plain_langdetect(FOUR)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(detect, ["Wo bleibt denn mein Paket?"] * 8))
    assert {answer.best for answer in answers} == {"de"}
    assert all(answer == answers[0] for answer in answers)
    assert set(answers[0].scores) == {*FOUR, OTHER}


def test_plain_langdetect_answers_nothing_for_no_letters() -> None:
    guess = plain_langdetect(["de"])("12345 !?")
    assert guess.best is None
    assert guess.code is None


def test_plain_langdetect_names_an_unknown_language() -> None:
    with pytest.raises(ContentError, match="No language is named"):
        plain_langdetect([])
    with pytest.raises(ContentError, match="Unknown language 'xx'"):
        plain_langdetect(["de", "xx"])


def test_load_request_phrases_knows_names_in_all_languages() -> None:
    names = load_request_phrases(FOUR).names
    assert names[("deutsch",)] == names[("german",)] == names[("aleman",)] == "de"
    assert names[("castellano",)] == "es"
    assert names[("الانجليزية",)] == "en"
    assert set(names.values()) == set(FOUR)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("neutral: [", "Cannot be read"),
        ("- a\n- b", "The keys are not as expected"),
        ("neutral: []\nrequest: []\nnames: {}", "The keys are not as expected"),
        (
            "neutral: [no]\nintroductions: []\nrequest: []\ngiven_names: []\nnames: {}",
            "neutral: Is not a list of texts",
        ),
        (
            "neutral: []\nintroductions: []\nrequest: []\ngiven_names: []\nnames: {de: deutsch}",
            "names.de: Is not a list of texts",
        ),
    ],
)
def test_load_language_words_names_the_fault(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "neutral.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=what):
        load_language_words(path)


def test_load_language_words_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="FileNotFoundError"):
        load_language_words(tmp_path / "gone.yml")


def test_evaluate_language_counts_by_length_and_category(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "cases.jsonl",
        {"text": "Rechnung", "lang": "de", "source": "s"},
        {"text": "factura equivocada", "lang": "es"},
        {"text": "where is my parcel", "lang": "en"},
        {"text": "I would like to cancel the order I made", "lang": "de"},
        "",
        {"text": "ok", "accept": ["unknown"], "category": "neutral"},
        {"text": "Где посылка?", "accept": ["other", "unknown"], "category": "foreign"},
        {"text": "wo ist mein Paket", "accept": ["en"], "category": "foreign"},
    )
    figures = evaluate_language(path, load_language_model(FOUR))
    assert figures["accuracy_1_word"] == 1.0
    assert figures["accuracy_2_words"] == 1.0
    assert figures["accuracy_3_5_words"] == 1.0
    assert figures["accuracy_6_plus"] == 0.0
    assert figures["accuracy"] == 0.75
    assert figures["coverage"] == 1.0
    assert figures["precision"] == 0.75
    assert figures["harmless"] == pytest.approx(2 / 3)
    assert figures["harmless_neutral"] == 1.0
    assert figures["harmless_foreign"] == 0.5
    assert 0.2 < figures["ece"] < 0.3
    assert 0.0 < figures["latency_ms_p50"] <= figures["latency_ms_p99"]


def test_evaluate_language_leaves_out_figures_without_cases(tmp_path: Path) -> None:
    path = _write(tmp_path / "cases.jsonl", {"text": "👍", "accept": ["unknown"]})
    figures = evaluate_language(path, load_language_model(FOUR))
    assert set(figures) == {"harmless", "latency_ms_p50", "latency_ms_p99"}


def test_evaluate_language_measures_another_detector(tmp_path: Path) -> None:
    path = _write(tmp_path / "cases.jsonl", {"text": "Wo ist mein Paket jetzt?", "lang": "de"})
    figures = evaluate_language(
        path, load_language_model(FOUR), detect=plain_langdetect(["en", "de"])
    )
    assert figures["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "Is not JSON"),
        ("[1]", "Has no text"),
        ('{"text": 7, "lang": "de"}', "Has no text"),
        ('{"text": "hallo"}', "Has no label"),
        ('{"text": "hallo", "lang": ["de"]}', "Has no label"),
        ('{"text": "hallo", "accept": "de"}', "accept is 'de'"),
        ('{"text": "hallo", "accept": []}', "accept is"),
        ('{"text": "hallo", "lang": "de", "category": 3}', "category is 3"),
    ],
)
def test_read_language_cases_names_the_bad_line(tmp_path: Path, line: str, what: str) -> None:
    path = _write(tmp_path / "cases.jsonl", {"text": "hallo", "lang": "de"}, line)
    with pytest.raises(ContentError) as caught:
        read_language_cases(path)
    assert f"cases.jsonl: line 2: {what}" in str(caught.value)


def test_read_language_cases_refuses_an_empty_or_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="Holds no cases"):
        read_language_cases(_write(tmp_path / "empty.jsonl", "", ""))
    with pytest.raises(ContentError, match="FileNotFoundError"):
        read_language_cases(tmp_path / "gone.jsonl")


def test_short_messages_of_the_development_file_are_identified() -> None:
    path = DATA / "language.dev.jsonl"
    found = evaluate_language(path, load_language_model(sorted(_languages_of(path))))
    assert found["accuracy_1_word"] >= 0.83
    assert found["accuracy_2_words"] >= 0.925
    assert found["accuracy_3_5_words"] >= 0.983
    assert found["accuracy_6_plus"] >= 0.992
    assert found["accuracy"] >= 0.935
    assert found["ece"] <= 0.03


def test_what_tells_no_language_is_left_unknown() -> None:
    found = evaluate_language(DATA / "language.unknown.jsonl", load_language_model(SERVED))
    shares = {name: share for name, share in found.items() if name.startswith("harmless_")}
    assert len(shares) == 14
    assert {name: share for name, share in shares.items() if share < 0.9} == {}


def _languages_of(path: Path) -> set[str]:
    return {case.language for case in read_language_cases(path) if case.language}
