from random import Random

import pytest

from persona_router.core.arms import ArmResult, ComparedArms, Difference, difference
from persona_router.core.figures import Rate, Tally


def compared(
    a: int, b: int, *, shares: tuple[float, ...] = (0.5,), versions: tuple[str, ...] = ("2",)
) -> ComparedArms:
    """Return a comparison in which so many conversations of one visit each were in the arms."""
    return ComparedArms(
        arms={
            "a": ArmResult(versions=("1",), conversations=a, tally=Tally(visits=a)),
            "b": ArmResult(versions=versions, conversations=b, tally=Tally(visits=b)),
        },
        shares=shares,
        differing=Rate(1, a + b),
    )


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe 1998, table II, method 10, of the first less the second
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_difference_has_newcombes_interval(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = difference(Rate(*second), Rate(*first))
    assert found.share == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert found.interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "b", "cases"), [(0.62, 0.70, 400), (0.85, 0.85, 120), (0.30, 0.18, 60)]
)
def test_intervals_hold_the_true_difference_in_93_to_97_of_100_comparisons(
    a: float, b: float, cases: int
) -> None:
    chance, held = Random(7), 0
    for _ in range(3000):
        hits = [sum(chance.random() < share for _ in range(cases)) for share in (a, b)]
        low, high = difference(Rate(hits[0], cases), Rate(hits[1], cases)).interval
        held += low <= b - a <= high
    assert 0.93 <= held / 3000 <= 0.97


def test_difference_needs_cases_in_both_arms() -> None:
    with pytest.raises(ValueError, match="needs cases in both arms"):
        difference(Rate(0, 0), Rate(1, 2))


def test_differences_are_told_from_the_least_number_of_cases_on() -> None:
    found = compared(30, 29)
    assert found.differences(30)["containment"] is None
    assert found.differences(29)["containment"] == Difference(
        share=0.0, interval=pytest.approx((-0.1170, 0.1135), abs=5e-4)
    )
    assert found.differences(0)["satisfaction"] is None


@pytest.mark.parametrize(
    ("a", "b", "share", "p", "mismatch"),
    [
        (500, 500, 0.5, 1.0, False),
        (530, 470, 0.5, 0.0578, False),  # χ² = 3.6
        (560, 440, 0.5, 0.000148, True),  # χ² = 14.4
        (900, 100, 0.1, 1.0, False),
        (900, 100, 0.2, 2.6e-15, True),  # χ² = 62.5
        (0, 0, 0.5, None, False),
    ],
)
def test_sizes_that_do_not_fit_the_share_are_noticed(
    a: int, b: int, share: float, p: float | None, mismatch: bool
) -> None:
    found = compared(a, b, shares=(share,))
    assert found.sample_ratio == (None if p is None else pytest.approx(p, rel=0.02))
    assert found.mismatch is mismatch


def test_sizes_are_not_judged_where_the_share_is_not_known() -> None:
    for found in (
        compared(900, 100, shares=()),
        compared(900, 100, shares=(0.1, 0.5)),
        compared(900, 100, versions=("2", "3")),
    ):
        assert found.sample_ratio is None
        assert not found.mismatch
    assert not compared(900, 100, shares=()).mixed
    assert compared(900, 100, shares=(0.1, 0.5)).mixed
    assert compared(900, 100, versions=("2", "3")).mixed
