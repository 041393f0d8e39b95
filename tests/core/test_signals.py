import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona_router.core import signals
from persona_router.core.signals import measure_all, registered, signal
from persona_router.core.turn import read_metadata
from tests.core.test_turn import JSON

ODD = st.sampled_from(
    [
        "\x00",
        "\u202e",
        "\u2066",
        "\ud800",
        "🤬",
        "؟",
        "?",
        "!",
        "٤٤٧١٩٠٣",
        "§ 5",
        "«",
        "»",
        "A" * 50,
    ]
)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_REGISTRY", dict(signals._REGISTRY))


@pytest.mark.usefixtures("registry")
def test_signal_is_registered_with_the_first_line_of_its_docstring(make_turn) -> None:
    @signal("has_dash")
    def has_dash(turn) -> float | None:
        """Writes a dash.

        More of it.
        """
        return 1.0 if "-" in turn.text else 0.0

    assert registered()["has_dash"].description == "Writes a dash."
    assert measure_all(make_turn("a - b"))["has_dash"] == 1.0


@pytest.mark.usefixtures("registry")
def test_signal_without_a_docstring_is_refused() -> None:
    error = r"^Signal 'mute' has no docstring\. Say in one line what it measures\.$"
    with pytest.raises(ValueError, match=error):
        signal("mute")(lambda turn: 1.0)


@pytest.mark.usefixtures("registry")
def test_signal_of_a_taken_name_is_refused_even_from_a_function_of_the_same_name() -> None:
    def brevity(turn) -> float | None:
        """Another package's idea of it."""

    error = r"^Signal 'brevity' is registered twice\. Choose another name\.$"
    with pytest.raises(ValueError, match=error):
        signal("brevity")(brevity)
    twin = type(brevity)(brevity.__code__, globals(), "brevity")
    twin.__qualname__, twin.__module__, twin.__doc__ = "brevity", "elsewhere", "Yet another."
    with pytest.raises(ValueError, match=error):
        signal("brevity")(twin)


@pytest.mark.usefixtures("registry")
def test_signal_may_be_registered_again_by_the_same_function() -> None:
    measure = registered()["brevity"].measure
    assert signal("brevity")(measure) is measure


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(("value", "clipped"), [(7.0, 1.0), (-2.0, 0.0), (float("nan"), 0.0)])
def test_measure_all_clips_what_plugins_return(make_turn, value: float, clipped: float) -> None:
    @signal("plugin")
    def plugin(turn) -> float | None:
        """Out of bounds."""
        return value

    assert measure_all(make_turn("x"))["plugin"] == clipped


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=80, deadline=None)
@given(
    text=st.text(max_size=200) | st.lists(ODD, max_size=30).map(" ".join),
    metadata=JSON
    | st.fixed_dictionaries(
        {
            "seconds": st.floats(0, 86_400),
            "page": st.text(max_size=30),
            "input": st.sampled_from(["typed", "button"]),
        }
    ),
    locale=st.sampled_from(["en-GB", "ar-EG", "tr-TR", ""]),
)
def test_signals_are_shares_for_any_text_and_metadata(make_turn, text, metadata, locale) -> None:
    turn = make_turn(text, locale=locale, metadata=read_metadata(metadata))
    values = {name: entry.measure(turn) for name, entry in registered().items()}
    assert all(v is None or 0.0 <= v <= 1.0 for v in values.values()), values


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "why? " * 4_000,
        '"' * 20_000,
        "!?" * 10_000,
        "١" * 20_000,
        " \n" * 10_000,
        "a please " * 2_000,
        "(((" * 6_000,
        "\x00" * 20_000,
    ],
)
def test_signals_of_twenty_thousand_characters_are_shares(make_turn, text: str) -> None:
    assert all(0.0 <= value <= 1.0 for value in measure_all(make_turn(text)).values())


def test_registered_cannot_be_changed_by_readers() -> None:
    with pytest.raises(TypeError):
        registered()["x"] = None  # type: ignore[index]


@pytest.mark.usefixtures("registry")
def test_signals_are_not_shown_who_or_where_somebody_is(make_turn) -> None:
    seen = []

    @signal("curious")
    def curious(turn) -> float | None:
        """Looks at everything."""
        seen.append(turn)
        return 1.0

    metadata = {"locale": "tr-TR", "timezone": "Europe/Istanbul", "device": "tablet", "seconds": 9}
    turn = make_turn(
        "hello there",
        locale="ar-EG",
        metadata=read_metadata(metadata),
        entities={"phone_number": "+20 2 0000"},
        spoken="uk",
    )
    assert measure_all(turn)["curious"] == 1.0
    (shown,) = seen
    assert (shown.locale, shown.language, shown.lexicon.language) == ("", "", "")
    assert (shown.metadata.locale, shown.metadata.timezone, shown.metadata.device) == (
        None, None, None,
    )  # fmt: skip
    assert (dict(shown.entities), shown.spoken) == ({}, None)
    assert (shown.text, shown.metadata.seconds) == ("hello there", 9.0)
