"""`persona-router check --meaning`: near-duplicates and what no question finds."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.content.policies import DEFAULT_POLICY
from tests.content.article_files import write_article
from tests.knowledge.test_duplicates import ANNUL_DE, CANCEL_DE
from tests.knowledge.test_reach import TOPICS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A German assistant with an article about cancelling."""
    assert main(["init", "--project", str(tmp_path)]) == 0
    policy = DEFAULT_POLICY.read_text("utf-8").replace("[en, de, es, ar]", "[de]")
    policy = policy.replace("default_locale: en", "default_locale: de")
    (tmp_path / "data" / "routing.yml").write_text(policy, encoding="utf-8")
    knowledge = tmp_path / "data" / "knowledge"
    write_article(knowledge, "de/cancel", CANCEL_DE, title="Bestellung stornieren")
    return tmp_path


@pytest.fixture
def check(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str]]]:
    """A function that runs the command and returns its status and lines, paths made relative."""

    def run(*options: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        status = main(["check", "--project", str(project), *options])
        said = capsys.readouterr()
        return status, (said.out + said.err).replace(f"{project}/data/", "").splitlines()

    return run


def test_near_duplicates_are_looked_for_when_asked(check, project: Path) -> None:
    knowledge = project / "data" / "knowledge"
    write_article(knowledge, "de/annul", ANNUL_DE, title="Wie storniere ich meinen Einkauf?")
    assert check() == (0, ["No faults."])
    status, lines = check("--meaning")
    assert status == 0
    assert lines[0].startswith(
        "Warning: knowledge/de/annul.md: It says in other words what is said in cancel.md ("
    )
    assert lines[1:] == ["No faults. (1 warning)"]
    assert check("--meaning", "--strict")[0] == 1


def test_copy_is_not_told_twice(check, project: Path) -> None:
    write_article(project / "data" / "knowledge", "de/copy", CANCEL_DE, title="Stornierung")
    assert check("--meaning")[1][-1] == "No faults. (1 warning)"


def test_articles_that_no_question_finds_are_grouped(check, project: Path) -> None:
    for name, text in TOPICS.items():
        write_article(project / "data" / "knowledge", f"de/{name}", text, title=f"{name} Hinweis")
    assert check("--meaning") == (0, ["No faults."])
    path = project / "data" / "routing.yml"
    path.write_text(path.read_text("utf-8") + "articles: {reached_within: 1}\n", encoding="utf-8")
    for name, text in TOPICS.items():
        write_article(project / "data" / "knowledge", f"de/{name}", text, title="Hinweis")
    lines = [line for line in check("--meaning")[1] if "Neither its title" in line]
    (lost,) = lines
    assert lost.startswith(
        "Warning: knowledge/de: Neither its title nor a known question finds among the first 1: "
    )
    assert lost.count(".md") == 3
    questions = {
        "language": "de",
        "queries": [
            {"query": "Wo darf ich Fahrräder anschließen?", "article": "bikes"},
            {"query": "Darf mein Hund mit hinein?", "article": "dogs"},
            {"query": "Gibt es Parkplätze?", "article": "parking"},
        ],
    }
    file = project / "questions.json"
    file.write_text(json.dumps(questions), encoding="utf-8")
    (project / "data" / "nlu").mkdir()
    (project / "data" / "nlu" / "de.yml").write_text(
        "nlu:\n- intent: prams\n  examples: |\n    - Wohin mit dem Kinderwagen?\n", encoding="utf-8"
    )
    status, lines = check("--questions", str(file))
    assert status == 0
    assert not [line for line in lines if "Neither its title" in line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[", "questions.json: It cannot be read (Expecting value: line 1 column 2 (char 1)). "
         "Write JSON."),
        ("{}", "questions.json: queries: It holds no list 'queries' of {query, article}. "
         "Write a search case."),
        ('{"language": "?", "queries": []}', "questions.json: language: '?' is not a locale. "
         "Give a BCP 47 tag, such as `de`."),
    ],
)  # fmt: skip
def test_unusable_questions_are_named(check, project: Path, text: str, line: str) -> None:
    (project / "data" / "questions.json").write_text(text, encoding="utf-8")
    assert check("--questions", str(project / "data" / "questions.json")) == (2, [line])
