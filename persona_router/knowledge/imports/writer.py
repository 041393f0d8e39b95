"""Puts planned files in place, each in one step: a reader finds the old text or the new one."""

import errno
import os
from collections.abc import Sequence

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.plan import Outcome, PlannedFile


def write_files(files: Sequence[PlannedFile]) -> None:
    """Write the files. Raises ContentError when one cannot be; those before it are in place."""
    for number, file in enumerate(files):
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            _write(file)
        except OSError as error:
            what = f"It cannot be written ({error.strerror}). {number} of {len(files)} files were."
            remedy = "Mend that, and import again: what is there stays."
            raise ContentError(file.path, "", what, remedy) from error


def _write(file: PlannedFile) -> None:
    # Hidden, so that whoever reads the folder meanwhile does not take it for an article.
    made = file.path.with_name(f".{file.path.name}.{os.getpid()}")
    try:
        with made.open("x", encoding="utf-8", newline="\n") as target:
            target.write(file.text)
        if file.outcome is Outcome.NEW and file.path.exists():
            raise FileExistsError(errno.EEXIST, "somebody has made it meanwhile")
        os.replace(made, file.path)
    finally:
        made.unlink(missing_ok=True)
