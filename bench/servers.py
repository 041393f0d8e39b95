"""Start an assistant's server, measure the start, and read what it uses of the machine."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from bench.assistants import Assistant
from bench.conversation import ServerFault
from persona_router.state import DEFAULT_STATE
from scripts.ports import free_port
from scripts.processes import StopRequest, end_all, last_lines, spawn
from scripts.programs import BadEndpoints, endpoints_for, environment_for
from scripts.training import QUIET_RASA

_START_LIMIT_SECONDS = 180.0
_SERVER = Path(__file__).resolve().parents[1] / "scripts" / "rasa_server.py"
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(kw_only=True)
class Server:
    """A running assistant on a loopback port."""

    name: str
    port: int
    log: Path
    start_seconds: float
    rasa: subprocess.Popen[bytes]
    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def stop(self, stop: StopRequest) -> None:
        """End it with everything that it needed."""
        end_all([self.rasa, *self.helpers], grace=10.0, stop=stop)

    def rss_mb(self) -> float | None:
        """Return the resident memory of the Rasa server in MiB, None where /proc is missing."""
        sizes = [_status_field(pid, "VmRSS") for pid in _group(self.rasa.pid)]
        return round(sum(sizes) / 1024, 1) if sizes else None

    def helpers_rss_mb(self) -> float | None:
        """Return the same of the processes beside it: of the action server, if there is one."""
        pids = [pid for helper in self.helpers for pid in _group(helper.pid)]
        sizes = [_status_field(pid, "VmRSS") for pid in pids]
        return round(sum(sizes) / 1024, 1) if sizes else None

    def cpu_seconds(self) -> float | None:
        """Return the processor seconds used so far by it and its helpers."""
        leaders = [self.rasa.pid, *(helper.pid for helper in self.helpers)]
        times = [_cpu_seconds(pid) for leader in leaders for pid in _group(leader)]
        return sum(times) if times else None


def start(assistant: Assistant, *, ours: bool, logs: Path, stop: StopRequest) -> Server:
    """Return the assistant's server, ready to talk, with all channels of its `credentials.yml`.

    `start_seconds` is the time from the command to the first good answer of `/status`. Raises
    ServerFault, with the log's last line, when that does not come.
    """
    port, actions_port = free_port(), free_port()
    state = assistant.folder.resolve() / DEFAULT_STATE
    state.mkdir(mode=0o700, exist_ok=True)
    environment = environment_for(actions_port, state=state) if ours else QUIET_RASA
    running: list[subprocess.Popen[bytes]] = []

    def launch(name: str, *command: str) -> tuple[subprocess.Popen[bytes], Path]:
        log = logs / f"{assistant.name}-{name}.log"
        log.unlink(missing_ok=True)
        running.append(
            spawn(
                [sys.executable, *command],
                log=log,
                environment=environment,
                folder=assistant.folder,
            )
        )
        return running[-1], log

    try:
        endpoints = Path("endpoints.yml")
        server = ["-m", "rasa", "run", "--enable-api"]
        if ours:
            endpoints = endpoints_for(actions_port, project=assistant.folder, state=state)
            server = [str(_SERVER)]
            actions = ("-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port))
            _wait(f"http://127.0.0.1:{actions_port}/health", *launch("actions", *actions), stop)
        began = time.monotonic()
        rasa, log = launch(
            "server",
            *(*server, "--model", str(assistant.model), "--endpoints", str(endpoints)),
            *("--credentials", "credentials.yml", "--interface", "127.0.0.1"),
            *("--port", str(port)),
        )
        token = f"?token={quote(_token(state, rasa, log, stop))}" if ours else ""
        _wait(f"http://127.0.0.1:{port}/status{token}", rasa, log, stop)
        seconds = round(time.monotonic() - began, 2)
    except BadEndpoints as fault:
        end_all(running, grace=10.0, stop=stop)
        raise ServerFault(str(fault)) from fault
    except BaseException:
        end_all(running, grace=10.0, stop=stop)
        raise
    return Server(
        name=assistant.name,
        port=port,
        log=log,
        start_seconds=seconds,
        rasa=rasa,
        helpers=running[:-1],
    )


def _wait(address: str, process: subprocess.Popen[bytes], log: Path, stop: StopRequest) -> None:
    deadline = time.monotonic() + _START_LIMIT_SECONDS
    while True:
        try:
            with _NO_PROXY.open(address, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            pass
        _give_up_if_hopeless(process, log, deadline, stop)
        time.sleep(0.05)


def _token(state: Path, process: subprocess.Popen[bytes], log: Path, stop: StopRequest) -> str:
    file = state / "rasa.secret"
    deadline = time.monotonic() + _START_LIMIT_SECONDS
    while not file.is_file():
        _give_up_if_hopeless(process, log, deadline, stop)
        time.sleep(0.02)
    return file.read_text(encoding="ascii").strip()


def _give_up_if_hopeless(
    process: subprocess.Popen[bytes], log: Path, deadline: float, stop: StopRequest
) -> None:
    if stop.asked:
        raise ServerFault("stopped")
    end = (last_lines(log, 1) or ["it wrote nothing"])[0]
    if process.poll() is not None:
        raise ServerFault(f"the server ended while starting: {end} See {log}.")
    if time.monotonic() > deadline:
        raise ServerFault(f"no answer within {_START_LIMIT_SECONDS:.0f} s: {end} See {log}.")


def _group(leader: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
        except (ProcessLookupError, PermissionError):
            continue
    return found


def _status_field(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _cpu_seconds(pid: int) -> float:
    try:
        # The name in brackets may hold spaces, so count from its end: utime and stime follow.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS
