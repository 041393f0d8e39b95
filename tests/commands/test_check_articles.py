"""`persona-router check` over articles: faults and warnings, grouped, and what makes them fail."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from persona_router.cli import main
from persona_router.content.policies import DEFAULT_POLICY
from tests.content.article_files import write_article

GERMAN = "Sie können die Ware innerhalb von dreißig Tagen kostenlos an uns zurückschicken."
ENGLISH = "You can send the goods back to us free of charge within thirty days."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An assistant in English and German with one article in both."""
    assert main(["init", "--project", str(tmp_path)]) == 0
    policy = DEFAULT_POLICY.read_text("utf-8").replace("[en, de, es, ar]", "[en, de]")
    (tmp_path / "data" / "routing.yml").write_text(policy, encoding="utf-8")
    write_article(tmp_path / "data" / "knowledge", "en/returns", ENGLISH, title="Returns")
    write_article(tmp_path / "data" / "knowledge", "de/returns", GERMAN, title="Rückgabe")
    return tmp_path


@pytest.fixture
def check(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str]]]:
    """A function that runs the command and returns its status and lines, paths made relative."""

    def run(*options: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        status = main(["check", "--project", str(project), *options])
        shown = capsys.readouterr().out.replace(f"{project}/data/", "")
        return status, shown.splitlines()

    return run


def test_sound_articles_are_silent(check) -> None:
    assert check() == (0, ["No faults."])
    assert check("--strict") == (0, ["No faults."])


@pytest.mark.parametrize(
    ("name", "body", "line"),
    [
        ("de/a", "[weg](b.md)", "a.md: line 8: Link 'b.md' leads nowhere. "
         "Link to `<id>.md` of an article that exists in de."),
        ("de/a", "[weg](returns.md#fristen)", "a.md: line 8: Link 'returns.md#fristen' leads to no "
         "heading of returns.md. It has no headings."),
        ("de/a", "<script>x</script>", "a.md: line 8: Raw HTML '<script>x</script>'. "
         "Write it in Markdown."),
        ("de/a", "[da](javascript:x)", "a.md: line 8: Link to 'javascript:x'. Link to `<id>.md`, "
         "`#heading` or https, http, mailto, tel addresses."),
        ("de/a", "Dauert TBD Tage.", "a.md: line 8: 'TBD' is a placeholder. "
         "Write what customers shall read."),
        ("de/a", ENGLISH, "a.md: It is written in en, not in de. "
         "Write it in de, or move it to the folder of its language."),
    ],
)  # fmt: skip
def test_what_breaks_an_article_for_customers_is_a_fault(
    check, project: Path, name: str, body: str, line: str
) -> None:
    write_article(project / "data" / "knowledge", "en/a", "Text.", title="Anything else")
    write_article(project / "data" / "knowledge", name, body, title="Etwas anderes")
    status, lines = check()
    assert status == 1
    assert f"knowledge/de/{line}" in lines
    assert lines[-1].startswith("1 fault")


def test_second_article_of_one_id_is_a_fault(check, project: Path) -> None:
    folder = project / "data" / "knowledge" / "de"
    shutil.copyfile(folder / "returns.md", folder / "zweite.md")
    assert check() == (1, [
        "knowledge/de/zweite.md: id: Duplicate id 'returns', also in returns.md. "
        "Use every id once in de.",
        "1 fault",
    ])  # fmt: skip


def test_unknown_intent_is_a_fault_where_the_intents_are_known(check, project: Path) -> None:
    write_article(
        project / "data" / "knowledge", "de/returns", GERMAN, title="Rückgabe", intents="retoure"
    )
    assert check()[0] == 0
    (project / "domain.yml").write_text("intents: [returns]", encoding="utf-8")
    status, lines = check()
    assert status == 1
    assert lines[0].startswith("knowledge/de/returns.md: intents: No intent is called 'retoure'.")


def test_what_authors_should_mend_is_a_warning_and_with_strict_a_fault(
    check, project: Path
) -> None:
    folder = project / "data" / "knowledge"
    write_article(folder, "en/returns", ENGLISH, title="Returns", updated="2026-10-01")
    write_article(folder, "en/a", "Text.", title="One thing")
    write_article(folder, "en/b", "Other words.", title="One Thing")
    lines = [
        "knowledge/de: 2 of 3 articles are missing: a, b. "
        "Translate to de, or list under articles.local what needs no translation.",
        "knowledge/de: 1 article is older than what is translated: "
        "returns (2026-09-14; en 2026-10-01). Bring them up to date, with the day in `updated`.",
        "knowledge/en/a.md: It has the title of b.md. "
        "Merge them, or say in title and first sentence what sets them apart.",
    ]
    warnings = [f"Warning: {line}" for line in lines]
    assert check() == (0, [*warnings, "No faults. (3 warnings)"])
    assert check("--strict") == (1, [*lines, "3 faults"])


def test_copy_of_an_article_is_a_warning(check, project: Path) -> None:
    folder = project / "data" / "knowledge"
    chapters = "\n\n".join((f"## Fristen\n{GERMAN}", "## Kosten\nDer Versand ist für Sie gratis."))
    write_article(folder, "de/a", chapters, title="Rückgabe im Detail")
    write_article(folder, "de/b", f"{chapters}\n\nRufen Sie uns an.", title="Fristen")
    write_article(folder, "de/c", chapters, title="Alles zur Rückgabe")
    (project / "data" / "routing.yml").write_text(
        (project / "data" / "routing.yml").read_text("utf-8") + "articles: {local: [a, b, c]}\n",
        encoding="utf-8",
    )
    status, lines = check()
    assert status == 0
    assert lines[:-1] == [
        "Warning: knowledge/de/a.md: It shares much of its wording with b.md, c.md, returns.md. "
        "Merge them, or say in title and first sentence what sets them apart."
    ]


def test_rules_of_the_policy_are_heeded(check, project: Path) -> None:
    folder = project / "data" / "knowledge"
    write_article(folder, "de/returns", ENGLISH, title="Rückgabe", updated="2026-09-01")
    path = project / "data" / "routing.yml"
    rules = "articles: {foreign_words: 100, translation_grace_days: 13}\n"
    path.write_text(path.read_text("utf-8") + rules, encoding="utf-8")
    assert check() == (0, ["No faults."])
    path.write_text(path.read_text("utf-8").replace("13}", "12, local: 3}"), encoding="utf-8")
    assert check()[1][0].endswith(
        "routing.yml: articles.local: '3' is not a list. Write a list here."
    )


def test_broken_examples_of_intents_hide_no_other_fault(check, project: Path) -> None:
    (project / "data" / "nlu.yml").write_text("nlu: [", encoding="utf-8")
    write_article(project / "data" / "knowledge", "de/returns", "TODO", title="Rückgabe")
    status, lines = check()
    assert status == 1
    assert [line.split(": ")[0] for line in lines] == [
        "nlu.yml",
        "knowledge/de/returns.md",
        "2 faults",
    ]
