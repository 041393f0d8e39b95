"""How often somebody may fail to sign in: from one address, or to one account."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

ADDRESS_LIMIT = 5
ACCOUNT_LIMIT = 10
WINDOW_SECONDS = 300.0
MOST_KEYS = 10_000


class Throttle:
    """Counts attempts by key: after `limit` within `window` seconds, further ones must wait.

    `clock` gives seconds that never run backwards.
    """

    def __init__(
        self,
        *,
        limit: int,
        window: float = WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._attempts: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Return the whole seconds until the key may try again; 0 when it may try now."""
        recent = self._recent(key)
        if len(recent) < self._limit:
            return 0
        return max(1, math.ceil(recent[-self._limit] + self._window - self._clock()))

    def attempt(self, key: str) -> None:
        """Count an attempt, before it is known how it ends: many at once are many."""
        self._attempts[key] = [*self._recent(key), self._clock()][-self._limit :]
        self._attempts.move_to_end(key)
        # Bounded, so that forged keys cannot fill the memory.
        while len(self._attempts) > MOST_KEYS:
            self._attempts.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Take the last attempt back: it was no failure."""
        self._attempts[key] = self._recent(key)[:-1]

    def _recent(self, key: str) -> list[float]:
        since = self._clock() - self._window
        return [at for at in self._attempts.get(key, ()) if at > since]
