"""Start and end the processes that make up a running assistant, each with all its children."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CAUSE = re.compile(
    r"^(?:[\w.]*(?:Error|Exception|Invalid\w*|NotFound))\b.*:|\b(?:ERROR|CRITICAL)\b"
)


class StopRequest:
    """Whether somebody asked this process to end; true after the first SIGINT, SIGTERM or SIGHUP.

    `insistent` is true after the second one: then there is no more waiting for a tidy end.
    """

    def __init__(self) -> None:
        self._asked = 0

    def listen(self) -> None:
        """Take over the signals. Only the main thread may call this."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def ask(self) -> None:
        """Ask by hand for what a signal would ask for."""
        self._asked += 1

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()

    @property
    def asked(self) -> bool:
        """Whether the end was asked for."""
        return self._asked > 0

    @property
    def insistent(self) -> bool:
        """Whether it was asked for more than once."""
        return self._asked > 1


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Return a new process, leader of its own group, that adds its output to `log`.

    It has no standard input, and a Ctrl-C at the terminal does not reach it by itself. Raises
    OSError if the command cannot be run.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            start_new_session=True,
        )


def end_all(
    processes: Iterable[subprocess.Popen[bytes]],
    *,
    grace: float,
    stop: StopRequest | None = None,
) -> bool:
    """Return whether every process and all its children ended by themselves when asked to.

    Those still there after `grace` seconds, or after an insistent stop request, are killed.
    """
    groups = list(processes)
    deadline = time.monotonic() + grace
    for process in groups:
        _signal_group(process, signal.SIGTERM)
    while any(_alive(process) for process in groups):
        if time.monotonic() >= deadline or (stop is not None and stop.insistent):
            for process in groups:
                _signal_group(process, signal.SIGKILL)
                process.wait()
            return False
        time.sleep(0.05)
    return True


def last_lines(log: Path, count: int) -> list[str]:
    """Return the last `count` lines of a log that are not blank, without terminal colours."""
    try:
        text = log.read_bytes()[-65536:].decode("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    lines = (_ANSI.sub("", line).rstrip() for line in text.splitlines())
    return [line for line in lines if line.strip()][-count:]


def likely_cause(log: Path) -> str:
    """Return the line of a failed command's log that says why: the last error, or the last line."""
    lines = last_lines(log, 400)
    causes = [line.strip() for line in lines if _CAUSE.search(line)]
    return (causes or [line.strip() for line in lines] or ["it wrote nothing"])[-1]


def _alive(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS answers so for a group of which only the dead are left.
        return process.returncode is None
    return True


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
