"""Which tests run in one process, and which begin first, where several processes share the suite.

Files that share a started server stay together, so that it is started once. What takes minutes
begins first, or one process would still be at it when the others have nothing left to do.
"""

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling, Scheduling

_TOGETHER = {
    "tests/browser/": "the running assistant",
    "tests/rasa/test_end_to_end_": "the assistant in this process",
    "tests/rasa/test_bad_input.py": "the assistant in this process",
}
"""What files share, by the beginnings of their paths."""
_FIRST = (
    "tests/browser/",
    "tests/rasa/test_end_to_end_",
    "tests/rasa/test_bad_input.py",
    "tests/rasa/test_trained_assistant.py",
    "tests/commands/test_fairness.py",
    "tests/commands/test_demo.py",
    "tests/rasa/test_wishes_heard.py",
    "tests/knowledge/test_search_floors.py",
    "tests/desk/test_browser.py",
    "tests/foreign/",
    "tests/services/",
    "tests/scripts/test_run_command.py",
    "tests/rasa/",
)
"""Beginnings of paths, those first that take longest."""


class ByServer(LoadFileScheduling):
    """Gives a process one file after another, and all files that share a server at once."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(super()._split_scope(nodeid))


def unit_of(file: str) -> str:
    """Return what the file shares with others, or the file itself."""
    return next((what for start, what in _TOGETHER.items() if file.startswith(start)), file)


def place_of(file: str) -> int:
    """Return the file's place in the order; files that nothing is known of share the last."""
    places = (n for n, start in enumerate(_FIRST) if file.startswith(start))
    return next(places, len(_FIRST))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes long first; the tests of one file stay in their order."""
    root = config.rootpath
    items.sort(key=lambda item: place_of(Path(item.path).relative_to(root).as_posix()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Return the scheduler for `--dist loadfile`, which keeps the order of the tests."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return ByServer(config, log)
