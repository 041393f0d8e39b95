import pytest

from persona_router.handoff.backoff import wait_seconds


def test_wait_doubles_up_to_a_minute() -> None:
    waits = [wait_seconds(attempts, jitter=1.0) for attempts in range(1, 9)]
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert wait_seconds(10_000, jitter=1.0) == 60.0


def test_jitter_spreads_over_half_of_the_wait() -> None:
    assert [wait_seconds(4, jitter=jitter) for jitter in (0.0, 0.5, 1.0)] == [4.0, 6.0, 8.0]


@pytest.mark.parametrize(
    ("asked", "wait"), [(17.0, 17.0), (0.0, 1.0), (-5.0, 1.0), (86_400.0, 3600.0)]
)
def test_time_that_the_provider_asks_for_is_kept(asked: float, wait: float) -> None:
    assert wait_seconds(1, jitter=1.0, retry_after=asked) == wait
