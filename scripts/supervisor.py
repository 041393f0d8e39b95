"""Keeps a handful of programs running until somebody asks for the end."""

import subprocess
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.console import Console
from scripts.processes import StopRequest, end_all, last_lines, spawn

_TICK = 0.1
_LINES_SHOWN = 5
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, kw_only=True)
class Program:
    """A command that is to run all the time; it works once `health` answers with status 200.

    Without `health` it counts as working as soon as it runs. `purpose` is what people call it.
    """

    name: str
    purpose: str
    command: tuple[str, ...]
    log: Path
    health: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the supervisor waits, in seconds, and how often it starts a program again.

    A program that ends more than `restarts` times within `window` ends everything; for one that
    never worked yet it is `first_restarts`. The pause before a restart begins at `pause` and
    doubles each time within the window.
    """

    restarts: int = 5
    # What fails at its first start mostly fails for good: a setting, a file, a missing module.
    first_restarts: int = 1
    window: float = 120.0
    pause: float = 1.0
    start: float = 180.0
    grace: float = 10.0


class _Watched:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.start_again = 0.0
        self.works = False
        self.ever_worked = False
        self.hung = False
        self.ends: deque[float] = deque()


class Supervisor:
    """Starts programs, says when each of them answers, and starts again what ends by itself."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        console: Console,
        stop: StopRequest,
        patience: Patience | None = None,
    ) -> None:
        self._watched = [_Watched(program) for program in programs]
        self._console = console
        self._stop = stop
        self._patience = patience or Patience()

    def run(self, when_ready: Callable[[], None]) -> int:
        """Return the exit status: 0 after a stop request, 1 when a program would not stay up.

        Calls `when_ready` once, when every program works for the first time. No process that was
        started here is left behind, whatever happens.
        """
        announced = False
        try:
            while not self._stop.asked:
                if not all(self._look_after(watched) for watched in self._watched):
                    return 1
                if not announced and all(watched.works for watched in self._watched):
                    announced = True
                    when_ready()
                time.sleep(_TICK)
            self._console.step("Stopping ...")
            return 0
        finally:
            self._end()

    def _look_after(self, watched: _Watched) -> bool:
        now = time.monotonic()
        if watched.process is None:
            return now < watched.start_again or self._start(watched, now)
        if watched.process.poll() is not None:
            return self._bury(watched, now)
        if not watched.works:
            self._await(watched, now)
        return True

    def _start(self, watched: _Watched, now: float) -> bool:
        program = watched.program
        watched.started, watched.works, watched.hung = now, False, False
        try:
            watched.process = spawn(
                program.command, log=program.log, environment=program.environment
            )
        except OSError as error:
            self._console.fault(f"{program.purpose} cannot be run: {error}")
            return False
        if program.health is None:
            watched.works = watched.ever_worked = True
        return True

    def _await(self, watched: _Watched, now: float) -> None:
        program = watched.program
        if program.health is not None and _answers(program.health):
            watched.works = watched.ever_worked = True
            self._console.good(f"  {program.purpose} answers ({now - watched.started:.1f} s)")
        elif now - watched.started > self._patience.start and watched.process is not None:
            watched.hung = True
            end_all([watched.process], grace=self._patience.grace, stop=self._stop)

    def _bury(self, watched: _Watched, now: float) -> bool:
        program, process = watched.program, watched.process
        if process is None:
            return True
        # Children of the dead may still hold its port.
        end_all([process], grace=self._patience.grace, stop=self._stop)
        watched.process, watched.works = None, False
        watched.ends.append(now)
        while watched.ends and now - watched.ends[0] > self._patience.window:
            watched.ends.popleft()
        count = len(watched.ends)
        how = (
            f"did not answer within {self._patience.start:.0f} s"
            if watched.hung
            else f"ended by itself ({_status(process.returncode)})"
        )
        self._console.fault(f"{program.purpose} {how}. The end of {program.log}:")
        for line in last_lines(program.log, _LINES_SHOWN):
            self._console.fault(f"    {line}")
        limit = self._patience.restarts
        if not watched.ever_worked:
            limit = min(limit, self._patience.first_restarts)
        if count > limit:
            what = (
                f"ended {count} times within {self._patience.window:.0f} s"
                if watched.ever_worked
                else "does not come up"
            )
            self._console.fault(
                f"{program.purpose} {what}; stopping everything. Find the cause in {program.log}."
            )
            return False
        pause = self._patience.pause * 2 ** (count - 1)
        watched.start_again = now + pause
        self._console.step(
            f"  {program.purpose}: restart {count} of at most {limit} in {pause:.0f} s"
        )
        return True

    def _end(self) -> None:
        running = [watched.process for watched in self._watched if watched.process is not None]
        if not end_all(running, grace=self._patience.grace, stop=self._stop):
            self._console.fault("Some programs did not end when asked to and were killed.")


def _answers(url: str) -> bool:
    try:
        with _NO_PROXY.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _status(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"
