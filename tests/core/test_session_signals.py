import pytest

from persona_router.core import session_signals as signals
from persona_router.core.turn import Metadata, Typing


@pytest.mark.parametrize(
    ("seconds", "text", "value"),
    [
        (2.0, "fine", 1.0),
        (5.5, "fine", 1.0),
        (60.5, "fine", 0.0),
        (300.0, "fine", 0.0),
        (0.0, "fine", 1.0),
        (17.8, "fine", 0.5),
        (25.0, "word " * 40, 1.0),
    ],
)
def test_haste_is_thinking_time_after_the_time_to_type(make_turn, seconds, text, value) -> None:
    turn = make_turn(text, metadata=Metadata(seconds=seconds))
    assert signals.haste(turn) == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    ("seconds", "value"), [(5.0, 0.0), (20.5, 0.0), (120.5, 1.0), (49.5, 0.5), (9_000.0, 1.0)]
)
def test_pause_rises_from_twenty_seconds_to_two_minutes(make_turn, seconds, value) -> None:
    turn = make_turn("fine", metadata=Metadata(seconds=seconds))
    assert signals.pause(turn) == pytest.approx(value, abs=0.01)


def test_times_are_absent_when_the_channel_sends_none(make_turn) -> None:
    assert signals.haste(make_turn("fine")) is None
    assert signals.pause(make_turn("fine")) is None


@pytest.mark.parametrize("measure", [signals.haste, signals.pause])
def test_times_of_a_bare_greeting_say_nothing(make_turn, measure) -> None:
    assert measure(make_turn("hello", metadata=Metadata(seconds=3.0))) is None
    assert (
        measure(make_turn("Track it", metadata=Metadata(input="button", seconds=3.0))) is not None
    )


def test_clicks_is_no_evidence_when_somebody_types(make_turn) -> None:
    assert signals.clicks(make_turn("x", metadata=Metadata(input="button"))) == 1.0
    assert signals.clicks(make_turn("x")) is None


@pytest.mark.parametrize(
    ("page", "referrer", "value"),
    [
        ("/help/returns", None, 1.0),
        ("/de/Help/ruecksendung/", None, 1.0),
        ("/help/returns?from=mail#top", None, 1.0),
        ("/legal/terms?print=1", None, 1.0),
        ("/cart", "help", 1.0),
        ("/help", None, 0.0),
        ("/helpful/thing", None, 0.0),
        ("/cart?next=/help/x", "email", 0.0),
        (None, "search", 0.0),
        (None, None, None),
    ],
)
def test_reads_help_sees_pages_below_help_and_referrers(make_turn, page, referrer, value) -> None:
    metadata = Metadata(page=page, referrer=referrer)
    turn = make_turn("x", metadata=metadata, reading_pages=frozenset({"help", "terms"}))
    assert signals.reads_help(turn) == value


def test_time_to_type_depends_on_the_device(make_turn) -> None:
    metadata = Metadata(seconds=20.0)
    quick, slow = Typing(seconds=0.25), Typing(seconds=1.75)
    assert signals.haste(make_turn("word " * 10, metadata=metadata, typing=slow)) == 1.0
    assert signals.haste(make_turn("word " * 10, metadata=metadata, typing=quick)) < 0.6


@pytest.mark.parametrize(
    ("text", "earlier", "value"),
    [
        ("Wo ist mein Paket?", ("wo ist mein paket?",), 1.0),
        ("WO IST MEIN PAKET?", ("hallo", "wo ist mein paket?", "4471903"), 1.0),
        ("wo bleibt es", ("wo ist mein paket?",), 0.0),
        ("Wo ist mein Paket?", (), None),
    ],
)
def test_repeats_is_the_same_text_again(make_turn, text, earlier, value) -> None:
    assert signals.repeats(make_turn(text, earlier=earlier)) == value


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"intent": "track_order", "earlier_intent": "track_order"}, 1.0),
        ({"intent": "track_order", "earlier_intent": "get_invoice"}, 0.0),
        ({"intent": "track_order", "earlier_intent": None}, 0.0),
        ({"intent": "track_order", "earlier_intent": "track_order", "form": "order"}, None),
        ({"intent": None, "earlier_intent": "track_order"}, None),
    ],
)
def test_rephrases_is_the_same_intent_in_other_words(make_turn, fields, value) -> None:
    turn = make_turn("and when does it come", earlier=("where is my parcel",), **fields)
    assert signals.rephrases(turn) == value


def test_rephrases_is_not_word_for_word_and_not_the_first_message(make_turn) -> None:
    again = {"intent": "track_order", "earlier_intent": "track_order"}
    assert signals.rephrases(make_turn("where is it", earlier=("where is it",), **again)) == 0.0
    assert signals.rephrases(make_turn("where is it", **again)) is None


@pytest.mark.parametrize(("count", "value"), [(0, 0.0), (1, 1 / 3), (3, 1.0), (9, 1.0)])
def test_earlier_contacts_are_full_from_three_on(make_turn, count, value) -> None:
    metadata = Metadata(previous_contacts=count)
    assert signals.earlier_contacts(make_turn("x", metadata=metadata)) == pytest.approx(value)


def test_earlier_contacts_are_absent_where_nobody_counts(make_turn) -> None:
    assert signals.earlier_contacts(make_turn("x")) is None
