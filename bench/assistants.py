"""The two assistants that are compared, each trained from nothing in a folder of its own."""

import hashlib
import importlib.util
import json
import resource
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.conversation import ServerFault
from scripts.console import Console
from scripts.processes import StopRequest, end_all, likely_cause, spawn
from scripts.training import QUIET_RASA, digest

OURS, DEFAULT = "ours", "default"

_PARTS = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "data", "actions")
_TRAINING_LIMIT_SECONDS = 1200.0
# What makes the comparison one with Rasa's defaults; anything less would flatter us.
_DEFAULT_COMPONENTS = ("DIETClassifier", "TEDPolicy", "UnexpecTEDIntentPolicy")


@dataclass(frozen=True, kw_only=True)
class Training:
    """What training took on this machine: wall-clock and processor seconds."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True)
class Assistant:
    """A trained assistant in a folder; `config` are the components that answer, as trained."""

    name: str
    folder: Path
    model: Path
    training: Training
    config: Mapping[str, Any]


def copy_of_ours(root: Path, workshop: Path) -> Path:
    """Return a folder with the sample assistant of `root`, apart from that one's state."""
    folder = workshop / OURS
    folder.mkdir(parents=True)
    for name in _PARTS:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, folder / name)
        else:
            raise ServerFault(f"{source} is missing; the benchmark needs the whole assistant.")
    return folder


def rasas_default(workshop: Path) -> Path:
    """Return a folder with the configuration and data that `rasa init` writes."""
    package = importlib.util.find_spec("rasa")
    if package is None or not package.submodule_search_locations:
        raise ServerFault("Rasa is not installed; run `make setup`.")
    template = Path(package.submodule_search_locations[0], "cli", "initial_project")
    folder = workshop / DEFAULT
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def trained(
    name: str, folder: Path, *, cache: Path, reuse: bool, console: Console, stop: StopRequest
) -> Assistant:
    """Return the assistant of `folder`, trained with no cache of Rasa's to lean on.

    The model is kept in `cache` under the hash of what it was made of, with what the training took;
    with `reuse` an earlier one is taken from there. Raises ServerFault if training fails.
    """
    key = _key(folder, with_plugin=name == OURS)
    model, notes = cache / f"{name}-{key}.tar.gz", cache / f"{name}-{key}.json"
    if reuse and model.is_file() and notes.is_file():
        console.step(f"  {name}: trained in an earlier run")
        training = Training(**json.loads(notes.read_text(encoding="utf-8")))
    else:
        console.step(f"  {name}: training ...")
        training = _train(folder, model, log=cache / f"{name}-train.log", stop=stop)
        notes.write_text(json.dumps(asdict(training)), encoding="utf-8")
        console.good(f"  {name}: trained in {training.seconds:.0f} s")
    return Assistant(
        name=name, folder=folder, model=model, training=training, config=_components(model)
    )


def require_rasas_defaults(assistant: Assistant) -> None:
    """Raise ServerFault unless the assistant has all of Rasa's suggested heavy components."""
    names = {component.rsplit(".", 1)[-1] for component in assistant.config}
    missing = [component for component in _DEFAULT_COMPONENTS if component not in names]
    if missing:
        raise ServerFault(f"Rasa's default model lacks {', '.join(missing)}: {sorted(names)}")


def _key(folder: Path, *, with_plugin: bool) -> str:
    root = Path(__file__).resolve().parents[1]
    content = sorted(file for file in folder.rglob("*") if file.is_file())
    # The code counts too: it decides what a training costs.
    code = sorted((root / "persona_router").rglob("*.py")) if with_plugin else []
    parts = (digest(content, base=folder), digest([*code, root / "uv.lock"], base=root))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _train(folder: Path, model: Path, *, log: Path, stop: StopRequest) -> Training:
    model.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as rasa_cache:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        process = spawn(
            [
                *(sys.executable, "-m", "rasa", "train"),
                *("--out", str(model.parent), "--fixed-model-name", model.name),
                # As `make train` does; the data are valid, and what is measured is training.
                "--skip-validation",
            ],
            log=log,
            environment={**QUIET_RASA, "RASA_CACHE_DIRECTORY": rasa_cache},
            folder=folder,
        )
        try:
            while process.poll() is None and not stop.asked:
                if time.monotonic() - began > _TRAINING_LIMIT_SECONDS:
                    raise ServerFault(f"training took longer than {_TRAINING_LIMIT_SECONDS:.0f} s")
                time.sleep(0.02)
            seconds = time.monotonic() - began
        finally:
            end_all([process], grace=5.0, stop=stop)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if stop.asked:
        raise ServerFault("stopped")
    if process.returncode != 0 or not model.is_file():
        raise ServerFault(f"training failed: {likely_cause(log)} See {log}.")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Training(seconds=round(seconds, 1), cpu_seconds=round(cpu, 1))


def _components(model: Path) -> dict[str, Any]:
    with tarfile.open(model) as archive:
        file = archive.extractfile("metadata.json")
        if file is None:
            raise ServerFault(f"{model} is no model of Rasa: it has no metadata.json")
        nodes = json.load(file)["predict_schema"]["nodes"]
    steps: dict[str, Any] = {}
    for node in nodes.values():
        configs = steps.setdefault(node["uses"], [])
        if node["config"] not in configs:
            configs.append(node["config"])
    return steps
