import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.chat.inbox import LONGEST, Incoming, Pace, Paces, Refused, clean, read_incoming
from tests.core.test_turn import JSON


def refusal(raw: object) -> str:
    with pytest.raises(Refused) as caught:
        read_incoming(raw)
    return caught.value.code


def message(text: object = "hallo", **fields: object) -> dict[str, object]:
    return {"id": "m1", "text": text, "metadata": {"input": "typed"}, **fields}


def test_read_incoming_returns_what_was_sent() -> None:
    raw = message("  ¿Dónde está?\r\n", id="5f0c-1", metadata={"input": "typed", "seconds": 2.5})
    assert read_incoming(raw) == Incoming(
        "5f0c-1", "¿Dónde está?", {"input": "typed", "seconds": 2.5}
    )


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "hello",
        3,
        {},
        {"text": "x"},
        {"id": "m1"},
        message(7),
        message(None),
        message(["x"]),
        message(id=""),
        message(id=7),
        message(id="x" * 65),
        message(id="a b"),
        message(id="\ud800"),
        message(id="é"),
        message(id="a\n"),
        message(id="\x00"),
    ],
)
def test_read_incoming_refuses_what_is_no_message(raw: object) -> None:
    assert refusal(raw) == "malformed"


@pytest.mark.parametrize(
    "text", ["", "   \n\t", "\x00", "\x07\x1b", "\ud800", "\u200b\u202e\u2066", "\u2028 \u3000"]
)
def test_read_incoming_refuses_what_shows_nothing(text: str) -> None:
    assert refusal(message(text)) == "empty"


def test_read_incoming_refuses_a_text_that_is_too_long() -> None:
    assert read_incoming(message("x" * LONGEST)).text == "x" * LONGEST
    assert refusal(message("x" * (LONGEST + 1))) == "too_long"


def test_read_incoming_accepts_twenty_thousand_characters() -> None:
    assert len(read_incoming(message("ش" * 20_000)).text) == 20_000


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        pytest.param(None, {}, id="missing"),
        pytest.param("mobile", {}, id="text"),
        pytest.param(["mobile"], {}, id="list"),
        pytest.param({"seconds": 2.5, "returning": True, "page": None, "n": 3},
                     {"seconds": 2.5, "returning": True, "page": None, "n": 3}, id="plain"),
        pytest.param({"page": "/x", "deep": {"a": [1]}, "list": [1]}, {"page": "/x"}, id="deep"),
        pytest.param({"page": "x" * 301, "device": "x" * 300}, {"device": "x" * 300}, id="long"),
        pytest.param({"x" * 301: 1, "n": 10**400}, {}, id="huge"),
        pytest.param({str(n): n for n in range(31)}, {}, id="many"),
        pytest.param({1: 2}, {}, id="number-as-key"),
    ],
)  # fmt: skip
def test_read_incoming_keeps_short_plain_metadata(metadata: object, kept: object) -> None:
    assert read_incoming(message(metadata=metadata)).metadata == kept


@pytest.mark.parametrize(
    ("text", "utterance"),
    [
        ("/restart", "\u2060/restart"),
        ('/greet{"persona": "vip"}', '\u2060/greet{"persona": "vip"}'),
        ("  \n/back", "\u2060/back"),
        ("\x00/restart", "\u2060/restart"),
        ("\u3000/restart", "\u2060/restart"),
        ("and/or", "and/or"),
        ("24/7 offen?", "24/7 offen?"),
    ],
)
def test_leading_slash_is_text_and_never_a_command(text: str, utterance: str) -> None:
    incoming = read_incoming(message(text))
    assert incoming.utterance == utterance
    assert not incoming.utterance.strip().startswith("/")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x07c\x7fd\x9be", "abcde"),
        ("line\r\nline\ttab", "line\nline\ttab"),
        ("\ud800lone", "lone"),
        ("👩‍👩‍👧 مرحبًا", "👩‍👩‍👧 مرحبًا"),
        ("\u202eabc", "\u202eabc"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_clean_drops_controls_and_nothing_else(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(), max_size=200))
def test_clean_never_raises_and_can_always_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


@given(JSON | st.fixed_dictionaries({"id": JSON, "text": JSON, "metadata": JSON}))
def test_read_incoming_accepts_or_refuses_and_nothing_else(raw: object) -> None:
    try:
        incoming = read_incoming(raw)
    except Refused:
        return
    assert incoming.text == clean(incoming.text) != ""


def test_pace_admits_twenty_messages_in_ten_seconds() -> None:
    pace = Pace()
    for number in range(20):
        pace.admit(now=100.0 + number * 0.1)
    with pytest.raises(Refused) as caught:
        pace.admit(now=109.9)
    assert caught.value.code == "too_fast"
    pace.admit(now=110.0)
    with pytest.raises(Refused):
        pace.admit(now=110.05)
    pace.admit(now=110.1)


def test_pace_of_an_unhurried_customer_never_ends() -> None:
    pace = Pace()
    for number in range(200):
        pace.admit(now=number * 0.6)


def test_pace_uses_the_clock_when_no_time_is_given() -> None:
    pace = Pace()
    for _ in range(20):
        pace.admit()
    with pytest.raises(Refused):
        pace.admit()


def test_paces_are_those_of_each_conversation() -> None:
    paces = Paces()
    for _ in range(20):
        paces.admit("c1", now=100.0)
    paces.admit("c2", now=100.0)
    with pytest.raises(Refused):
        paces.admit("c1", now=100.0)


def test_pace_of_who_was_not_heard_from_for_long_begins_anew() -> None:
    paces = Paces(most=2)
    for _ in range(20):
        paces.admit("c1", now=100.0)
    paces.admit("c2", now=100.0)
    with pytest.raises(Refused):
        paces.admit("c1", now=100.0)
    paces.admit("c3", now=100.0)
    with pytest.raises(Refused):
        paces.admit("c1", now=100.0)
    paces.admit("c4", now=100.0)
    paces.admit("c3", now=100.0)
    paces.admit("c1", now=100.0)
