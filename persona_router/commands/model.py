"""Loads the trained assistant for a command, quietly."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from persona_router.content.errors import ContentError

if TYPE_CHECKING:
    from persona_router.rasa.assistant import TrainedAssistant


def load_assistant(model: Path, *, project: Path = Path()) -> "TrainedAssistant":
    """Return the trained assistant at `model`. Raises ContentError when there is none to use.

    What the model names by a relative path, such as the articles, is looked for in `project`.
    """
    if not model.exists():
        raise ContentError(model, "", "There is no trained model.", "Train one with make train.")
    located = model if project == Path() else model.absolute()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore")
    logging.basicConfig(level=logging.ERROR)
    import structlog  # comes with rasa, and would print every parsed message

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from persona_router.rasa.assistant import TrainedAssistant

    # Imports reset the filter; what Rasa's pins deprecate is nothing to somebody who evaluates.
    warnings.showwarning = _say_nothing
    with _inside(project):
        return TrainedAssistant(located)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Make `folder` the working folder inside a `with` block."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _say_nothing(*_: object, **__: object) -> None:
    """Show no warning."""
