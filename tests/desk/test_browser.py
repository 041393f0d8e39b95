"""The desk in a real browser: what only its script and its style sheet can break."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from persona_router.desk.care import Note
from persona_router.handoff.queue import Line
from persona_router.log.events import Outcome
from tests.desk.conftest import PASSWORD, Desk
from tests.desk.test_compare_page import compared
from tests.desk.test_log_pages import TOLD
from tests.log.making import MONDAY, row, write

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH")

OpenPage = Callable[..., Page]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def sign_in(desk: Desk, address: str, browser: Browser) -> Iterator[OpenPage]:
    """Open a page as an agent; fails the test when the page breaks its own content policy."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(
        name: str = "Amira", *, width: int = 1280, locale: str = "en-GB", roles: str = "agent"
    ) -> Page:
        context = browser.new_context(
            base_url=address, locale=locale, viewport={"width": width, "height": 800}
        )
        contexts.append(context)
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
        login = name.lower()
        if login not in {account.login for account in desk.accounts.all()}:
            desk.hire(login, name, roles=roles)
        page.goto("/sign-in")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("header form.leave")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def claim(page: Page, id: str) -> None:
    page.goto(f"/handoffs/{id}")
    page.locator("form[action$='/claim'] button").click()
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


@pytest.mark.parametrize("desk", [ROOT], indirect=True, ids=["sample"])
def test_ready_reply_is_put_into_the_box_and_can_be_changed(desk: Desk, sign_in: OpenPage) -> None:
    page = sign_in()
    claim(page, desk.ask().id)
    page.locator("#text").fill("Guten Tag!")
    page.locator(".ready summary").click()
    page.get_by_role("button", name="Anything else?").click()
    box = page.locator("#text")
    expect(box).to_have_value("Guten Tag!\nKann ich sonst noch etwas für Sie tun?")
    expect(box).to_be_focused()
    page.reload()
    expect(box).to_have_value("Guten Tag!\nKann ich sonst noch etwas für Sie tun?")


def test_page_goes_on_by_asking_when_the_stream_is_refused(
    desk: Desk, sign_in: OpenPage, address: str
) -> None:
    page = sign_in()
    page.route("**/events", lambda route: route.abort())
    page.goto("/")
    desk.ask()
    expect(page.locator("li.entry")).to_have_count(1, timeout=6000)


def test_narrow_arabic_pages_do_not_scroll_sideways(desk: Desk, sign_in: OpenPage) -> None:
    long = Line(sender="customer", text="x" * 300 + " https://shop.example/" + "y" * 200, at=1.0)
    id = desk.ask(transcript=(long,), reason="n" * 60, entities={"order_number": "4" * 90}).id
    page = sign_in(width=320, locale="ar")
    for path in ("/", f"/handoffs/{id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def write_log(folder: Path) -> None:
    """Write decisions of several kinds, one in a conversation whose name is long."""
    made = write(
        folder / "routing_log.sqlite",
        row("d1", **TOLD, stated_route="phone", corrected=1),
        row("d2", at=MONDAY + 60, turn=4, persona=None, language="ar",
            unanswered="هل تغلّفون الهدايا؟ " + "ه" * 200),
        row("d3", at=MONDAY + 70, conversation="x" * 90, failed=1, route=None, language="de"),
        row("d4", at=MONDAY + 80, conversation="c4", turn=2, language="en",
            unanswered="Do you offer gift wrapping?"),
        row("d5", at=MONDAY + 90, conversation="c4", turn=3, language="de",
            unanswered="Können Sie das als Geschenk verpacken?"),
    )  # fmt: skip
    made.note(Outcome(decision="d2", values={"handed_over": 1, "latency_ms": 41.5}))


def test_log_is_filtered_by_keyboard_alone(desk: Desk, sign_in: OpenPage, tmp_path: Path) -> None:
    write_log(tmp_path)
    page = sign_in("Nour", roles="operations")
    page.goto("/log")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("c1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/log?*q=c1*")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("summary", has_text="Persona").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name="Undecided")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**persona=-*")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Undecided")).to_be_checked()
    page.locator("tbody a").first.press("Enter")
    expect(page).to_have_title("Decision · Desk")


AXE = (ROOT / "tests" / "browser" / "axe.min.js").read_text(encoding="utf-8")
EVERYTHING = "agent trainer operations admin"


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run().then(r => r.violations)")
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("desk", [ROOT], indirect=True, ids=["sample"])
@pytest.mark.parametrize(
    ("locale", "width"), [("en-GB", 1280), ("de-DE", 320), ("ar", 1280), ("ar", 320)]
)
def test_pages_are_accessible_and_fit(
    desk: Desk, sign_in: OpenPage, tmp_path: Path, locale: str, width: int
) -> None:
    desk.hire("ben", "Ben", team="Köln")
    desk.accounts.present("ben", now=desk.clock())
    desk.hire("zoe", "Zoé", languages=("de", "ar"), skills=("refunds",), team="Berlin")
    first, second = desk.ask(reason="anger"), desk.ask("c2", language="ar", locale="ar")
    link = desk.accounts.invite("zoe", now=desk.clock())
    desk.queue.claim(second.id, "nour")
    desk.care.add_note(second.id, Note(kind="note", author="ben", text="Stammkunde", at=1.7e9))
    write_log(tmp_path)
    compared(tmp_path, 60, 40)
    page = sign_in("Nour", locale=locale, width=width, roles=EVERYTHING)
    paths = {
        "queue": "/",
        "waiting": f"/handoffs/{first.id}",
        "mine": f"/handoffs/{second.id}",
        "operations": "/operations",
        "people": "/people",
        "person": "/people/zoe",
        "account": "/account",
        "audit": "/audit",
        "questions": "/questions?from=2026-11-01&to=2026-11-30",
        "log": "/log",
        "figures": "/figures?from=2026-11-01&to=2026-11-30&by=persona&by=route",
        "log_empty": "/log?persona=nobody&q=x",
        "log_by_certainty": "/log?confidence=0-25&confidence=75-100",
        "compare": "/compare?from=2026-10-01&to=2026-10-31",
        "compare_none": "/compare?from=2020-01-01&to=2020-01-31",
        "brand": "/brand?from=2026-11-01&to=2026-11-30",
        "brand_compared": "/brand?from=2026-10-01&to=2026-10-31",
        "drift": "/personas/drift?from=2026-11-01&to=2026-11-30",
        "replay": "/replay",
        "ratings": "/ratings",
        "conversation": "/log/conversation?id=c1",
        "decision": "/log/decisions/d1",
        "failed": "/log/decisions/d3",
        "welcome": f"/welcome?code={link}",
        "missing": "/nowhere",
    }
    for name, path in paths.items():
        page.goto(path)
        page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.screenshot(path=tmp_path / f"{name}-{locale}-{width}.png", full_page=True)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    page.locator("form.leave button").click()
    page.wait_for_url("**/sign-in")
    page.screenshot(path=tmp_path / f"sign_in-{locale}-{width}.png", full_page=True)
    assert violations(page) == []
