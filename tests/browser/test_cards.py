"""Rendered persona cards in a real browser: one sheet of paper, no sideways scrolling, axe."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from persona_router.cli import main
from tests.served import SERVED

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cards")
    assert main(["personas", "render", "--project", str(ROOT), "--out", str(out)]) == 0
    return out


@pytest.mark.parametrize("language", SERVED)
def test_every_card_prints_on_one_sheet(browser: Browser, pages: Path, language: str) -> None:
    cards = sorted((pages / language).glob("*.html"))
    for card in cards:
        page = browser.new_page()
        page.goto(card.as_uri())
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, card.name
        page.close()
    assert len(cards) == 4


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("name", ["en/talker", "ar/researcher", "de/index"])
def test_pages_are_accessible_and_do_not_scroll_sideways(
    browser: Browser, pages: Path, axe: str, name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((pages / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(axe)
    violations = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    assert violations == []
    page.close()
