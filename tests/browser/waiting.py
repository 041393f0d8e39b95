"""Waiting for what no locator of the browser can see."""

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def wait_until(condition: Callable[[], _T], *, seconds: float = 15.0) -> _T:
    """Return the first true value of `condition`. Raises AssertionError if none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not true within {seconds} seconds"
        time.sleep(0.05)
