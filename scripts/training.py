"""Train the assistant when, and only when, something changed that a model is made of."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.console import Console
from scripts.processes import StopRequest, end_all, likely_cause, spawn

_CONTENT = ("config.yml", "domain.yml", "domain", "data")
_PACKAGE = "persona_router"
_LOCK = "uv.lock"
_RECORD = Path("models", "trained.json")
_PREFIX = "assistant-"
_MODELS_KEPT = 3
_PROGRESS_SECONDS = 15.0

QUIET_RASA = {
    # Nothing of this assistant is reported to anybody.
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
}


class TrainingFailed(Exception):
    """`rasa train` did not produce a model; the text is one line with the cause and the log."""


class TrainingStopped(Exception):
    """Somebody asked for the end while the training was under way."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What the newest model was trained from: SHA-256 sums of content and of code, in hex."""

    model: str
    content: str
    code: str
    seconds: float


def digest(paths: Iterable[Path], *, base: Path = Path()) -> str:
    """Return the SHA-256 in hex over the bytes of the given files and their names below `base`."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).digest()
        total.update(str(path.relative_to(base)).encode() + b"\0" + content)
    return total.hexdigest()


def content_files() -> list[Path]:
    """Return the files of the working folder that people write and a model is made of, sorted."""
    return [file for name in _CONTENT for file in _files(Path(name))]


def code_files() -> list[Path]:
    """Return the files of the plugin and the lock file, sorted."""
    package = [file for file in _files(Path(_PACKAGE)) if file.suffix in (".py", ".yml", ".yaml")]
    return [*package, *_files(Path(_LOCK))]


def up_to_date_model() -> Path | None:
    """Return the model that was trained from what the working folder holds now, if there is one."""
    record = _read_record()
    if record is None or not Path(record.model).is_file():
        return None
    current = (digest(content_files()), digest(code_files()))
    return Path(record.model) if current == (record.content, record.code) else None


def train(*, console: Console, stop: StopRequest, log: Path) -> Path:
    """Return a new model of the working folder; the older ones but the last few are deleted.

    Raises TrainingFailed or TrainingStopped, and then leaves the previous model in place.
    """
    record = _read_record()
    # Read first: what is edited while the training runs is not in the model.
    content, code = digest(content_files()), digest(code_files())
    model = Path("models", f"{_PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{content[:8]}.tar.gz")
    command = [sys.executable, "-m", "rasa", "train", "--out", "models"]
    # `make check` validates the data; doing it here again costs a sixth of the training.
    command += ["--skip-validation", "--fixed-model-name", model.name]
    if record is None or record.code != code:
        # Rasa's cache sees a component's own source, not the modules that it calls.
        command.append("--force")
    console.step("Training the assistant ...")
    began = time.monotonic()
    _run(command, log=log, console=console, stop=stop)
    if not model.is_file():
        raise TrainingFailed(f"Training wrote no model: {likely_cause(log)} See {log}.")
    seconds = round(time.monotonic() - began, 1)
    _write_record(Trained(model=str(model), content=content, code=code, seconds=seconds))
    _forget_old_models(model)
    console.good(f"  trained in {seconds:.0f} s: {model}")
    return model


def _run(command: list[str], *, log: Path, console: Console, stop: StopRequest) -> None:
    log.unlink(missing_ok=True)
    process = spawn(command, log=log, environment=QUIET_RASA)
    began = time.monotonic()
    next_word = _PROGRESS_SECONDS
    try:
        while process.poll() is None:
            if stop.asked:
                raise TrainingStopped
            if time.monotonic() - began > next_word:
                console.step(f"  still training ({next_word:.0f} s) ...")
                next_word += _PROGRESS_SECONDS
            time.sleep(0.1)
    finally:
        end_all([process], grace=5.0, stop=stop)
    if process.returncode != 0:
        raise TrainingFailed(f"Training failed: {likely_cause(log)} See {log}.")


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )


def _read_record() -> Trained | None:
    try:
        return Trained(**json.loads(_RECORD.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_record(record: Trained) -> None:
    draft = _RECORD.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    draft.replace(_RECORD)


def _forget_old_models(newest: Path) -> None:
    models = sorted(newest.parent.glob(f"{_PREFIX}*.tar.gz"), key=lambda file: file.stat().st_mtime)
    for model in models[:-_MODELS_KEPT]:
        if model != newest:
            model.unlink(missing_ok=True)
