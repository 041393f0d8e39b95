import pytest

from persona_router.core import text_signals as signals
from persona_router.core.turn import Metadata


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
