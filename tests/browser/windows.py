"""What a person in a browser sees and does, on any page and in the chat."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Dialog, Locator, Page, Request, WebSocket, expect

STORED_TOKEN = "persona-router-chat:token"
_OWN_HOSTS = ("127.0.0.1", "localhost", "")
_ANSWER_MS = 20_000


class Window:
    """One page in a browser profile of its own, which watches over what it loads and reports."""

    def __init__(
        self, browser: Browser, origin: str, *, locale: str, width: int, height: int
    ) -> None:
        self.origin = origin
        self.context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": height},
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(_ANSWER_MS)
        self.foreign_requests: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", self._note_request)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.context.on("dialog", self._note_dialog)
        self.page: Page = self.context.new_page()
        self.page.on("websocket", self._note_socket)

    def close(self) -> None:
        """Close the profile with all its pages."""
        self.context.close()

    def violations(self, axe: str) -> list[str]:
        """Return each rule of accessibility that the page breaks, with the places."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(axe)
        found: list[dict[str, Any]] = self.page.evaluate("() => axe.run().then(r => r.violations)")
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        )

    def focused_text(self) -> str:
        """Return the text of the focused element, or of the item that it points to."""
        return str(
            self.page.evaluate(
                """() => {
                    const focused = document.activeElement;
                    const item = focused.getAttribute('aria-activedescendant');
                    return ((item && document.getElementById(item)) || focused).textContent;
                }"""
            )
        )

    def _note_request(self, request: Request) -> None:
        self._note_address(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        self._note_address(socket.url)

    def _note_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and (parts.hostname or "") not in _OWN_HOSTS:
            self.foreign_requests.append(url)

    def _note_dialog(self, dialog: Dialog) -> None:
        self.errors.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()


class ChatWindow(Window):
    """A customer on the chat page."""

    def __init__(self, browser: Browser, origin: str, **profile: Any) -> None:
        super().__init__(browser, origin, **profile)
        self.page.goto(f"{origin}/chat")
        self.launcher = self.page.get_by_test_id("launcher")
        self.panel = self.page.get_by_test_id("panel")
        self.status = self.page.get_by_test_id("status")
        self.person = self.page.get_by_test_id("person")
        self.box = self.page.locator("#prc-panel [data-id=webchat-sendbox-input]")
        self.messages = self.page.locator(".webchat__bubble__content")
        self.answers = self.page.locator(
            ".webchat__bubble:not(.webchat__bubble--from-user) .webchat__bubble__content"
        )
        self.buttons = self.page.locator(".webchat__suggested-action")

    def open(self) -> "ChatWindow":
        """Open the chat and wait until it is connected."""
        self.launcher.click()
        self.wait_until_online()
        return self

    def wait_until_online(self) -> None:
        """Wait until the chat is connected."""
        expect(self.page.locator(".prc-status--online")).to_be_attached(timeout=60_000)

    def say(self, text: str) -> None:
        """Write and send a message, and wait until it is shown."""
        before = self.messages.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.messages.nth(before)).to_be_visible()

    def press(self, title: str) -> None:
        """Press one of the buttons below the last message, and wait until its title is said."""
        before = self.messages.count()
        self.button(title).click()
        expect(self.messages.nth(before)).to_contain_text(title)

    def button(self, title: str) -> Locator:
        """Return the button below the last message that is called `title`."""
        return self.buttons.filter(has_text=title)

    def expect_answer(self, text: str) -> None:
        """Wait until the last message contains `text`."""
        expect(self.messages.last).to_contain_text(text, timeout=_ANSWER_MS)

    def ask(self, text: str, answer: str | None = None) -> None:
        """Write a message, and wait for an answer: one that contains `answer`, if it is given."""
        before = self.answers.count()
        self.say(text)
        expect(self.answers.nth(before)).to_be_visible(timeout=_ANSWER_MS)
        if answer is not None:
            self.expect_answer(answer)

    def choose(self, title: str, answer: str) -> None:
        """Press a button, and wait for an answer that contains `answer`."""
        self.press(title)
        self.expect_answer(answer)

    def expect_speech(self, language: str, direction: str) -> None:
        """Wait until panel and last answer are marked with a language and its direction."""
        for speaking in (self.panel, self.answers.last.locator("[lang]").first):
            expect(speaking).to_have_attribute("lang", re.compile(rf"^{language}(-|$)"))
            expect(speaking).to_have_attribute("dir", direction)

    @property
    def texts(self) -> list[str]:
        """All messages as they are shown, oldest first."""
        return self.messages.all_inner_texts()

    @property
    def token(self) -> str:
        """The signed session that this browser keeps."""
        return str(self.page.evaluate("key => JSON.parse(localStorage.getItem(key))", STORED_TOKEN))

    @property
    def conversation(self) -> str:
        """The id of the conversation."""
        return self.token.partition(".")[0]
