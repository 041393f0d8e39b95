"""What an agent sees and does at the desk."""

from playwright.sync_api import Browser, Locator, expect

from tests.browser.windows import Window


class DeskWindow(Window):
    """An agent in front of the desk."""

    def __init__(
        self, browser: Browser, origin: str, *, locale: str, width: int, height: int
    ) -> None:
        super().__init__(browser, origin, locale=locale, width=width, height=height)
        self.page.goto(f"{origin}/")

    def sign_in(self, login: str, password: str) -> "DeskWindow":
        """Sign in, and wait for the queue."""
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(password)
        self.page.locator("#password").press("Enter")
        expect(self.page.locator("#queue")).to_be_visible()
        return self

    def entry(self, handoff: str) -> Locator:
        """Return the queue's entry of a handoff."""
        return self.page.locator("li.entry").filter(has=self.page.locator(f"#entry-{handoff}"))

    def open(self, handoff: str) -> None:
        """Open a handoff from the queue."""
        self.page.locator(f"#entry-{handoff}").click()
        expect(self.page.locator("#lines")).to_be_visible()

    def claim(self) -> None:
        """Take the open conversation over."""
        self.page.locator("form[action$='/claim'] button").click()
        expect(self.page.locator("#text")).to_be_visible()

    def reply(self, text: str) -> None:
        """Answer the customer, and wait until the answer is in the conversation."""
        before = self.lines("agent").count()
        self.page.locator("#text").fill(text)
        self.page.locator("form[data-reply] button.primary").click()
        expect(self.lines("agent").nth(before)).to_contain_text(text)

    def finish(self) -> None:
        """Give the customer back to the assistant."""
        self.page.locator("form[data-close] #return").click()
        expect(self.page.locator("#queue")).to_be_visible()

    def lines(self, sender: str) -> Locator:
        """Return the lines of "customer", "bot" or "agent" in the open conversation."""
        return self.page.locator(f"#lines .line.{sender}")
