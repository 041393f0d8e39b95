import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona_router.content.language_words import load_request_phrases
from persona_router.content.languages import load_language_model
from persona_router.core.language import OTHER, LanguageModel, guess_from_scores, identify
from persona_router.core.language_request import requested_language
from persona_router.core.words import fold, split_words

TEN = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar")


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_language_model(TEN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("where is my parcel?", "en"),
        ("Wo bleibt mein Paket?", "de"),
        ("WO IST MEIN PAKET", "de"),
        ("ich moechte die Schuhe zurueckschicken", "de"),
        ("je n'ai toujours rien reçu", "fr"),
        ("¿Cuándo llega mi pedido?", "es"),
        ("DONDE ESTA MI PEDIDO", "es"),
        ("cadê minha encomenda", "pt"),
        ("vorrei restituire le scarpe", "it"),
        ("waar blijft mijn pakketje", "nl"),
        ("nie mogę się zalogować", "pl"),
        ("SİPARİŞİM NEREDE", "tr"),
        ("KARGO NEREDE KALDI", "tr"),
        ("وين طلبي؟", "ar"),
        ("عايز ألغي الأوردر", "ar"),
        ("متى تصل الشُّحْنة؟", "ar"),
        ("ويـــــن الطلب", "ar"),
        ("طلبت iPhone 15 Pro Max ولسه ما وصل", "ar"),
        ("wo ist meine Bestellung 4471903?", "de"),
    ],
)
def test_identify_knows_short_messages_as_customers_write_them(
    model: LanguageModel, text: str, code: str
) -> None:
    assert identify(text, model).answer(0.6) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ok",
        "OK!!",
        "no",
        "hi :)",
        "lol",
        "12345678",
        "RE-2026-004711",
        "anna.weiss@example.com",
        "https://shop.example/bestellung/wo-ist-sie",
        "www.example.de/hilfe",
        "@kundendienst",
        "😀👍",
        "?!",
        "\x00\x07\x1b",
        "\u202e\u200f",
        "٤٤٧١٩٠٣",
        "qwertz",
        "sdkfjhskdjfh",
        "John Smith",
        "Müller",
        "Giovanni Rossi",
        "Jan de Vries",
        "Anna Kowalska",
        "محمد أحمد",
    ],
)
def test_identify_takes_no_language_from_words_of_any_language(
    model: LanguageModel, text: str
) -> None:
    guess = identify(text, model)
    assert guess.code is None
    assert guess.confidence == 0.0
    assert guess.log_likelihoods == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Hol van a csomagom?", id="hu"),
        pytest.param("Missä tilaukseni on?", id="fi"),
        pytest.param("Vreau să anulez comanda mea", id="ro"),
        pytest.param("Jeg har ikke modtaget min pakke", id="da"),
        pytest.param("سفارش من کجاست؟", id="fa"),
        pytest.param("میرا آرڈر کہاں ہے", id="ur"),
        pytest.param("Где моя посылка?", id="ru"),
        pytest.param("איפה החבילה שלי", id="he"),
        pytest.param("주문을 취소하고 싶어요", id="ko"),
        pytest.param("我想退货", id="zh"),
    ],
)
def test_identify_tells_unsupported_languages_apart(model: LanguageModel, text: str) -> None:
    assert identify(text, model).answer(0.6) == OTHER


@pytest.mark.parametrize(
    ("text", "unsupported"),
    [
        ("Hol van a csomagom?", "hu"),
        ("سفارش من کجاست؟ من منتظر هستم", "fa"),
        ("我想退货", None),
        ("12345", None),
    ],
)
def test_identify_names_the_likeliest_unsupported_language(
    model: LanguageModel, text: str, unsupported: str | None
) -> None:
    assert identify(text, model).unsupported == unsupported


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("wo ist mein package bro", {"de", "en"}),
        ("mi order no llegó y quiero un refund", {"es", "en"}),
        ("mój order nie doszedł, please help", {"pl", "en"}),
    ],
)
def test_identify_answers_code_switching_with_one_of_its_languages(
    model: LanguageModel, text: str, allowed: set[str]
) -> None:
    assert identify(text, model).answer(0.6) in allowed


def test_identify_keeps_a_posterior_that_sums_to_one(model: LanguageModel) -> None:
    scores = identify("danke, alles gut", model).scores
    assert set(scores) == {*TEN, OTHER}
    assert sum(scores.values()) == pytest.approx(1.0)


