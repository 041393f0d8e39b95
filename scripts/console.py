"""What a person at the terminal sees: one line for each step, in colour where colour is welcome."""

import os
import sys
from dataclasses import dataclass
from typing import TextIO

_COLOURS = {"good": "32", "bad": "31", "quiet": "2"}


@dataclass(frozen=True, kw_only=True)
class Console:
    """Writes progress to `out` and faults to `err`, each line at once."""

    out: TextIO
    err: TextIO

    def step(self, text: str) -> None:
        """Report something that begins or goes on."""
        self._write(self.out, text, "quiet")

    def good(self, text: str) -> None:
        """Report something that succeeded."""
        self._write(self.out, text, "good")

    def say(self, text: str) -> None:
        """Report something that is neither progress nor a fault."""
        self._write(self.out, text, None)

    def fault(self, text: str) -> None:
        """Report something that failed."""
        self._write(self.err, text, "bad")

    @staticmethod
    def _write(stream: TextIO, text: str, tone: str | None) -> None:
        if tone and stream.isatty() and not os.environ.get("NO_COLOR"):
            text = f"\x1b[{_COLOURS[tone]}m{text}\x1b[0m"
        print(text, file=stream, flush=True)


def terminal() -> Console:
    """Return the console of this process's standard output and standard error."""
    return Console(out=sys.stdout, err=sys.stderr)
