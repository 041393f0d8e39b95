"""The sample assistant's model for tests: trained when it is out of date, once for all callers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.console import terminal
from scripts.processes import StopRequest
from scripts.training import train, up_to_date_model

ROOT = Path(__file__).resolve().parents[1]
MODEL_VARIABLE = "PERSONA_ROUTER_TEST_MODEL"


def sample_model_path() -> Path:
    """Return the absolute path of a model of the sample assistant as it stands now.

    It takes up to two minutes if content or code changed since the last training; of several
    processes that ask at the same time one trains and the others wait. The environment variable
    `PERSONA_ROUTER_TEST_MODEL` names a model to use as it is. Raises TrainingFailed with the cause
    in one line, and FileNotFoundError for a named model that does not exist.
    """
    named = os.environ.get(MODEL_VARIABLE)
    if named:
        return Path(named).resolve(strict=True)
    with _project_folder(), alone(ROOT / "models" / "tests.lock"):
        model = up_to_date_model() or train(
            console=terminal(), stop=StopRequest(), log=ROOT / "models" / "tests-training.log"
        )
        return model.resolve()


@contextmanager
def _project_folder() -> Iterator[None]:
    """Make the project the working folder: training reads and writes relative paths."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until no other process holds `lock`, and hold it inside a `with` block."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        # The kernel lets go of it when its holder dies, so that nobody waits for a crashed test.
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
