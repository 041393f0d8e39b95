"""The action server counts what it runs, through the place that Rasa offers for it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from persona_router.logs import FORMAT_VARIABLE
from persona_router.metrics import TOKEN_VARIABLE
from tests.rasa.conftest import wait_for

BEARER = {"authorization": "Bearer t0ken"}
ROOT = Path(__file__).parents[2]
ACTIONS = """
import logging
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection
from persona_router.rasa.handoff_actions import *

class ActionFine(Action):
    def name(self):
        return "action_fine"
    def run(self, dispatcher, tracker, domain):
        logging.getLogger("shop").warning("looked up: %s", len(tracker.latest_message))
        return []

class ActionRefuses(ActionFine):
    def name(self):
        return "action_refuses"
    def run(self, dispatcher, tracker, domain):
        raise ActionExecutionRejection("action_refuses")

class ActionBreaks(ActionFine):
    def name(self):
        return "action_breaks"
    def run(self, dispatcher, tracker, domain):
        raise OSError("the shop is shut")
"""


@dataclass(frozen=True)
class Server:
    """A running action server, and the file with its log."""

    address: str
    log: Path

    def call(self, name: str, **message: Any) -> int:
        tracker = {"sender_id": "c1", "slots": {}, "events": [], "latest_message": message}
        sent = {"next_action": name, "sender_id": "c1", "tracker": tracker, "domain": {}}
        return requests.post(f"{self.address}/webhook", json=sent, timeout=20).status_code

    def get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        return requests.get(f"{self.address}{path}", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("actions")
    (folder / "watched_actions.py").write_text(ACTIONS, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "watched_actions", f"--port={port}"]
    environment = {**os.environ, TOKEN_VARIABLE: "t0ken", FORMAT_VARIABLE: "json",
                   "SANIC_HOST": "127.0.0.1", "PYTHONPATH": str(ROOT)}  # fmt: skip
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield Server(f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(20)


def test_actions_are_counted_by_what_came_of_them(server: Server) -> None:
    names = ("fine", "fine", "refuses", "breaks", "vip")
    assert [server.call(f"action_{name}") for name in names] == [200, 200, 400, 500, 404]
    text = server.get("/metrics", BEARER).text
    for line in (
        'persona_router_actions_total{action="action_fine",result="done"} 2.0',
        'persona_router_actions_total{action="action_refuses",result="rejected"} 1.0',
        'persona_router_actions_total{action="action_breaks",result="failed"} 1.0',
        'persona_router_actions_total{action="other",result="unknown"} 1.0',
        'persona_router_action_seconds_count{action="action_fine"} 2.0',
    ):
        assert line in text
    assert "vip" not in text


def test_metrics_are_for_those_with_the_token(server: Server) -> None:
    assert server.get("/metrics").status_code == 401
    assert server.get("/metrics", {"authorization": "Bearer other"}).status_code == 401


def test_lines_of_an_action_are_json_and_carry_its_ids(server: Server) -> None:
    server.call("action_fine", routing={"id": "d7"}, text="wo ist mein Paket")
    server.call("action_fine", routing="odd")
    text = server.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if "looked up" in line]
    assert [(one["conversation"], one.get("decision")) for one in lines[-2:]] == [
        ("c1", "d7"), ("c1", None),
    ]  # fmt: skip
    assert (lines[-2]["logger"], lines[-2]["level"]) == ("shop", "warning")
    assert "Paket" not in text


def test_what_is_no_call_is_answered_as_before(server: Server) -> None:
    sent = requests.post(f"{server.address}/webhook", data="{broken", timeout=20)
    assert sent.status_code in (400, 500)
    assert server.get("/health").json() == {"status": "ok"}
