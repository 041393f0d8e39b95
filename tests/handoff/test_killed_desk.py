"""The desk's process, killed in the middle of a handoff: nothing is doubled, nothing lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import yaml

from persona_router.handoff.outbox import open_outbox
from scripts.ports import free_port
from tests.content.test_connectors import CHATWOOT
from tests.handoff.fake_chatwoot import (
    ACCOUNT,
    INBOX,
    INCOMING,
    TOKEN,
    WEBHOOK_SECRET,
    FakeChatwoot,
)
from tests.handoff.fake_rasa import TOKEN as RASA_TOKEN
from tests.handoff.fake_rasa import FakeRasa
from tests.handoff.making import request, said
from tests.handoff.world import TALK

SECONDS = 60.0


@pytest.fixture
def server() -> Iterator[FakeChatwoot]:
    server = FakeChatwoot()
    yield server
    server.stop()
    assert server.violations == []


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    rasa = FakeRasa()
    yield rasa
    rasa.stop()


@pytest.fixture
def start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FakeChatwoot, rasa: FakeRasa
) -> Iterator[Callable[[], tuple[subprocess.Popen[bytes], str]]]:
    """Return a function that starts the desk; whatever runs at the end is killed."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "rasa.secret").write_text(RASA_TOKEN, encoding="ascii")
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(state))
    settings = {**CHATWOOT, "url": server.url, "account": ACCOUNT, "inbox": INBOX}
    text = yaml.safe_dump({"handoff": settings})
    (tmp_path / "endpoints.yml").write_text(text, encoding="utf-8")
    started = []

    def begin() -> tuple[subprocess.Popen[bytes], str]:
        port = free_port()
        command = [sys.executable, "-m", "persona_router.desk"]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--rasa", rasa.url],
            cwd=tmp_path,
            env={**os.environ, "CHATWOOT_TOKEN": TOKEN, "CHATWOOT_WEBHOOK_SECRET": WEBHOOK_SECRET},
            stdout=subprocess.DEVNULL,
        )
        started.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield begin
    for process in started:
        process.kill()
        process.wait()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def call(server: FakeChatwoot, address: str, payload: object, id: str) -> int:
    body, headers = server.signed(payload, time.time(), delivery=id)
    answer = requests.post(f"{address}/webhooks/chatwoot", data=body, headers=headers, timeout=5)
    return answer.status_code


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=1).ok
    except requests.RequestException:
        return False


@pytest.mark.parametrize("calls", [2, 7])
def test_desk_killed_in_the_middle_of_a_handoff(
    start: Callable[[], tuple[subprocess.Popen[bytes], str]],
    server: FakeChatwoot,
    rasa: FakeRasa,
    calls: int,
) -> None:
    rasa.status_slot(TALK, "waiting")
    outbox = open_outbox()
    outbox.open(request(TALK, requested_at=time.time()), "chatwoot")
    outbox.add_message(TALK, said("Hallo?", "m3"))
    # The call is carried out, and the process dies before it hears of it.
    server.troubles = [None] * (calls - 1) + ["held"]
    process, _ = start()
    until(lambda: len(server.requests) >= calls)
    kill(process)
    outbox.add_message(TALK, said("Noch da?", "m4"))
    process, address = start()
    heard = ["Einen Menschen bitte!", "Hallo?", "Noch da?"]
    until(
        lambda: (
            server.conversations
            and [m["content"] for m in server.messages(message_type=INCOMING)] == heard
        )
    )
    assert list(server.conversations) == [1]
    until(lambda: answers(address))
    first, second = server.says("Guten Tag!"), server.says("Was kann ich tun?")
    assert call(server, address, server.webhook(first), "d1") == 200
    kill(process)
    _, address = start()
    until(lambda: answers(address))
    assert call(server, address, server.webhook(first), "d1") == 200
    assert call(server, address, server.webhook(second), "d2") == 200
    until(lambda: "Was kann ich tun?" in texts(rasa))
    brought = ["Sie schreiben jetzt mit Amira.", "Guten Tag!", "Was kann ich tun?"]
    # Where processes take long to start, the customer is also told that it takes longer.
    assert [text for text in texts(rasa) if text in brought] == brought


def texts(rasa: FakeRasa) -> list[str]:
    return [event["text"] for event in rasa.events[TALK] if event["event"] == "bot"]
