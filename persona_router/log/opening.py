"""Reading from a routing log that need not be there yet, and may be of an earlier release."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from persona_router.log.dialect import Database
from persona_router.log.places import LogPlace, as_place
from persona_router.log.store import RoutingLog


class LogAccess:
    """Connections that only read the log of one place; safe in many threads."""

    def __init__(self, place: Path | LogPlace) -> None:
        self._place = as_place(place)
        self._opened = False

    def is_simulated(self) -> bool:
        """Return whether its customers are simulated; raises as `connection` does."""
        with self.connection() as database:
            return database is not None and database.is_simulated()

    @contextmanager
    def connection(self) -> Iterator[Database | None]:
        """Give one state of the log to read from; None for one that no assistant has begun.

        Raises LogUnavailable.
        """
        if not self._place.begun():
            yield None
            return
        if not self._opened:
            RoutingLog(self._place).close()  # an earlier release's log is brought up to date
            self._opened = True
        with self._place.reading() as database:
            yield database
