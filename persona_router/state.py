"""Where a running assistant keeps what it must not lose: databases and secrets of one folder."""

import os
import secrets
import tempfile
from pathlib import Path

STATE_VARIABLE = "PERSONA_ROUTER_STATE"
DEFAULT_STATE = ".persona-router"


def state_folder() -> Path:
    """Return the state folder, created with mode 0700 if it is missing.

    It is `.persona-router` in the working folder unless the environment variable
    `PERSONA_ROUTER_STATE` names another.
    """
    folder = Path(os.environ.get(STATE_VARIABLE) or DEFAULT_STATE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def state_file(name: str) -> Path:
    """Return the path of a file in the state folder; the file itself may not exist yet."""
    return state_folder() / name


def secret(name: str) -> str:
    """Return the secret called `name`, 43 URL-safe characters, made at the first call.

    Processes that start together agree on one value: the file appears whole or not at all.
    """
    path = state_file(f"{name}.secret")
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=f"{name}.")  # mode 0600
        draft = Path(made)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
