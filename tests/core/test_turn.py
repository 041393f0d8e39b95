import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.turn import Metadata, Payload, parse_payload, read_metadata

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "input",
        "payload",
        "device",
        "locale",
        "page",
        "referrer",
        "timezone",
        "returning",
        "previous_contacts",
        "seconds",
        "remembers",
        "preferred",
        "corrected",
    ]
)


def test_read_metadata_keeps_what_the_page_sends() -> None:
    assert read_metadata(
        {
            "input": "button",
            "payload": "route:phone",
            "device": "mobile",
            "locale": "ar-AE",
            "page": "/help/returns",
            "referrer": "email",
            "timezone": "Asia/Dubai",
            "returning": True,
            "previous_contacts": 2,
            "seconds": 5,
            "remembers": True,
            "preferred": "phone",
            "corrected": True,
            "unknown": {"deep": []},
        }
    ) == Metadata(
        input="button",
        payload="route:phone",
        device="mobile",
        locale="ar-AE",
        page="/help/returns",
        referrer="email",
        timezone="Asia/Dubai",
        returning=True,
        previous_contacts=2,
        seconds=5.0,
        remembers=True,
        preferred="phone",
        corrected=True,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("input", "voice"),
        ("input", ["button"]),
        ("payload", {"route": "agent"}),
        ("device", ""),
        ("locale", "x" * 301),
        ("page", 7),
        ("returning", "yes"),
        ("returning", 1),
        ("previous_contacts", -1),
        ("previous_contacts", 10_001),
        ("previous_contacts", True),
        ("previous_contacts", 2.5),
        ("seconds", "5"),
        ("seconds", -0.1),
        ("seconds", 10**400),
        ("seconds", float("nan")),
        ("seconds", float("inf")),
        ("seconds", False),
        ("remembers", 1),
        ("remembers", "true"),
        ("preferred", ["phone"]),
        ("preferred", ""),
        ("preferred", "x" * 301),
        ("corrected", "yes"),
        ("corrected", {}),
    ],
)
def test_read_metadata_counts_unusable_values_as_absent(field: str, value: object) -> None:
    assert read_metadata({field: value}) == Metadata()


@pytest.mark.parametrize("raw", [None, [], "text", 7, b"x"])
def test_read_metadata_of_no_mapping_is_empty(raw: object) -> None:
    assert read_metadata(raw) == Metadata()


@given(JSON | st.dictionaries(FIELDS, JSON))
def test_read_metadata_never_raises(raw: object) -> None:
    metadata = read_metadata(raw)
    assert metadata.input in ("typed", "button")
    assert metadata.seconds is None or 0 <= metadata.seconds <= 86_400


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("why", Payload("why")),
        ("resume", Payload("resume")),
        ("correct", Payload("correct")),
        ("remember", Payload("remember")),
        ("forget", Payload("forget")),
        ("callback", Payload("callback")),
        ("route:phone", Payload("route", "phone")),
        ("route:spaceship", Payload("route", "spaceship")),
        ("intent:track_order", Payload("intent", "track_order")),
        ("language:ar", Payload("language", "ar")),
        ("slot:as soon as: possible", Payload("slot", "as soon as: possible")),
    ],
)
def test_parse_payload_reads_buttons(text: str, payload: Payload) -> None:
    assert parse_payload(text) == payload


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "route:",
        "route",
        "why:not",
        "remember:phone",
        "/restart",
        '/greet{"persona":"vip"}',
        "Route:x",
    ],
)
def test_parse_payload_ignores_everything_else(text: str | None) -> None:
    assert parse_payload(text) is None


@given(JSON)
def test_parse_payload_never_raises(raw: object) -> None:
    assert parse_payload(raw) is None or isinstance(raw, str)


@pytest.mark.parametrize(
    ("text", "locale", "neutral"),
    [
        pytest.param("hello", "en-GB", True, id="greeting"),
        pytest.param("Hello, where is it", "en-GB", False, id="greeting-and-more"),
        pytest.param("مرحبًا", "ar-EG", True, id="ar-greeting"),
        pytest.param("🙏🙏", "en-GB", True, id="emoji"),
        pytest.param("\x00\u202e", "en-GB", True, id="controls"),
        pytest.param("", "en-GB", True, id="empty"),
        pytest.param("hello 4471903", "en-GB", False, id="number"),
        pytest.param("merhaba", "tr-TR", False, id="no-list"),
    ],
)
def test_turn_is_neutral_when_nothing_tells_how_somebody_writes(
    make_turn, text: str, locale: str, neutral: bool
) -> None:
    assert make_turn(text, locale=locale).neutral is neutral


def test_turn_of_a_click_is_neutral(make_turn) -> None:
    assert make_turn("Cancel my order", metadata=Metadata(input="button")).neutral


def test_turn_knows_the_language_of_its_locale(make_turn) -> None:
    assert make_turn("x", locale="zh-Hant-TW").language == "zh"
