"""Whether a process can serve: a few quick checks, for load balancers and probes."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any

KEPT_SECONDS = 1.0
"""So long an answer holds, so that asking often costs nothing."""
BUSY_SECONDS = 1.0

log = logging.getLogger(__name__)


class Readiness:
    """Runs the checks, by name; one that is False or fails makes the process not ready.

    `ticks` gives seconds that never run backwards. Safe for several threads.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[], bool]],
        *,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._ticks = ticks
        self._lock = threading.Lock()
        self._latest: tuple[float, int, dict[str, Any]] | None = None

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Return status 200 or 503, and `ok` with "ok" or "failed" for each check."""
        with self._lock:
            now = self._ticks()
            if self._latest is None or now - self._latest[0] >= KEPT_SECONDS:
                found = {name: _passes(name, check) for name, check in self._checks.items()}
                ready = all(found.values())
                status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
                checks = {name: "ok" if passed else "failed" for name, passed in found.items()}
                self._latest = self._ticks(), status, {"ok": ready, "checks": checks}
            return self._latest[1], self._latest[2]


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # whatever it is, the process is not ready
        log.error("not ready: %s (%s)", name, error)
        return False


def database_works(path: Path, table: str) -> bool:
    """Return whether the file can be read and written now, within a second; changes nothing.

    Raises sqlite3.Error where it cannot, and never makes a file.
    """
    address = f"{path.resolve().as_uri()}?mode=rw"
    with closing(
        sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    ) as db:
        db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")
    return True
