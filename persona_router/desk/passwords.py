"""Passwords, kept as argon2 hashes."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = 2
"""So many hashes are computed at a time: each takes 64 MiB, and a flood must not take them all."""


class Passwords:
    """Hashes and verifies passwords; each takes some tens of milliseconds."""

    def __init__(self) -> None:
        self._turn = threading.Semaphore(AT_ONCE)

    def hashed(self, password: str) -> str:
        """Return the hash to keep, with salt and parameters in it."""
        with self._turn:
            return self._hasher.hash(password)

    def right(self, hash: str | None, password: str) -> bool:
        """Return whether the password has the hash; as slow for None as for a wrong one."""
        from argon2.exceptions import InvalidHashError, VerificationError

        with self._turn:
            try:
                right = self._hasher.verify(hash or self._nobodys, password)
            except (VerificationError, InvalidHashError):
                return False
        return right and hash is not None

    def outdated(self, hash: str) -> bool:
        """Return whether the hash was made with weaker parameters than those of today."""
        return self._hasher.check_needs_rehash(hash)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        # Loaded at the first password: commands that need none start without it.
        from argon2 import PasswordHasher

        return PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")
