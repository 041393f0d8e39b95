import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.comparison import chi_squared, holm, stability_index

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=6)


def test_chi_squared_of_a_table_worked_by_hand() -> None:
    # (30, 70) against (50, 50): expected 40 and 60 in each, so 2 * (100/40 + 100/60) = 8.3333.
    assert chi_squared((30, 70), (50, 50)) == pytest.approx(0.003892417)


def test_chi_squared_joins_bins_that_hold_too_few() -> None:
    assert chi_squared((30, 70, 0, 1), (50, 50, 1, 0)) == chi_squared((30, 71), (50, 51))


def test_nothing_can_be_told_from_a_single_bin() -> None:
    assert chi_squared((10, 0), (20, 0)) == 1.0
    assert chi_squared((1, 1), (1, 0)) == 1.0
    assert chi_squared((0, 0), (5, 5)) == 1.0


def test_chi_squared_is_uniform_where_nothing_differs() -> None:
    chance = Random(1)
    below = 0
    for _ in range(1000):
        old, new = (sum(chance.random() < 0.3 for _ in range(300)) for _ in "ab")
        below += chi_squared((old, 300 - old), (new, 300 - new)) < 0.05
    assert 30 <= below <= 72  # 50 are expected; 99 % of such runs lie in these


@given(COUNTS)
def test_same_counts_never_differ(counts: list[int]) -> None:
    assert chi_squared(counts, counts) == pytest.approx(1.0)
    assert stability_index(counts, counts) == pytest.approx(0.0)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=6))
def test_stability_index_is_never_negative_and_finite(pairs: list[tuple[int, int]]) -> None:
    index = stability_index([a for a, _ in pairs], [b for _, b in pairs])
    assert index >= 0
    assert math.isfinite(index)


def test_stability_index_is_that_of_the_formula() -> None:
    # (0.5 - 0.3) ln(0.5 / 0.3) + (0.5 - 0.7) ln(0.5 / 0.7), half a visit more in each bin.
    assert stability_index((300_000, 700_000), (500_000, 500_000)) == pytest.approx(
        0.169459, abs=1e-4
    )


def test_holm_of_the_textbook() -> None:
    # .05/4 = .0125, .05/3 = .0167, .05/2 = .025: the third fails, and with it all larger ones.
    assert holm([0.01, 0.04, 0.03, 0.005], 0.05) == [True, False, False, True]
    assert holm([], 0.05) == []
