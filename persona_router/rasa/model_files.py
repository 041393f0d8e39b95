"""Content files inside a trained model: what was validated at training is what is served."""

import hashlib
import shutil
from pathlib import Path
from typing import Any, Dict, Iterable, Optional

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


def content_path(config: Dict[str, Any], key: str, default: Path) -> Path:
    """Return the file or folder that a component's configuration names, else the packaged one."""
    named = config.get(key)
    return Path(named) if named else default


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash over the files at `paths`, folders included whole.

    Rasa caches a component's training by configuration and data only: without this an edited
    persona card would be served from the cache.
    """
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(str(file).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def persist(paths: Dict[str, Path], storage: ModelStorage, resource: Resource) -> Resource:
    """Return `resource` after copying files and folders into it under the given names."""
    with storage.write_to(resource) as folder:
        for name, path in paths.items():
            if path.is_dir():
                shutil.copytree(path, folder / name)
            elif path.exists():
                shutil.copyfile(path, folder / name)
    return resource


def restore(storage: ModelStorage, resource: Resource, target: Path) -> Optional[Path]:
    """Return `target` after copying the resource's files into it; None if it was never trained."""
    try:
        with storage.read_from(resource) as folder:
            shutil.copytree(folder, target, dirs_exist_ok=True)
    except ValueError:
        return None
    return target
