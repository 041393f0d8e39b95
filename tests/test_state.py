import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from persona_router.state import secret, state_file, state_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "deep" / "state"
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(path))
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_state_folder_is_made_for_its_owner_only(folder: Path) -> None:
    assert state_folder() == folder
    assert mode(folder) == 0o700
    assert state_folder() == folder


@pytest.mark.parametrize("named", [None, ""])
def test_state_folder_is_in_the_working_folder_by_default(tmp_path, monkeypatch, named) -> None:
    monkeypatch.chdir(tmp_path)
    if named is None:
        monkeypatch.delenv("PERSONA_ROUTER_STATE", raising=False)
    else:
        monkeypatch.setenv("PERSONA_ROUTER_STATE", named)
    assert state_folder() == Path(".persona-router")
    assert (tmp_path / ".persona-router").is_dir()


def test_state_file_need_not_exist(folder: Path) -> None:
    assert state_file("queue.sqlite") == folder / "queue.sqlite"
    assert not (folder / "queue.sqlite").exists()


def test_secret_stays_the_same_and_is_readable_by_its_owner_only(folder: Path) -> None:
    first = secret("website")
    assert re.fullmatch(r"[\w-]{43}", first)
    assert secret("website") == first
    assert mode(folder / "website.secret") == 0o600
    assert secret("desk") != first
    assert sorted(path.name for path in folder.iterdir()) == ["desk.secret", "website.secret"]


def test_secret_written_by_an_operator_is_used(folder: Path) -> None:
    state_folder()
    (folder / "desk.secret").write_text("chosen by hand\n", encoding="ascii")
    assert secret("desk") == "chosen by hand"


def test_secret_is_one_for_processes_that_start_together(folder: Path) -> None:
    script = "from persona_router.state import secret; print(secret('website'))"
    started = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    printed = {process.communicate(timeout=60)[0].strip() for process in started}
    assert printed == {secret("website")}
