"""The supervisor with small real programs: start, restart, giving up, and a complete end."""

import io
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts.console import Console
from scripts.ports import free_port
from scripts.processes import StopRequest
from scripts.supervisor import Patience, Program, Supervisor

QUICK = Patience(restarts=2, window=60, pause=0.05, start=20, grace=2)
SLEEP = "import time; time.sleep(60)"


class Screen:
    """Collects what a person would see."""

    def __init__(self) -> None:
        self.text = io.StringIO()
        self.console = Console(out=self.text, err=self.text)

    def __contains__(self, part: str) -> bool:
        return part in self.text.getvalue()


def program(folder: Path, name: str, code: str, *, health: str | None = None) -> Program:
    return Program(
        name=name,
        purpose=name.capitalize(),
        command=(sys.executable, "-c", code),
        log=folder / f"{name}.log",
        health=health,
    )


def wait_for_pid(file: Path) -> int:
    for _ in range(400):
        if file.exists() and file.read_text().endswith("\n"):
            return int(file.read_text())
        time.sleep(0.02)
    raise AssertionError(f"{file} was not written")


def assert_gone(pid: int) -> None:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and ") Z" in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} is still there")


def test_supervisor_announces_once_when_every_program_answers(tmp_path: Path) -> None:
    port = free_port()
    code = (
        "from http.server import *\n"
        "class Health(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200); self.end_headers()\n"
        f"HTTPServer(('127.0.0.1', {port}), Health).serve_forever()\n"
    )
    screen, stop, announced = Screen(), StopRequest(), []
    health = f"http://127.0.0.1:{port}/health"
    supervisor = Supervisor(
        [program(tmp_path, "web", code, health=health), program(tmp_path, "worker", SLEEP)],
        console=screen.console,
        stop=stop,
        patience=QUICK,
    )

    def ready() -> None:
        announced.append("Web answers" in screen)
        stop.ask()

    assert supervisor.run(ready) == 0
    assert announced == [True]


def test_supervisor_ends_children_and_grandchildren(tmp_path: Path) -> None:
    pids = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"open({str(pids)!r}, 'w').write(f'{{child.pid}}\\n')\n"
        "time.sleep(60)\n"
    )
    stop = StopRequest()
    threading.Thread(target=lambda: (wait_for_pid(pids), stop.ask())).start()
    supervisor = Supervisor(
        [program(tmp_path, "parent", code)], console=Screen().console, stop=stop, patience=QUICK
    )
    assert supervisor.run(lambda: None) == 0
    assert_gone(wait_for_pid(pids))


def test_supervisor_kills_what_ignores_the_request_to_end(tmp_path: Path) -> None:
    pids = tmp_path / "deaf"
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}}\\n')\n"
        "time.sleep(60)\n"
    )
    screen, stop = Screen(), StopRequest()
    threading.Thread(target=lambda: (wait_for_pid(pids), stop.ask())).start()
    supervisor = Supervisor(
        [program(tmp_path, "deaf", code)],
        console=screen.console,
        stop=stop,
        patience=Patience(grace=0.3),
    )
    assert supervisor.run(lambda: None) == 0
    assert "were killed" in screen
    assert_gone(wait_for_pid(pids))


def test_supervisor_starts_again_what_ended_and_shows_its_last_lines(tmp_path: Path) -> None:
    once = tmp_path / "once"
    code = (
        "import pathlib, sys, time\n"
        f"once = pathlib.Path({str(once)!r})\n"
        "if not once.exists():\n"
        "    once.touch()\n"
        "    sys.exit('veritabanı açılamadı')\n"
        "print('second', flush=True)\n"
        "time.sleep(60)\n"
    )
    screen, stop = Screen(), StopRequest()
    log = tmp_path / "shaky.log"

    def watch() -> None:
        for _ in range(400):
            if log.exists() and "second" in log.read_text(encoding="utf-8"):
                break
            time.sleep(0.02)
        stop.ask()

    threading.Thread(target=watch).start()
    supervisor = Supervisor(
        [program(tmp_path, "shaky", code)], console=screen.console, stop=stop, patience=QUICK
    )
    assert supervisor.run(lambda: None) == 0
    assert "Shaky ended by itself (exit status 1)" in screen
    assert "veritabanı açılamadı" in screen
    assert "restart 1 of at most 2" in screen
    assert "second" in log.read_text(encoding="utf-8")


def test_supervisor_gives_up_after_too_many_ends_and_stops_the_others(tmp_path: Path) -> None:
    pids = tmp_path / "steady"
    steady = f"import os\nopen({str(pids)!r}, 'w').write(f'{{os.getpid()}}\\n')\n{SLEEP}"
    screen = Screen()
    supervisor = Supervisor(
        [
            program(tmp_path, "steady", steady),
            program(tmp_path, "broken", "import time; time.sleep(0.3); raise SystemExit(7)"),
        ],
        console=screen.console,
        stop=StopRequest(),
        patience=QUICK,
    )
    assert supervisor.run(lambda: None) == 1
    assert "Broken ended by itself (exit status 7)" in screen
    assert "Broken ended 3 times within 60 s; stopping everything." in screen
    assert_gone(wait_for_pid(pids))


def test_supervisor_tries_only_twice_what_never_came_up(tmp_path: Path) -> None:
    health = f"http://127.0.0.1:{free_port()}/health"
    screen = Screen()
    supervisor = Supervisor(
        [program(tmp_path, "wrong", "raise SystemExit('endpoints.yml: fehlt')", health=health)],
        console=screen.console,
        stop=StopRequest(),
        patience=Patience(pause=0.05),
    )
    assert supervisor.run(lambda: pytest.fail("it never answered")) == 1
    assert screen.text.getvalue().count("    endpoints.yml: fehlt\n") == 3
    assert "Wrong does not come up; stopping everything." in screen


def test_supervisor_gives_up_on_what_never_answers(tmp_path: Path) -> None:
    screen = Screen()
    health = f"http://127.0.0.1:{free_port()}/health"
    supervisor = Supervisor(
        [program(tmp_path, "mute", SLEEP, health=health)],
        console=screen.console,
        stop=StopRequest(),
        patience=Patience(restarts=0, start=0.3, grace=2),
    )
    assert supervisor.run(lambda: pytest.fail("it never answered")) == 1
    assert "Mute did not answer within 0 s" in screen


def test_supervisor_ends_everything_when_a_command_cannot_be_run(tmp_path: Path) -> None:
    pids = tmp_path / "first"
    first = f"import os\nopen({str(pids)!r}, 'w').write(f'{{os.getpid()}}\\n')\n{SLEEP}"
    missing = Program(
        name="missing", purpose="Missing", command=("/no/such/program",), log=tmp_path / "m.log"
    )
    screen = Screen()
    supervisor = Supervisor(
        [program(tmp_path, "first", first), missing],
        console=screen.console,
        stop=StopRequest(),
        patience=Patience(restarts=0, grace=2),
    )
    assert supervisor.run(lambda: None) == 1
    assert "Missing cannot be run: " in screen
