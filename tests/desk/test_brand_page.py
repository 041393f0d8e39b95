"""The page of the brand's own persona: answers, what is measured, and what would help."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from persona_router.cli import main
from persona_router.content.brand import read_brand
from persona_router.core.brand import AXES
from persona_router.desk.texts import load_texts
from persona_router.log.events import Outcome
from tests.desk.conftest import Agent, Desk, opened_desk
from tests.log.making import MONDAY, row, write
from tests.training import ROOT

DAYS = "from=2026-11-23&to=2026-11-29"
GIVEN = "answers:\n  reach: 2\n  weekly: 5\n  apologies: 4\n"


def words(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    policy = (ROOT / "data" / "routing.yml").read_text(encoding="utf-8")
    (tmp_path / "data" / "routing.yml").write_text(policy, encoding="utf-8")
    return tmp_path


@pytest.fixture
def branded(project: Path) -> Iterator[Desk]:
    with opened_desk(project, project) as desk:
        yield desk


@pytest.fixture
def nour(branded: Desk) -> Agent:
    return branded.agent("Nour", roles="operations")


def answered(project: Path, text: str = GIVEN) -> None:
    (project / "data" / "brand.yml").write_text(text, encoding="utf-8")


def measured(project: Path) -> None:
    made = write(
        project / "routing_log.sqlite",
        *(row(f"d{n}", at=MONDAY + n, conversation=f"c{n}") for n in range(40)),
    )
    for n in range(10):
        made.note(Outcome(decision=f"d{n}", values={"rating": 5}))


def test_page_tells_answers_axes_types_and_changes(nour: Agent, project: Path) -> None:
    answered(project)
    measured(project)
    page = nour.get(f"/brand?{DAYS}")
    told = words(page)
    assert page.status_code == 200
    assert "Human touch 0.25 not enough data 0.25 0.90" in told
    assert "Metrics 1.00 0.25 0.62 0.90" in told
    assert "Technology – not enough data – 0.90" in told
    assert "Leadership – not enough data – 0.90" in told
    assert "Rigidity 0.25 0.00 0.12 0.20" in told
    assert "Human touch Share of the chats handed over that an agent took over in time." in told
    assert "Most like: Stickler" not in told
    assert "Staff the promised hours, or promise fewer." in told
    assert "at every hour that we promise. Human touch 2 / 5" in told
    assert "People may take as long as a customer needs. Human touch Not answered" in told
    assert "in data/brand.yml, and are changed there" in told


def test_page_says_the_same_as_the_command(
    nour: Agent, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(project)
    measured(project)
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(project))
    days = ["--from", "2026-11-23", "--to", "2026-11-29"]
    assert main(["brand", "--project", str(project), *days]) == 0
    printed = capsys.readouterr().out
    gap = re.search(r"(\d+) of 100 steps", printed)
    assert gap
    told = words(nour.get(f"/brand?{DAYS}"))
    assert f"Steps from the ideal, of 100 {gap.group(1)} " in told
    for change in re.findall(r"(?m)^\d\. (.+) \(\+", printed):
        assert change in told


def test_without_answers_and_log_there_is_no_number(nour: Agent) -> None:
    told = words(nour.get("/brand"))
    assert "Nobody has answered the questions yet." in told
    assert "There is no profile yet." in told
    assert "Steps from the ideal" not in told


def test_without_answers_no_change_is_said_to_be_useless(nour: Agent, project: Path) -> None:
    measured(project)
    told = words(nour.get(f"/brand?{DAYS}"))
    assert "Steps from the ideal, of 100" in told
    assert "No change among the questions" not in told
    assert "One point more in the answer" not in told


@pytest.mark.parametrize("text", ["answers: {vip: 3}", "answers: {reach: 9}", "answers: ["])
def test_answers_that_cannot_be_read_are_told(nour: Agent, project: Path, text: str) -> None:
    answered(project, text)
    told = words(nour.get("/brand"))
    assert "The answers in data/brand.yml cannot be read" in told


@pytest.mark.parametrize("locale", ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr"])
def test_page_speaks_the_readers_language(nour: Agent, project: Path, locale: str) -> None:
    answered(project)
    page = nour.get(f"/brand?{DAYS}&lang={locale}")
    told, texts = unescape(page.text), load_texts()[locale]
    assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}"' in page.text
    for question in read_brand().questions:
        assert texts(f"brand_asks.{question.id}") in told
    for axis in AXES:
        assert texts(f"brand_measure.{axis}") in told
        assert texts.strings[f"brand_measure.{axis}"].endswith(".")
    assert re.findall(r">\s*((?:brand\w*|log|figures)\.\w+)", page.text) == []


def test_every_question_and_change_has_words_of_the_desk() -> None:
    strings = load_texts()["en"].strings
    for question in read_brand().questions:
        assert strings[f"brand_asks.{question.id}"] == question.asks
        assert strings[f"brand_change.{question.id}"] == question.change
    for type in read_brand().types:
        assert {f"brand_type.{type}", f"brand_means.{type}"} <= set(strings)


def test_wrong_day_is_told(nour: Agent) -> None:
    page = nour.get("/brand?from=soon")
    assert page.status_code == 422
    assert "“soon” is no day." in words(page)


def test_page_is_for_those_who_may_see_the_figures(branded: Desk, nour: Agent) -> None:
    assert 'href="/brand"' in nour.get("/figures").text
    assert branded.agent("Amira").get("/brand").status_code == 403
