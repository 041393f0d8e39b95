"""The page of the check-in: what it tells of two spans of days, to whom, and in which words."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from persona_router.desk.texts import load_texts
from tests.desk.conftest import Agent, Desk, opened_desk
from tests.log.making import DAY, MONDAY, row, write

SAMPLE = Path(__file__).parents[2] / "data"
DAYS = "from=2026-11-23&to=2026-11-29"


def visit(week: int, n: int, *, quick: bool, **changes: Any) -> dict[str, Any]:
    persona = "sprinter" if quick else "researcher"
    return row(
        f"{week}-{n}",
        at=MONDAY + 7 * DAY * (week - 1) + n,
        conversation=f"{week}-{n}",
        persona=persona,
        inferred_persona=persona,
        posterior={persona: 0.9},
        signals={"haste": 0.9 if quick else 0.1},
        **changes,
    )


def words(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def nour(desk: Desk, tmp_path: Path) -> Agent:
    write(
        tmp_path / "routing_log.sqlite",
        *(visit(0, n, quick=n < 60) for n in range(200)),
        *(visit(1, n, quick=n < 120, corrected=int(n < 60)) for n in range(200)),
    )
    return desk.agent("Nour", roles="operations")


def test_page_tells_what_has_changed_in_words_and_in_numbers(nour: Agent) -> None:
    page = nour.get(f"/personas/drift?{DAYS}")
    told = words(page)
    assert page.status_code == 200
    assert "Visits before 200 Visits now 200" in told
    assert "sprinter 30% ( 24% – 37% ) 60% ( 53% – 67% ) 0.372 Changed" in told
    assert "Undecided 0% ( 0% – 2% ) 0% ( 0% – 2% ) 0.000 No change shown" in told
    assert re.search(r"Answers within seconds 0.34 0.58 0\.\d{3} Changed", told), told[
        told.index("Answers") :
    ][:60]
    assert "The share of sprinter has changed: 30% before, 60% now." in told
    assert "sprinter is corrected more often than the inference expects to be wrong." in told
    assert "sprinter 120 50% ( 41% – 59% ) 10% More than expected" in told


def test_days_stand_in_the_address_and_in_the_links_to_languages(nour: Agent) -> None:
    page = nour.get(f"/personas/drift?{DAYS}&before=2026-11-20")
    assert 'name="before" type="date" value="2026-11-20"' in page.text
    assert "Visits before 0 Visits now 200" in words(page)
    assert (
        'href="?from=2026-11-23&amp;to=2026-11-29&amp;before=2026-11-20&amp;lang=ar"' in page.text
    )


def test_too_few_visits_are_told_instead_of_numbers(desk: Desk, tmp_path: Path) -> None:
    rows = [visit(1, n, quick=True, corrected=1) for n in range(5)]
    write(tmp_path / "routing_log.sqlite", *rows)
    told = words(desk.agent("Nour", roles="admin").get(f"/personas/drift?{DAYS}"))
    assert "Not enough data: nothing is compared below 30 visits in either period." in told
    assert "sprinter 5 not enough data ( 5 ) – " in told
    assert "Shares of the personas" not in told


def test_log_that_nobody_has_begun_is_a_page_without_numbers(desk: Desk) -> None:
    told = words(desk.agent("Nour", roles="operations").get("/personas/drift"))
    assert "Not enough data" in told
    assert "Nothing is alarming" not in told


@pytest.mark.parametrize("locale", ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr"])
def test_page_speaks_the_readers_language(nour: Agent, locale: str) -> None:
    page = nour.get(f"/personas/drift?{DAYS}&lang={locale}")
    texts = load_texts()[locale]
    assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}"' in page.text
    assert texts("drift.trust_means") in unescape(page.text)
    assert re.findall(r">\s*((?:drift|log|figures|fact|signal)\.\w+)", page.text) == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=<b>", "“<b>” is no day."),
        ("from=2026-11-23&to=2026-11-01", "The last day, 2026-11-01, is before the first."),
        (f"{DAYS}&before=2026-12-01", "Nothing can be compared from “2026-12-01” on."),
        (f"{DAYS}&before=soon", "Nothing can be compared from “soon” on."),
    ],
)
def test_address_that_cannot_be_read_is_told(nour: Agent, query: str, told: str) -> None:
    page = nour.get(f"/personas/drift?{query}")
    assert page.status_code == 422
    assert told in words(page).replace("& lt;", "<")
    assert "<b>" not in page.text


def test_log_that_cannot_be_read_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    page = desk.agent("Nour", roles="operations").get("/personas/drift")
    assert page.status_code == 503


def test_page_is_for_those_who_may_see_the_figures(desk: Desk, nour: Agent) -> None:
    assert 'href="/personas/drift"' in nour.get("/figures").text
    assert desk.agent("Amira").get("/personas/drift").status_code == 403


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE / "personas", tmp_path / "data" / "personas")
    shutil.copyfile(SAMPLE / "routing.yml", tmp_path / "data" / "routing.yml")
    return tmp_path


@pytest.fixture
def with_cards(project: Path) -> Iterator[Desk]:
    with opened_desk(project, project) as desk:
        yield desk


def test_cards_that_are_due_are_named_with_their_day(with_cards: Desk, project: Path) -> None:
    card = project / "data" / "personas" / "talker.yml"
    text = card.read_text(encoding="utf-8")
    dated = re.sub(r"(?m)^review_due: .*$", "review_due: 2026-01-05", text)
    card.write_text(re.sub(r"(?m)^reviewed: .*$", "reviewed: 2025-07-01", dated), encoding="utf-8")
    told = words(with_cards.agent("Nour", roles="operations").get("/personas/drift"))
    assert "talker: the review was due on Jan 5, 2026." in told
    assert "talker Jul 1, 2025 Jan 5, 2026 Due" in told


def test_cards_that_cannot_be_read_are_told(with_cards: Desk, project: Path) -> None:
    (project / "data" / "personas" / "talker.yml").write_text("id: [", encoding="utf-8")
    told = words(with_cards.agent("Nour", roles="operations").get("/personas/drift"))
    assert "The persona cards cannot be read." in told
