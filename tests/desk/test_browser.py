"""The desk in a real browser: what only its script and its style sheet can break."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from persona_router.handoff.queue import Line
from tests.desk.conftest import KEY, Desk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH")

OpenPage = Callable[..., Page]


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk.app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def sign_in(address: str) -> Iterator[OpenPage]:
    """Open a page as an agent; fails the test when the page breaks its own content policy."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def opened(name: str = "Amira", *, width: int = 1280, locale: str = "en-GB") -> Page:
            context = browser.new_context(
                base_url=address, locale=locale, viewport={"width": width, "height": 800}
            )
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    complaints.append(message.text)
                    if "Content Security Policy" in message.text
                    else None
                ),
            )
            page.goto(f"/sign-in?key={KEY}")
            page.fill("#name", name)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/")
            return page

        yield opened
        browser.close()
    assert complaints == []


def claim(page: Page, id: str) -> None:
    page.goto(f"/handoffs/{id}")
    page.get_by_role("button").last.click()
    expect(page.locator("#text")).to_be_visible()


def test_reply_is_written_while_the_conversation_goes_on(desk: Desk, sign_in: OpenPage) -> None:
    page = sign_in()
    claim(page, desk.ask().id)
    page.locator("#text").press_sequentially("Guten Tag")
    desk.rasa.says("c1", "Hallo? Ist da jemand?")
    expect(page.locator("#lines")).to_contain_text("Ist da jemand?", timeout=5000)
    expect(page.locator("#text")).to_have_value("Guten Tag")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#lines .agent .text")).to_have_text("Guten Tag")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()


def test_reply_that_failed_stays_and_is_sent_once(desk: Desk, sign_in: OpenPage) -> None:
    page = sign_in()
    claim(page, desk.ask().id)
    desk.rasa.status = 500
    page.fill("#text", "Einen Moment")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problem")).to_contain_text("has not been delivered")
    expect(page.locator("#text")).to_have_value("Einen Moment")
    page.reload()
    expect(page.locator("#text")).to_have_value("Einen Moment")
    desk.rasa.status = 200
    page.locator("#text").press("Control+Enter")
    expect(page.locator("#lines .agent .text")).to_have_text("Einen Moment", timeout=5000)
    expect(page.locator("#problem")).to_be_empty()
    page.reload()
    expect(page.locator("#text")).to_have_value("")


def test_new_request_is_announced_without_moving_the_focus(desk: Desk, sign_in: OpenPage) -> None:
    first = desk.ask("c1").id
    page = sign_in()
    page.focus(f"#entry-{first}")
    desk.ask("c2")
    expect(page.locator("#announce")).to_contain_text("2 customers are waiting", timeout=5000)
    expect(page).to_have_title("(2) Queue · Desk")
    expect(page.locator(f"#entry-{first}")).to_be_focused()


def test_narrow_arabic_pages_do_not_scroll_sideways(desk: Desk, sign_in: OpenPage) -> None:
    long = Line(sender="customer", text="x" * 300 + " https://shop.example/" + "y" * 200, at=1.0)
    id = desk.ask(transcript=(long,), reason="n" * 60, entities={"order_number": "4" * 90}).id
    page = sign_in(width=320, locale="ar")
    for path in ("/", f"/handoffs/{id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
