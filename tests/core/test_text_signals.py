import pytest

from persona_router.content.lexicons import read_lexicons
from persona_router.core import text_signals as signals
from persona_router.core.turn import Metadata, Typing


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("WO IST MEIN PAKET", 1.0, id="de"),
        pytest.param("Wo ist mein PAKET", 0.5, id="de-half"),
        pytest.param("ΠΟΥ ΕΙΝΑΙ ΤΟ ΔΕΜΑ", 1.0, id="el"),
        pytest.param("أين طلبي يا جماعة الخير", None, id="ar-without-case"),
        pytest.param("PLEASE", None, id="one-word-is-too-little"),
        pytest.param("RE-2026-004471 BCN", None, id="codes"),
    ],
)
def test_shouting_is_the_share_of_longer_words_in_capitals(make_turn, text, value) -> None:
    assert signals.shouting(make_turn(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Where is it?", 0.0, id="one"),
        pytest.param("Where is it? When does it come?", 0.5, id="two"),
        pytest.param("Who? When? Where?", 1.0, id="three"),
        pytest.param("Wo ist mein Paket???", 0.0, id="repeated-mark-is-one-question"),
        pytest.param("Where is it?!?", 0.0, id="mixed-marks"),
        pytest.param("أين طلبي؟ ومتى يصل؟", 0.5, id="ar"),
        pytest.param("¿Dónde está? ¿Cuándo llega?", 0.5, id="es"),
        pytest.param("see https://shop.example/a?b=1?c=2", 0.0, id="address"),
    ],
)
def test_questions_counts_questions_beyond_the_first(make_turn, text, value) -> None:
    assert signals.questions(make_turn(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("4471903", 1.0), ("cancel 4471903 now", 1.0), ("a " * 14, 0.0), ("one two " * 4, 0.571)],
)
def test_brevity_falls_from_half_a_line_to_two_lines(make_turn, text, value) -> None:
    assert signals.brevity(make_turn(text)) == pytest.approx(value, abs=0.001)


@pytest.mark.parametrize(("count", "value"), [(14, 0.0), (28, 0.5), (42, 1.0), (200, 1.0)])
def test_length_rises_from_two_to_six_lines(make_turn, count, value) -> None:
    assert signals.length(make_turn("word " * count)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("cancel 4471903", 1.0, id="en"),
        pytest.param("٤٤٧١٩٠٣ أين", 1.0, id="ar-digits"),
        pytest.param("cancel my order", 0.0, id="no-number"),
        pytest.param("it cost 10,000 in 2026", 0.0, id="price-and-year"),
        pytest.param("word " * 30 + "4471903", 0.0, id="at-the-end-of-a-story"),
    ],
)
def test_number_first_needs_a_number_and_few_words(make_turn, text, value) -> None:
    assert signals.number_first(make_turn(text)) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("conditions", "is there a deadline", 0.5),
        ("conditions", "a deadline, even if it is open, unless worn", 1.0),
        ("courtesy", "please, could you look", 1.0),
        ("narrative", "my mum and then yesterday", 0.6),
        ("narrative", "cancel it", 0.0),
        ("hedging", "maybe", None),
    ],
)
def test_listed_signals_count_phrases(make_turn, name, text, value) -> None:
    assert getattr(signals, name)(make_turn(text)) == value


def test_listed_signals_read_arabic(make_turn) -> None:
    assert signals.courtesy(make_turn("لو سمحتِ، أين طلبي من فضلك", locale="ar-SA")) == 1.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("§ 5 says so", 1.0, id="paragraph"),
        pytest.param("the page says “may be excluded”", 1.0, id="quoted"),
        pytest.param("laut „kann ausgeschlossen sein“", 1.0, id="de-quotes"),
        pytest.param("«puede excluirse»", 1.0, id="es-quotes"),
        pytest.param("where is my parcel", 0.0, id="none"),
    ],
)
def test_references_sees_clauses_and_quotations_without_a_list(make_turn, text, value) -> None:
    assert signals.references(make_turn(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("this is ridiculous", 0.6),
        ("ridiculous, outrageous!!!", 1.0),
        ("where is it??", 0.2),
        ("WHERE IS THIS PARCEL", 0.4),
        ("where is it", 0.0),
    ],
)
def test_anger_adds_words_marks_and_capitals(make_turn, text, value) -> None:
    assert signals.anger(make_turn(text)) == pytest.approx(value)


