"""The page of figures: what it tells, to whom, and in which words."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from persona_router.core.figures import FIGURES
from persona_router.desk.texts import load_texts
from persona_router.log.events import Outcome
from tests.desk.conftest import Agent, Desk
from tests.log.making import DAY, MONDAY, row, write

DAYS = "from=2026-11-23&to=2026-11-29"


@pytest.fixture
def nour(desk: Desk, tmp_path: Path) -> Agent:
    made = write(
        tmp_path / "routing_log.sqlite",
        *(row(f"d{n}", at=MONDAY + n, conversation=f"c{n}") for n in range(1200)),
        row("t1", at=MONDAY + DAY, conversation="t1", persona=None, language="ar",
            stated_route="phone", translation_demand=1, article="<b>sizes</b>"),
        row("t2", at=MONDAY + DAY, conversation="t2", persona="<script>x", route="phone",
            intent="nlu_fallback", article=None),
    )  # fmt: skip
    made.note(Outcome(decision="d1", values={"handed_over": 1, "rating": 5}))
    return desk.agent("Nour", roles="operations")


def words(page: Any) -> str:
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_page_tells_rates_with_their_range_and_where_data_are_few(nour: Agent) -> None:
    told = words(nour.get(f"/figures?{DAYS}"))
    assert "Visits 1,202 Messages 1,202" in told
    assert "researcher 1,200 100% ( 100% – 100% )" in told
    assert "Undecided 1 not enough data ( 1 )" in told
    assert "Suits this customer best 1" in told
    assert "<b>sizes</b> العربية 1" in told
    assert "Help article Phone 1" in told


def test_page_is_split_as_the_address_asks(nour: Agent) -> None:
    page = nour.get(f"/figures?{DAYS}&by=route&by=language")
    told = words(page)
    assert "English Help article 1,200" in told
    assert "العربية Help article 1" in told
    assert re.findall(r'name="by" value="(\w+)" checked', page.text) == ["language", "route"]
    assert f'href="?{DAYS.replace("&", "&amp;")}&amp;by=language&amp;by=route&amp;lang=ar"' in (
        page.text
    )


@pytest.mark.parametrize("locale", ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr"])
def test_page_defines_every_figure_in_the_readers_language(nour: Agent, locale: str) -> None:
    page = nour.get(f"/figures?{DAYS}&lang={locale}")
    told, texts = words(page), load_texts()[locale]
    assert f'<html lang="{locale}"' in page.text
    for name in FIGURES:
        assert texts(f"figures.{name}") in told
        assert " ".join(texts(f"figures.{name}_means").split()) in told
    assert re.findall(r">\s*((?:log|figures|kind|fact|route)\.\w+)", page.text) == []


def test_what_strangers_name_is_only_text(nour: Agent) -> None:
    page = nour.get(f"/figures?{DAYS}")
    assert "<script>x" not in page.text
    assert "<b>sizes" not in page.text


def test_days_are_drawn_and_told(nour: Agent) -> None:
    page = nour.get(f"/figures?{DAYS}")
    assert 'role="img" aria-labelledby="volume-title volume-desc"' in page.text
    assert "At most 1,200 a day" in words(page)
    assert re.findall(r'height="([\d.]+)"/>', page.text.split('role="img"')[1])[:3] == [
        "60.0",
        "0.1",
        "0.0",
    ]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=yesterday", "“yesterday” is no day."),
        ("from=2026-11-23&to=2026-11-01", "The last day, 2026-11-01, is before the first."),
        ("from=2020-01-01&to=2026-01-01", "These are too many days at once."),
        ("by=<script>", "“<script>” cannot be chosen here."),
    ],
)
def test_address_that_cannot_be_read_is_told(nour: Agent, query: str, told: str) -> None:
    page = nour.get(f"/figures?{query}")
    assert page.status_code == 422
    assert told in " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    assert "<script>" not in page.text.split("<main")[1]


def test_waits_are_those_of_the_queue(desk: Desk, nour: Agent) -> None:
    desk.ask(requested_at=MONDAY)
    assert "Chat not enough data ( 0 ) 1 0 0 – –" in words(nour.get(f"/figures?{DAYS}"))


def test_log_that_nobody_has_begun_is_an_empty_page(desk: Desk) -> None:
    nour = desk.agent("Nour", roles="admin")
    assert "Nothing was counted on these days." in words(nour.get("/figures"))


def test_log_that_cannot_be_read_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    page = desk.agent("Nour", roles="operations").get("/figures")
    assert page.status_code == 503
    assert "cannot be read at the moment" in page.text


def test_unanswered_leads_to_its_decisions(nour: Agent) -> None:
    page = nour.get(f"/figures?{DAYS}")
    found = re.search(r'<p><a href="(/log\?[^"]+)"', page.text)
    assert found
    shown = nour.get(unescape(found.group(1)))
    assert re.findall(r'href="/log/decisions/([^"]+)"', shown.text) == ["t2"]


def test_page_is_linked_for_those_who_may_see_it(desk: Desk, nour: Agent) -> None:
    assert 'href="/figures"' in nour.get("/operations").text
    assert 'href="/figures"' not in desk.agent("Amira").get("/").text
