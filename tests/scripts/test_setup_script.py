"""`scripts/setup.sh` on machines that lack something."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with just what the script reads."""
    folder = tmp_path / "a clone"
    (folder / "scripts").mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "scripts/setup.sh", "scripts/uv-version"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / "scripts" / "setup.sh").chmod(0o755)
    return folder


def set_up(checkout: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "scripts" / "setup.sh"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def command(environment: dict[str, str], name: str, script: str) -> None:
    """Put an executable with the given shell script on the environment's PATH."""
    file = Path(environment["PATH"], name)
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def test_setup_without_any_python_says_so_in_one_line(
    checkout: Path, bare_environment: dict[str, str]
) -> None:
    result = set_up(checkout, bare_environment)
    assert result.returncode == 1
    assert result.stderr == (
        "setup: no python3 found on PATH; install Python 3.10 (or any python3) and try again.\n"
    )


def test_setup_with_a_python_that_lacks_venv_and_pip_names_the_remedy(
    checkout: Path, bare_environment: dict[str, str]
) -> None:
    # Without site-packages and isolated, this interpreter finds no pip; venv is hidden as well.
    command(
        bare_environment,
        "python3",
        f'case "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} -S -I "$@"',
    )
    result = set_up(checkout, bare_environment)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "has neither the venv module nor pip" in result.stderr
    assert "apt-get install python3-venv" in result.stderr


def test_setup_without_python310_names_the_log(
    checkout: Path, bare_environment: dict[str, str]
) -> None:
    # A version manager's launcher that exists and refuses, and a uv without a network.
    command(bare_environment, "python3.10", "echo 'command not found' >&2; exit 127")
    command(
        bare_environment,
        "uv",
        '[ "$1" = --version ] && exit 0; echo "no network for $*" >&2; exit 2',
    )
    result = set_up(checkout, bare_environment)
    if result.returncode == 1 and "could not be installed" in result.stderr:
        pytest.skip("this machine has a Python 3.10 at a fixed place")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "no Python 3.10 to be had" in result.stderr
    assert str(checkout / "setup.log") in result.stderr
    assert "no network for python install 3.10" in (checkout / "setup.log").read_text()


def test_setup_whose_installation_fails_names_the_log(
    checkout: Path, bare_environment: dict[str, str]
) -> None:
    command(bare_environment, "python3.10", f'exec {sys.executable} "$@"')
    command(bare_environment, "uv", '[ "$1" = --version ] && exit 0; echo "disk full"; exit 2')
    result = set_up(checkout, bare_environment)
    assert result.returncode == 1
    assert result.stderr == (
        f"setup: the dependencies could not be installed; see {checkout / 'setup.log'}.\n"
    )
    assert (checkout / "setup.log").read_text() == "disk full\n"


def test_setup_runs_uv_once_and_again_only_after_a_change(
    checkout: Path, bare_environment: dict[str, str]
) -> None:
    calls = checkout / "calls"
    command(bare_environment, "python3.10", f'exec {sys.executable} "$@"')
    command(
        bare_environment,
        "uv",
        f"""[ "$1" = --version ] && exit 0
echo "$* bytecode=${{PYTHONDONTWRITEBYTECODE-on}}" >>"{calls}"
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
printf '#!/bin/sh\\nexec {sys.executable} "$@"\\n' >"$UV_PROJECT_ENVIRONMENT/bin/python"
"{sys.executable}" -c 'import os, sys; os.chmod(sys.argv[1], 0o755)' \
"$UV_PROJECT_ENVIRONMENT/bin/python" """,
    )
    environment = {**bare_environment, "PYTHONDONTWRITEBYTECODE": "1"}
    assert set_up(checkout, environment).returncode == 0
    again = set_up(checkout, environment)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    once = calls.read_text().splitlines()
    assert len(once) == 1
    assert once[0].startswith("sync --frozen --compile-bytecode --python ")
    assert once[0].endswith(" bytecode=on")
    with (checkout / "uv.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    assert set_up(checkout, environment).returncode == 0
    assert len(calls.read_text().splitlines()) == 2
