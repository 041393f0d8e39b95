"""Says so wherever a command shows customers that `persona-router demo` has made."""

import sys
from typing import Protocol

NOTE = "These customers are simulated (persona-router demo)."


class Reader(Protocol):
    """Whatever reads a routing log."""

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""


def note_simulated(reader: Reader) -> bool:
    """Return whether the customers are simulated, after saying so beside the output."""
    simulated = reader.is_simulated()
    if simulated:
        print(NOTE, file=sys.stderr)
    return simulated
