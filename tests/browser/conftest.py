"""A browser, customers with a window of their own, and an agent at the desk."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.desk import DeskWindow
from tests.browser.servers import Assistant
from tests.browser.windows import ChatWindow, Window
from tests.training import sample_model_path

_CHROMIUM = shutil.which("chromium")
# Everything runs on two processors at once: what takes a moment by itself may take seconds here.
expect.set_options(timeout=15_000)
# Beyond what a headless Chromium needs: no name but this machine's can be resolved.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Return the running assistant; its programs end with the session."""
    _require_chromium()
    running = Assistant(model=sample_model_path(), folder=tmp_path_factory.mktemp("assistant"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


# Not for the session: Playwright's event loop would be in the way of every later async test.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium."""
    _require_chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=_CHROMIUM, args=[*_ARGUMENTS])
        yield launched
        launched.close()


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[Window]]:
    """Return the list of the test's windows; after the test none may have reached beyond the host.

    Nor may any of them have met an error in a script of the page.
    """
    opened: list[Window] = []
    yield opened
    reached = {url for window in opened for url in window.foreign_requests}
    errors = [error for window in opened for error in window.errors]
    for window in opened:
        window.close()
    assert not reached
    assert not errors


@pytest.fixture
def new_customer(
    browser: Browser, assistant: Assistant, windows: list[Window]
) -> Callable[..., ChatWindow]:
    """Return a function that opens the chat page in a new browser profile of a given locale."""

    def arrive(locale: str, *, width: int = 1280, height: int = 800) -> ChatWindow:
        window = ChatWindow(browser, assistant.origin, locale=locale, width=width, height=height)
        windows.append(window)
        return window

    return arrive


@pytest.fixture
def new_agent(
    browser: Browser, assistant: Assistant, windows: list[Window]
) -> Callable[..., DeskWindow]:
    """Return a function that opens the desk in a new browser profile, not signed in yet."""

    def arrive(locale: str = "en-GB", *, width: int = 1280, height: int = 800) -> DeskWindow:
        window = DeskWindow(browser, assistant.desk, locale=locale, width=width, height=height)
        windows.append(window)
        return window

    return arrive


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of the accessibility checker."""
    return (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def _require_chromium() -> None:
    if _CHROMIUM is None:
        words = "There is no Chromium to test with: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
