"""How often an address may fail to sign in."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

LIMIT = 5
WINDOW_SECONDS = 300.0
MOST_ADDRESSES = 10_000


class Throttle:
    """Counts failures by address: after `limit` within `window` seconds, further tries must wait.

    `clock` gives seconds that never run backwards.
    """

    def __init__(
        self,
        *,
        limit: int = LIMIT,
        window: float = WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Return the whole seconds until the address may try again; 0 when it may try now."""
        recent = self._recent(address)
        if len(recent) < self._limit:
            return 0
        return max(1, math.ceil(recent[-self._limit] + self._window - self._clock()))

    def failed(self, address: str) -> None:
        """Count a failure of the address."""
        self._failures[address] = [*self._recent(address), self._clock()][-self._limit :]
        self._failures.move_to_end(address)
        # Bounded, so that forged addresses cannot fill the memory.
        while len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - self._window
        return [at for at in self._failures.get(address, ()) if at > since]
