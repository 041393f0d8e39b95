"""The trained sample assistant, its action server and its customers, started once a session."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.error import URLError

import pytest
import structlog
import yaml
from rasa.core.agent import Agent, load_agent
from rasa.core.utils import AvailableEndpoints

from tests.rasa.customer import Customer
from tests.sample_index import furnished
from tests.training import ROOT, sample_model_path

_START_SECONDS = 60


@pytest.fixture(scope="session", autouse=True)
def quiet_rasa() -> None:
    """Keep Rasa from printing every event of every conversation."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)


@pytest.fixture(scope="session")
def model() -> Path:
    """Return the sample assistant's model, trained now if it is out of date."""
    return sample_model_path()


@pytest.fixture(scope="session")
def state_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the state folder that the agent and its action server share, in the project."""
    folder = furnished(tmp_path_factory.mktemp("state"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PERSONA_ROUTER_STATE", str(folder))
        patch.setenv("RASA_TELEMETRY_ENABLED", "false")
        patch.chdir(ROOT)
        yield folder


@pytest.fixture(scope="session")
def action_server(state_of_session: Path) -> Iterator[str]:
    """Return the address of a real action server with the sample's actions."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    environment = {**os.environ, "PERSONA_ROUTER_STATE": str(state_of_session)}
    log = state_of_session / "actions.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(timeout=15)


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The action server does not answer: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def load(model: Path, state_of_session: Path) -> Callable[..., Agent]:
    """Return a function that loads the sample with its endpoints, some of them changed."""
    numbers = count(1)

    def loaded(**endpoints: object) -> Agent:
        settings = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
        number = next(numbers)
        settings["tracker_store"]["db"] = str(state_of_session / f"conversations-{number}.sqlite")
        settings.update(endpoints)
        file = state_of_session / f"endpoints-{number}.yml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        found = AvailableEndpoints.read_endpoints(str(file))
        return asyncio.run(load_agent(str(model), endpoints=found))

    return loaded


@pytest.fixture(scope="session")
def agent(load: Callable[..., Agent], action_server: str) -> Agent:
    """Return the sample assistant as it is served: its NLG, log, tracker store and actions."""
    return load(action_endpoint={"url": action_server})


@pytest.fixture
def new_customer(agent: Agent) -> Callable[..., Customer]:
    """Return a function that makes somebody who has not written yet."""
    return lambda language, **known: Customer(agent, language, **known)
