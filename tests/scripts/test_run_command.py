"""`make run`'s program, as a person at a terminal meets it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from persona_router.log.store import RoutingLog
from scripts.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def command(project: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "scripts.run", "--project", str(project), *options]


def run(project: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(project, *options), cwd=ROOT, capture_output=True, text=True, timeout=180
    )


def line_of(processes: "subprocess.Popen[str]", word: str) -> str:
    assert processes.stdout
    for line in processes.stdout:
        if word in line:
            return line
    raise AssertionError(f"'{word}' was not printed; exit status {processes.wait()}")


@pytest.mark.parametrize(
    ("option", "owner"),
    [
        ("--port", "the Rasa server"),
        ("--actions-port", "the action server"),
        ("--desk-port", "the desk"),
    ],
)
def test_run_with_a_taken_port_names_port_owner_and_remedy(
    project: Path, option: str, owner: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        free = {name: str(free_port()) for name in ("--port", "--actions-port", "--desk-port")}
        options = [text for pair in {**free, option: str(port)}.items() for text in pair]
        result = run(project, *options)
    assert result.returncode == 2
    assert result.stderr == (
        f"Port {port}, which {owner} wants, is taken. "
        f"Stop what uses it or choose another: {option} NUMBER.\n"
    )
    assert not (project / "models").exists()


def test_run_with_one_port_for_two_programs_names_both(project: Path) -> None:
    port = str(free_port())
    result = run(project, "--port", port, "--desk-port", port, "--actions-port", str(free_port()))
    assert result.returncode == 2
    assert result.stderr == (
        f"Port {port} is wanted by the Rasa server and by the desk. "
        "Give one of them another with --port or --desk-port.\n"
    )


def test_run_beside_a_log_of_simulated_customers_says_so_before_training(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = project / "state"
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(state))
    state.mkdir()
    RoutingLog(state / "routing_log.sqlite", simulated=True).close()
    broker = "event_broker: {type: persona_router.rasa.broker.RoutingLogBroker}\n"
    (project / "endpoints.yml").write_text(broker, encoding="utf-8")
    free = [f"{name}={free_port()}" for name in ("--port", "--actions-port", "--desk-port")]
    result = run(project, *free)
    assert result.returncode == 2
    assert "routing_log.sqlite cannot be written into: its conversations are simulated" in (
        result.stderr
    )
    assert result.stderr.count("\n") == 1
    assert not (project / "models").exists()


@pytest.mark.parametrize("text", ["0", "65536", "-1", "٥٠٠٥a", "http"])
def test_run_with_an_impossible_port_says_the_range(project: Path, text: str) -> None:
    result = run(project, f"--port={text}")
    assert result.returncode == 2
    assert f"'{text}' is no port; give a number from 1 to 65535" in result.stderr


def test_run_reads_ports_from_the_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_DESK_PORT", "none")
    result = run(project)
    assert result.returncode == 2
    assert "argument --desk-port: 'none' is no port" in result.stderr


def test_run_without_an_assistant_says_so(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.returncode == 2
    assert f"'{tmp_path}' holds no assistant: there is no config.yml" in result.stderr


def test_run_with_content_that_cannot_be_trained_says_why_and_where(project: Path) -> None:
    domain = project / "domain.yml"
    domain.write_text(domain.read_text(encoding="utf-8").replace("utter_greet", "utter_bye"))
    result = run(project, "--train-only")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Training failed: ")
    assert "utter_greet" in result.stderr
    assert str(project / ".persona-router" / "logs" / "train.log") in result.stderr
    assert not (project / "models" / "trained.json").exists()


def test_run_trains_answers_guards_its_api_and_ends_with_ctrl_c(project: Path) -> None:
    port, actions_port = free_port(), free_port()
    server = subprocess.Popen(
        command(project, "--no-desk", "--port", str(port), "--actions-port", str(actions_port)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert line_of(server, "Chat page").split()[-1] == f"http://localhost:{port}/chat"
        token = (project / ".persona-router" / "rasa.secret").read_text().strip()
        assert status_of(f"http://127.0.0.1:{port}/status") == 401
        assert status_of(f"http://127.0.0.1:{port}/status?token={token}") == 200
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        if children.exists():
            pids = children.read_text().split()
            assert len(pids) == 2
            assert not any(token in Path(f"/proc/{pid}/cmdline").read_text() for pid in pids)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0
    finally:
        server.terminate()
        server.communicate(timeout=20)
    for number in (port, actions_port):
        with pytest.raises(OSError):  # noqa: PT011
            socket.create_connection(("127.0.0.1", number), timeout=1)
    again = run(project, "--train-only")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("Nothing changed since the last training: models/")


def test_run_stopped_while_training_leaves_no_process(project: Path) -> None:
    training = subprocess.Popen(
        command(project, "--train-only"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    line_of(training, "Training")
    log = project / ".persona-router" / "logs" / "train.log"
    for _ in range(100):
        if log.exists():
            break
        time.sleep(0.05)
    child = Path(f"/proc/{training.pid}/task/{training.pid}/children")
    pids = [int(pid) for pid in child.read_text().split()] if child.exists() else []
    training.send_signal(signal.SIGTERM)
    output, _ = training.communicate(timeout=20)
    assert training.returncode == 130
    assert "the previous model is untouched" in output
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
