"""`persona-router consume` as a process of its own, and the log that it writes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from persona_router.log.store import RoutingLog


def until(holds: Callable[[], Any], *, within: float = 25.0) -> None:
    """Return as soon as it holds; AssertionError after `within` seconds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.05)


class Consumer:
    """A consumer of the endpoints file in `folder`, whose state is kept there."""

    def __init__(self, folder: Path) -> None:
        self.log = RoutingLog(folder / "routing_log.sqlite")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        return (self._folder / "consumer.txt").read_text(encoding="utf-8")

    def start(self) -> None:
        with (self._folder / "consumer.txt").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "persona_router.cli", "consume", "--endpoints",
                 str(self._folder / "endpoints.yml")],
                env={**os.environ, "PERSONA_ROUTER_STATE": str(self._folder)},
                stderr=output,
            )  # fmt: skip

    def end(self, number: int = signal.SIGTERM) -> int:
        """Return the exit status after the signal."""
        assert self._process is not None
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Return the exit status when it ends by itself."""
        assert self._process is not None
        return self._process.wait(timeout=30)

    def stop(self) -> None:
        """End it if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self.end(signal.SIGKILL)
        self.log.close()

    def found(self) -> list[tuple[str, float | None]]:
        """Return the ids and latencies in the log, by id."""
        return sorted((row["id"], row["latency_ms"]) for row in self.log.rows())
