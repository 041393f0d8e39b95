from datetime import date

import pytest

from persona_router.log.filters import Filter, FilterFault, read_filter, read_sort


def test_address_becomes_a_filter_and_the_same_address_again() -> None:
    pairs = [
        ("since", "2026-11-01"), ("until", "2026-11-23"), ("q", "Rückgabe c1"),
        ("persona", "talker"), ("persona", "-"), ("language", "ar"), ("failed", "1"),
    ]  # fmt: skip
    made = read_filter([*pairs, ("lang", "de"), ("after", "5~d1"), ("route", " ")])
    assert made == Filter(
        since=date(2026, 11, 1),
        until=date(2026, 11, 23),
        facets={"persona": ("talker", "-"), "language": ("ar",), "failed": ("1",)},
        words="Rückgabe c1",
    )
    assert made.pairs() == pairs


def test_days_count_from_midnight_to_midnight_utc() -> None:
    made = read_filter([("since", "1970-01-02"), ("until", "1970-01-02")])
    assert (made.from_second, made.to_second) == (86_400.0, 172_800.0)


def test_value_given_twice_counts_once() -> None:
    assert read_filter([("route", "agent"), ("route", "agent")]).facets == {"route": ("agent",)}


@pytest.mark.parametrize(
    ("pair", "key"),
    [
        (("since", "yesterday"), "day"),
        (("until", "0001-01-01"), "day"),
        (("until", "9999-12-31"), "day"),
        (("failed", "yes"), "value"),
        (("confidence", "80-90"), "value"),
        (("q", "x" * 201), "long"),
        (("persona", "x" * 301), "long"),
    ],
)
def test_value_that_cannot_be_used_is_named_with_the_remedy(
    pair: tuple[str, str], key: str
) -> None:
    with pytest.raises(FilterFault) as raised:
        read_filter([pair])
    assert (raised.value.key, raised.value.name) == (key, pair[0])
    assert raised.value.remedy in str(raised.value)


def test_days_the_wrong_way_round_are_named() -> None:
    with pytest.raises(FilterFault, match="not before the first"):
        read_filter([("since", "2026-11-23"), ("until", "2026-11-01")])


def test_order_is_newest_first_unless_a_known_one_is_named() -> None:
    assert read_sort("") == "-at"
    assert read_sort("intent_confidence") == "intent_confidence"
    with pytest.raises(FilterFault, match="Choose from at, -at, intent_confidence"):
        read_sort("id; DROP TABLE decision")