@pytest.mark.parametrize(
    "name",
    ["brevity", "length", "narrative", "questions", "references", "anger", "number_first", "lost"],
)
@pytest.mark.parametrize("text", ["", "hello", "🙂🙂"])
def test_text_signals_are_absent_from_neutral_turns(make_turn, name, text) -> None:
    assert getattr(signals, name)(make_turn(text)) is None


@pytest.mark.parametrize("name", ["brevity", "shouting", "number_first"])
def test_text_signals_are_absent_from_clicks(make_turn, name) -> None:
    turn = make_turn("CANCEL ORDER 4471903", metadata=Metadata(input="button"))
    assert getattr(signals, name)(turn) is None


@pytest.fixture(scope="module")
def packaged():
    return read_lexicons(["en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar", "sv"])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "cancel 4471903"),
        ("en", "Hi, please cancel my order"),
        ("de", "stornieren Sie 4471903"),
        ("de", "Bestellung 4471903 stornieren!"),
        ("fr", "Bonjour. Annulez ma commande"),
        ("es", "anule el pedido 5530871"),
        ("pt", "cancele a encomenda"),
        ("it", "annullate l'ordine"),
        ("nl", "annuleer bestelling 339108"),
        ("pl", "Dzień dobry, proszę anulować zamówienie"),
        ("tr", "siparişimi iptal edin"),
        ("ar", "الغوا الطلب"),
    ],
)
def test_imperatives_are_orders_in_every_language(make_turn, packaged, language, text) -> None:
    assert signals.imperatives(make_turn(text, lexicon=packaged[language])) == 1.0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "can I cancel after it was sent"),
        ("en", "cancellation fee?"),
        ("de", "kann man das stornieren und wie"),
        ("fr", "montre connectée, quelle garantie"),
        ("es", "cancelación: qué plazo hay"),
        ("it", "annullamento entro quando"),
        ("pt", "dados da fatura"),
        ("tr", "iptal ücreti var mı"),
        ("ar", "المنتج غير متوفر"),
    ],
)
def test_imperatives_are_no_nouns_or_questions(make_turn, packaged, language, text) -> None:
    assert signals.imperatives(make_turn(text, lexicon=packaged[language])) == 0.0


def test_imperatives_are_absent_without_a_list(make_turn, packaged) -> None:
    assert signals.imperatives(make_turn("avbryt 4471903", lexicon=packaged["sv"])) is None


def test_length_is_measured_against_what_a_device_takes(make_turn) -> None:
    text = "word " * 14
    assert signals.length(make_turn(text)) == 0.0
    assert signals.length(make_turn(text, typing=Typing(length=0.5))) == pytest.approx(0.5)


def test_wishes_person_is_heard_by_phrases_and_by_meaning(make_turn) -> None:
    assert signals.wishes_person(make_turn("can I speak to a person")) == 1.0
    heard = {"wish_": 0.7, "refuse_phone": 0.1}
    assert signals.wishes_person(make_turn("is anybody alive there", wishes=heard)) == 0.7
    assert signals.wishes_person(make_turn("no humans please", wishes={"wish_": 0.1})) == 0.1
    assert signals.wishes_person(make_turn("where is it")) is None


def test_refuses_is_the_surest_refusal(make_turn) -> None:
    heard = {"wish_": 0.7, "refuse_phone": 0.6, "refuse_person": 0.2}
    assert signals.refuses(make_turn("please do not ring", wishes=heard)) == 0.6
    assert signals.refuses(make_turn("ring me", wishes={"wish_": 0.9})) == 0.0
    assert signals.refuses(make_turn("please do not ring")) is None


def test_anybody_is_absent_without_a_classifier(make_turn) -> None:
    meaning = {"sprinter": 0.4, "talker": 0.6}
    assert signals.anybody(make_turn("gift cards", meaning=meaning, anybody=0.8)) == 0.8
    assert signals.anybody(make_turn("gift cards")) is None
