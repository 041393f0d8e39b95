"""Who is there to help: what people say, and whether their browser is still heard of."""

from persona_router.desk.accounts import Account


def is_connected(account: Account, now: float, silence: float) -> bool:
    """Return whether the person's browser was heard of in the last `silence` seconds.

    `now` is in Unix seconds.
    """
    return account.seen_at is not None and now - account.seen_at <= silence


def is_online(account: Account, now: float, silence: float) -> bool:
    """Return whether the person is there and takes conversations."""
    return account.enabled and account.available and is_connected(account, now, silence)
