import pytest

from persona_router.core.persona import Strength


@pytest.mark.parametrize(("value", "decibans"), [(0.0, -2.0), (0.5, 2.5), (1.0, 7.0)])
def test_strength_is_linear_between_absent_and_present(value: float, decibans: float) -> None:
    assert Strength(7.0, -2.0).weigh(value) == decibans


def test_strength_says_nothing_of_an_absent_signal_unless_told() -> None:
    assert Strength(4.0).weigh(0.0) == 0.0
