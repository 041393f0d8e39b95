"""The wheel of this project, installed apart, and a small assistant of somebody else."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BAKERY = Path(__file__).with_name("bakery")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from the project as it stands."""
    out = tmp_path_factory.mktemp("wheel")
    command = [_uv(), "build", "--wheel", "--out-dir", str(out), str(ROOT)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [file] = out.glob("*.whl")
    return file


def _uv() -> str:
    """Return the uv that `make setup` has used, wherever it found or put it."""
    places = (
        os.environ.get("UV", "uv"),
        ROOT / ".venv-tools/bin/uv",
        Path.home() / ".local/bin/uv",
    )
    found = next(filter(None, map(shutil.which, places)), None)
    assert found, "Building the wheel needs uv: run make setup."
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the wheel, and nothing of the checkout, is installed."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.fixture(scope="session")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an assistant of five intents that never heard of this project."""
    return shutil.copytree(BAKERY, tmp_path_factory.mktemp("host") / "bakery")


@pytest.fixture(scope="session")
def run(installed: Path, bakery: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs Python in the host's folder with the installed wheel."""

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(installed),
            "PERSONA_ROUTER_STATE": str(bakery / ".persona-router"),
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=bakery, env=environment, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    return ran