def test_identify_clips_likelihoods_of_one_message(model: LanguageModel) -> None:
    text = "Ich habe gestern eine Lampe bestellt und möchte die Lieferadresse ändern. " * 20
    likelihoods = identify(text, model).log_likelihoods
    assert likelihoods["de"] == 0.0
    assert min(likelihoods.values()) == -8.0


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000,
        "ab" * 10_000,
        "x " * 10_000,
        "é" * 20_000,
        "@" * 20_000,
        "w." * 10_000,
        "م" * 20_000,
    ],
)
def test_identify_bounds_its_work(model: LanguageModel, text: str) -> None:
    identify(text, model)
    started = time.process_time()
    identify(text, model)
    assert time.process_time() - started < 0.1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_identify_never_fails_and_sums_to_one(text: str) -> None:
    guess = identify(text, load_language_model(TEN))
    assert sum(guess.scores.values()) == pytest.approx(1.0)
    assert guess.code is None or guess.code == guess.best
    assert all(0.0 <= p <= 1.0 for p in guess.scores.values())


def test_identify_survives_lone_surrogates(model: LanguageModel) -> None:
    assert sum(identify("wo ist \ud800 mein Paket \udfff", model).scores.values()) > 0.99


# Letters whose upper and lower case are each other's: ß, ı and final ς are not.
cased = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzäöüéèñçãóąćłśźğşо и"), max_size=60)


@settings(max_examples=200, deadline=None)
@given(cased)
def test_identify_answers_capitals_and_small_letters_alike(text: str) -> None:
    model = load_language_model(TEN)
    assert identify(text.upper(), model) == identify(text.lower(), model)


def test_identify_gates_by_script_alone() -> None:
    model = load_language_model(["en", "th", "el"])
    assert identify("พัสดุอยู่ที่ไหน", model).answer(0.9) == "th"
    assert identify("πού είναι το δέμα", model).answer(0.9) == "el"
    assert identify("где посылка", model).answer(0.9) == OTHER


def test_identify_reads_scripts_without_blanks() -> None:
    model = load_language_model(["ja", "zh"])
    assert identify("我的订单在哪里", model).answer(0.9) == "zh"
    assert identify("注文した商品がまだ届きません", model).answer(0.9) == "ja"


def test_guess_from_scores_without_any_is_no_evidence() -> None:
    guess = guess_from_scores({"en": 0.0, "de": 0.0})
    assert guess.code is None
    assert guess.scores == {"en": 0.5, "de": 0.5, OTHER: 0.0}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wo ist 4471903 ?", ["wo", "ist"]),
        ("Heeeelllppp", ["heellpp"]),
        ("mail an a.b@c.de: hilfe", ["mail", "an", "hilfe"]),
        ("siehe https://a.b/c?d und/oder x", ["siehe", "und", "oder", "x"]),
        ("IŞIK İYİ", ["işik", "iyi"]),
        (unicodedata.normalize("NFD", "größe"), ["größe"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("طلـــب", ["طلب"]),
        ("订单123号", ["订单", "号"]),
    ],
)
def test_split_words_keeps_language_and_drops_codes(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("word", "folded"),
    [("größe", "grosse"), ("kaldı", "kaldi"), ("łódź", "lodz"), ("أحمد", "احمد"), ("ok", "ok")],
)
def test_fold_takes_accents_off(word: str, folded: str) -> None:
    assert fold(word) == folded


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English please", "en"),
        ("auf Deutsch bitte", "de"),
        ("en español por favor", "es"),
        ("bitte espanol", "es"),
        ("بالعربي لو سمحت", "ar"),
        ("ممكن نتكلم عربي؟", "ar"),
        ("Do you speak German?", "de"),
        ("¿Puede responder en inglés?", "en"),
        ("en français s'il vous plaît", "fr"),
        ("po polsku proszę", "pl"),
        ("Türkçe lütfen", "tr"),
        ("DEUTSCH", "de"),
        ("my english book arrived broken", None),
        ("english laptop", None),
        ("I don't speak German", None),
        ("deutsch oder englisch?", None),
        ("kein Deutsch", None),
        ("arabic coffee", None),
        ("quiero devolver el libro de inglés", None),
        ("please can you help me", None),
        ("", None),
        ("please " * 3000 + "english", None),
    ],
)
def test_requested_language_hears_wishes_and_nothing_else(text: str, code: str | None) -> None:
    assert requested_language(text, load_request_phrases(TEN)) == code


def test_core_modules_import_no_library_and_no_io() -> None:
    program = (
        "import sys\n"
        "import persona_router.core.language, persona_router.core.belief\n"
        "import persona_router.core.language_request, persona_router.core.locale\n"
        "foreign = {'langdetect', 'wordfreq', 'numpy', 'babel', 'yaml', 'rasa', 'random'}\n"
        "sys.exit(', '.join(sorted(foreign & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
