"""Article pages in a browser: direction, switch, print, narrow windows, accessibility."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.servers import Assistant
from tests.browser.windows import Window


@pytest.fixture
def reader(browser: Browser, assistant: Assistant, windows: list[Window]) -> Window:
    """Return a reader's window, as narrow as a small telephone."""
    window = Window(browser, assistant.origin, locale="ar-AE", width=320, height=700)
    windows.append(window)
    return window


def test_article_reads_in_both_directions_and_the_switch_stays_with_it(
    reader: Window, assistant: Assistant, axe: str
) -> None:
    reader.page.goto(f"{assistant.origin}/chat/articles/ar/warranty")
    html = reader.page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    languages = reader.page.locator("nav.languages")
    expect(languages.locator("[aria-current=page]")).to_have_text("العربية")
    assert reader.violations(axe) == []
    assert reader.overflow() <= 0
    languages.get_by_role("link", name="Deutsch").click()
    expect(reader.page).to_have_url(f"{assistant.origin}/chat/articles/de/warranty")
    expect(html).to_have_attribute("dir", "ltr")
    expect(html).to_have_attribute("lang", "de")
    assert reader.violations(axe) == []
    assert reader.overflow() <= 0


def test_article_prints_without_its_navigation(reader: Window, assistant: Assistant) -> None:
    reader.page.goto(f"{assistant.origin}/chat/articles/tr/warranty")
    expect(reader.page.locator("nav.languages")).to_be_visible()
    reader.page.emulate_media(media="print")
    expect(reader.page.locator("nav.languages")).to_be_hidden()
    expect(reader.page.locator("h1")).to_be_visible()
