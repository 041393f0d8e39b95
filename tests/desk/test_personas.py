import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.conftest import Agent, Desk, opened_desk

SAMPLE = Path(__file__).parents[2] / "data"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE / "personas", tmp_path / "data" / "personas")
    shutil.copyfile(SAMPLE / "routing.yml", tmp_path / "data" / "routing.yml")
    return tmp_path


@pytest.fixture
def cards(project: Path) -> Iterator[Desk]:
    with opened_desk(project, project) as desk:
        yield desk


@pytest.fixture
def visitor(cards: Desk) -> Agent:
    return cards.visitor()


@pytest.fixture
def agent(cards: Desk) -> Agent:
    return cards.agent()


def test_cards_are_for_signed_in_agents_only(visitor: Agent) -> None:
    for path in ("/personas", "/personas/talker", "/personas/talker.svg", "/personas/card.css"):
        assert visitor.get(path).headers["location"] == "/sign-in"


def test_every_page_links_to_the_list_and_the_list_to_the_cards(agent: Agent) -> None:
    assert '<a href="/personas">All personas</a>' in agent.get("/").text
    listed = agent.get("/personas?lang=ar")
    assert '<html lang="ar" dir="rtl">' in listed.text
    assert 'href="/personas/talker?lang=ar"' in listed.text
    assert listed.headers["content-language"] == "ar"


def test_card_keeps_to_the_content_security_policy(agent: Agent) -> None:
    page = agent.get("/personas/talker?lang=de").text
    assert '<link rel="stylesheet" href="/personas/card.css">' in page
    assert 'src="/personas/talker.svg"' in page
    assert "<style" not in page
    assert "<script" not in page
    assert agent.get("/personas/card.css").headers["content-type"].startswith("text/css")
    drawing = agent.get("/personas/talker.svg")
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in drawing.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["vip", "vip.svg", "..%2Ftalker", "talker.yml"])
def test_unknown_card_is_not_found(agent: Agent, path: str) -> None:
    assert agent.get(f"/personas/{path}").status_code == 404


def test_faulty_card_is_not_found_and_logged(
    agent: Agent, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (project / "data" / "personas" / "talker.yml").write_text("name: [", encoding="utf-8")
    assert agent.get("/personas").status_code == 404
    assert "talker.yml" in caplog.text


def test_desk_without_cards_links_to_none(amira: Agent) -> None:
    assert "/personas" not in amira.get("/").text
    assert amira.get("/personas").status_code == 404
