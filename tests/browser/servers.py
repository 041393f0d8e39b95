"""The whole running assistant for the browser tests: every program that `make run` starts."""

import io
import shutil
import signal
import sqlite3
import subprocess
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.desk.account_store import AccountStore
from persona_router.desk.accounts import Profile
from persona_router.desk.database import open_desk_database
from persona_router.desk.passwords import Passwords
from persona_router.handoff.queue import Handoff, HandoffQueue
from persona_router.handoff.sqlite import open_queue
from persona_router.log.store import RoutingLog
from persona_router.state import STATE_VARIABLE
from scripts.ports import free_port
from scripts.processes import end_all, last_lines, spawn
from scripts.programs import Places, programs
from scripts.supervisor import Program
from tests.sample_index import furnished

ROOT = Path(__file__).resolve().parents[2]
PHONE_CLOSED_IN = "es"
AWAY_SECONDS = 70
_CONTENT = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "data", "actions")
_POLICY = "routing.yml"
_PASSWORD = "four words in a row"
_START_SECONDS = 120.0
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Assistant:
    """Action server, Rasa server and desk on free ports, with a state folder of their own.

    Whatever the clock says, all routes are open, save the phone in the language
    `PHONE_CLOSED_IN`, which opens again the day after tomorrow.
    """

    def __init__(self, *, model: Path, folder: Path) -> None:
        self._project = folder / "project"
        self.state = folder / "state"
        self.state.mkdir(mode=0o700, parents=True)
        furnished(self.state)
        policy = _copy_project(self._project)
        own_model = folder / "model.tar.gz"
        _copy_model(model, own_model, policy)
        places = Places(
            host="127.0.0.1",
            rasa_port=free_port(),
            actions_port=free_port(),
            desk_port=free_port(),
        )
        self.origin = f"http://127.0.0.1:{places.rasa_port}"
        self.desk = f"http://127.0.0.1:{places.desk_port}"
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self._project)
            patch.setenv(STATE_VARIABLE, str(self.state))
            self._programs = {
                program.name: program
                for program in programs(places, model=own_model, state=self.state)
            }
            self._queue: HandoffQueue = open_queue()
            self._accounts = AccountStore(open_desk_database())
        self._conversations = self.state / "conversations.sqlite"
        self._kept = folder / "kept.sqlite"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._routing_log: RoutingLog | None = None

    def start(self) -> None:
        """Start everything that does not run, and wait until it answers."""
        for name in self._programs:
            self.launch(name)
        for name in self._programs:
            self.wait_for(name)

    def launch(self, name: str) -> None:
        """Start the program `name` unless it runs, without waiting for it."""
        program = self._programs[name]
        if name not in self._running:
            self._running[name] = spawn(
                program.command,
                log=program.log,
                environment=program.environment,
                folder=self._project,
            )

    def wait_for(self, name: str) -> None:
        """Wait until the program `name` answers. Raises RuntimeError with the end of its log."""
        program, process = self._programs[name], self._running[name]
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(program):
            if process.poll() is not None or time.monotonic() > deadline:
                end = "\n".join(last_lines(program.log, 20))
                raise RuntimeError(f"{program.purpose} does not answer:\n{end}")
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        """End the program `name` as a crash would: at once and without a word."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def freeze(self, name: str) -> None:
        """Let the program `name` hang: it takes requests and answers none."""
        self._running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let the program `name` go on after `freeze`."""
        self._running[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End everything; nothing that was started here is left behind."""
        end_all(self._running.values(), grace=10.0)
        self._running.clear()

    def keep_conversations(self) -> None:
        """Keep what Rasa has saved up to now, for `take_conversations_back`."""
        _copy_database(self._conversations, self._kept)

    def take_conversations_back(self) -> None:
        """Let Rasa, while it is down, find what was kept: the later turns were never saved."""
        _copy_database(self._kept, self._conversations)

    def forget_last_turn_was_handled(self, conversation: str) -> None:
        """Leave the chat's history as a crash does right after the answer was sent."""
        with closing(sqlite3.connect(self.state / "website.sqlite")) as history, history:
            history.execute(
                "UPDATE message SET handled = 0 WHERE seq = (SELECT max(seq) FROM message"
                " WHERE conversation = ? AND sender = 'customer')",
                (conversation,),
            )

    def answers(self, name: str) -> bool:
        """Return whether the program `name` is up, in the process that was launched last."""
        return self._running[name].poll() is None and _answers(self._programs[name])

    def hire(
        self, name: str, *, roles: str = "agent", languages: tuple[str, ...] = ()
    ) -> tuple[str, str]:
        """Return user name and password of somebody who works at the desk from now on."""
        login = "".join(c for c in name.lower() if c.isascii() and c.isalnum())
        if all(account.login != login for account in self._accounts.all()):
            profile = Profile(name=name, roles=frozenset(roles.split()), languages=languages)
            self._accounts.add(login, profile)
            self._accounts.set_password(login, Passwords().hashed(_PASSWORD))
        return login, _PASSWORD

    def let_time_pass_for(self, login: str, handoff: str) -> None:
        """Leave an agent and what they hold as after AWAY_SECONDS without their browser."""
        with closing(sqlite3.connect(self.state / "desk.sqlite")) as desk, desk:
            desk.execute(
                "UPDATE account SET seen_at = seen_at - ? WHERE login = ?", (AWAY_SECONDS, login)
            )
        with closing(sqlite3.connect(self.state / "handoff.sqlite")) as queue, queue:
            queue.execute(
                "UPDATE handoff SET claimed_at = claimed_at - ? WHERE id = ?",
                (AWAY_SECONDS, handoff),
            )

    def decisions(self, conversation: str) -> list[dict[str, Any]]:
        """Return the conversation's rows of the routing log, oldest first."""
        if self._routing_log is None:
            self._routing_log = RoutingLog(self.state / "routing_log.sqlite")
        return self._routing_log.rows(conversation=conversation)[::-1]

    def handoff(self, conversation: str) -> Handoff:
        """Return the one thing that the conversation has in the queue and that is not closed."""
        (handoff,) = self._queue.open_for(conversation)
        return handoff


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def _answers(program: Program) -> bool:
    try:
        with _NO_PROXY.open(program.health or "", timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _copy_project(target: Path) -> bytes:
    """Return the copy's routing policy, with opening hours that the clock does not decide."""
    target.mkdir(parents=True)
    for name in _CONTENT:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target / name, ignore=skipped)
        else:
            shutil.copyfile(source, target / name)
    path = target / "data" / _POLICY
    policy = yaml.safe_load(path.read_text(encoding="utf-8"))
    for route, settings in policy["routes"].items():
        for service in settings.get("services", ()):
            service.update(_hours(route, service))
            service.pop("holidays", None)
    policy["desk"]["away_after"] = AWAY_SECONDS
    written = yaml.safe_dump(policy, allow_unicode=True, sort_keys=False).encode()
    path.write_bytes(written)
    return written


def _hours(route: str, service: Mapping[str, Any]) -> dict[str, Any]:
    closed = route == "phone" and PHONE_CLOSED_IN in service["locales"]
    # From yesterday on: the zones of the machine and of the service may differ by a day.
    days = [date.today() + timedelta(days=ahead) for ahead in (-1, 0, 1)] if closed else []
    return {"hours": {"mon-sun": ["00:00-24:00"]}, "closed_on": days}


def _copy_model(source: Path, target: Path, policy: bytes) -> None:
    """Write a model that is served with another routing policy than it was trained with."""
    with tarfile.open(source) as trained, tarfile.open(target, "w:gz") as copy:
        for member in trained.getmembers():
            content = trained.extractfile(member)
            if content is not None and Path(member.name).name == _POLICY:
                member.size = len(policy)
                content = io.BytesIO(policy)
            copy.addfile(member, content)
