"""The desk as a process: it starts, answers, and fails in one clear line."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from persona_router.desk.server import main
from tests.desk.conftest import PASSWORD


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "persona_router.desk", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--state", str(tmp_path / "state")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_printed_link_leads_to_a_signed_in_queue(running: str, tmp_path: Path) -> None:
    link = re.fullmatch(r"Desk: ((http://localhost:\d+)/welcome\?code=[\w-]{43})\n", running)
    assert link
    browser = requests.Session()
    page = _get(browser, link.group(1))
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf
    queue = browser.post(
        link.group(2) + "/welcome",
        data={
            "csrf": csrf.group(1),
            "code": link.group(1).partition("=")[2],
            "login": "amira",
            "name": "Amira",
            "password": PASSWORD,
            "repeated": PASSWORD,
        },
        headers={"origin": link.group(2), "accept": "text/html"},
    )
    assert (queue.status_code, queue.url) == (200, link.group(2) + "/")
    secrets = [path for path in (tmp_path / "state").iterdir() if path.suffix == ".secret"]
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}


def _get(browser: requests.Session, address: str) -> requests.Response:
    for _ in range(50):
        try:
            return browser.get(address, headers={"accept": "text/html"}, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the desk does not answer")


def test_taken_port_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", "")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["--port", port, "--state", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"127.0.0.1:{port}" in error
    assert "--port" in error


def test_address_that_is_none_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", "")
    assert main(["--rasa", "localhost:5005", "--state", str(tmp_path)]) == 1
    assert "'localhost:5005' is no address. Write --rasa http" in capsys.readouterr().err


def test_corrupt_queue_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", "")
    (tmp_path / "handoff.sqlite").write_bytes(b"no database" * 100)
    assert main(["--state", str(tmp_path)]) == 1
    assert "handoff.sqlite: not a readable handoff queue" in capsys.readouterr().err


def test_state_folder_is_named_by_the_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "named"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    assert os.listdir(tmp_path / "named") != []


def test_missing_token_of_the_telephone_service_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", "")
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "endpoints.yml").write_text(
        "dial_out:\n  provider: twilio\n  account: AC" + "0a" * 16 + "\n"
        '  token: "${TWILIO_AUTH_TOKEN}"\n  from: "+44 20 7946 0112"\n',
        encoding="utf-8",
    )
    assert main(["--state", str(tmp_path / "state")]) == 1
    error = capsys.readouterr().err
    assert "dial_out.token: The environment variable TWILIO_AUTH_TOKEN is not set." in error
    assert error.count("\n") == 1


def test_desk_takes_reports_of_calls(tmp_path: Path) -> None:
    (tmp_path / "endpoints.yml").write_text(
        "dial_out:\n  provider: twilio\n  account: AC" + "0a" * 16 + "\n"
        '  token: "${TWILIO_AUTH_TOKEN}"\n  from: "+44 20 7946 0112"\n'
        "  public_url: https://desk.example\n",
        encoding="utf-8",
    )
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "persona_router.desk", "--port", str(port), "--state", "state"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TWILIO_AUTH_TOKEN": "t", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        _get(requests.Session(), f"http://127.0.0.1:{port}/health")
        address = f"http://127.0.0.1:{port}/webhooks/dial-out/attempt-0123456789"
        answer = requests.post(address, data={"CallStatus": "busy"}, timeout=5)
        assert (answer.status_code, answer.json()) == (403, {"ok": False})
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
