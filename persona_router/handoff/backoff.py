"""How long to wait before the next attempt."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0
LONGEST_ASKED_SECONDS = 3600.0


def wait_seconds(attempts: int, *, jitter: float, retry_after: float | None = None) -> float:
    """Return the seconds to wait after `attempts` failures, 1 or more.

    Twice as long each time, up to a minute, and spread by `jitter` (0 to 1) from half of it to the
    whole, so that those who failed together do not come back together. A time that the provider
    asked for is kept, up to an hour.
    """
    doubled: float = FIRST_SECONDS * 2 ** min(attempts - 1, 16)
    waited = min(LONGEST_SECONDS, doubled) * (0.5 + 0.5 * jitter)
    if retry_after is None:
        return waited
    return max(waited, min(retry_after, LONGEST_ASKED_SECONDS))
