import pytest

from persona_router.core.expected_wait import expected_minutes


@pytest.mark.parametrize(
    ("waits", "waited", "minutes"),
    [
        ((240, 200, 260, 240, 900), 0, 4),
        ((240, 200, 260, 240, 900), 200, 1),
        ((241, 241, 241, 241, 241), 0, 5),
        ((0.5, 0.5, 0.5, 0.5, 0.5), 0, 1),
    ],
)
def test_expected_wait_is_the_usual_one_less_the_time_waited(
    waits: tuple[float, ...], waited: float, minutes: int
) -> None:
    assert expected_minutes(waits, waited) == minutes


def test_nothing_is_expected_of_too_few_waits() -> None:
    assert expected_minutes((60, 60, 60, 60), 0) is None
    assert expected_minutes((), 0) is None


def test_nothing_is_expected_once_the_usual_time_is_over() -> None:
    assert expected_minutes((60, 60, 60, 60, 60), 60) is None
