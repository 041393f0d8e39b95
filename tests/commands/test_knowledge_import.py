"""`persona-router knowledge import`, from the export to the article that search finds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from persona_router.cli import main
from persona_router.content.articles import read_articles
from persona_router.knowledge.search import open_index

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests" / "data" / "imports"
COUNTS = {"chatwoot": 5, "zammad": 3, "html": 3, "csv": 5}


@pytest.fixture
def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str], list[str]]]:
    """A function that imports below `tmp_path` and returns status, lines and lines of errors."""

    def run(kind: str, path: Path, *options: str) -> tuple[int, list[str], list[str]]:
        to = str(tmp_path / "knowledge")
        status = main(["knowledge", "import", kind, str(path), "--to", to, *options])
        said = capsys.readouterr()
        short = [text.replace(f"{tmp_path}/", "").splitlines() for text in (said.out, said.err)]
        return status, short[0], short[1]

    return run


@pytest.mark.parametrize("kind", sorted(COUNTS))
def test_sample_is_imported_and_a_second_time_unchanged(kind: str, run, tmp_path: Path) -> None:
    status, lines, errors = run(kind, EXPORTS / kind, "--locale", "de")
    assert (status, errors) == (0, [])
    assert len(read_articles(tmp_path / "knowledge")) == COUNTS[kind]
    assert any(line.startswith(f"{COUNTS[kind]} articles written to knowledge (") for line in lines)
    assert lines[-1] == "Next: persona-router check"
    status, lines, errors = run(kind, EXPORTS / kind, "--locale", "de")
    assert (status, errors) == (0, [])
    assert f"{COUNTS[kind]} articles unchanged since the last import." in lines


def test_everything_that_was_imported_is_accepted_by_check(run, tmp_path: Path, capsys) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "personas", data / "personas")
    shutil.copytree(ROOT / "data" / "responses", data / "responses")
    shutil.copyfile(ROOT / "data" / "routing.yml", data / "routing.yml")
    for kind in COUNTS:
        assert run(kind, EXPORTS / kind, "--locale", "de")[0] == 0
    shutil.move(tmp_path / "knowledge", data / "knowledge")
    main(["check", "--at", "2026-11-23", "--project", str(tmp_path)])
    faults = [
        line
        for line in capsys.readouterr().out.splitlines()
        if "knowledge" in line and not line.startswith("Warning")
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("kind", "locale", "question", "article"),
    [
        (
            "chatwoot",
            "en",
            "Is there a fee when I return my parcel late?",
            "how-do-i-return-an-item",
        ),
        ("chatwoot", "tr", "iade kargo ücreti ne kadar", "iade-kosullari-ve-ucretleri"),
        ("chatwoot", "ar", "متى يصل رقم التتبع", "track-your-order"),
        ("zammad", "de", "Brauche ich die Rechnung für die Garantie?", "how-long-is-the-guarantee"),
        ("html", "en", "can I pay by invoice", "questions-about-payment"),
        ("csv", "pl", "cło przy wysyłce do Szwajcarii", "delivery-abroad"),
    ],
)
def test_what_was_imported_is_found_by_its_words(
    run, tmp_path: Path, kind: str, locale: str, question: str, article: str
) -> None:
    run(kind, EXPORTS / kind, "--locale", "de")
    index = open_index(
        read_articles(tmp_path / "knowledge"),
        tmp_path / "index.sqlite",
        encode=lambda texts: np.tile(np.float32([1, 0]), (len(texts), 1)),
    )
    hits = index.search(question, vector=None, locale=locale, limit=1)
    assert (hits[0].article_id, hits[0].locale.split("-")[0]) == (article, locale)


def test_dry_run_names_the_files_and_writes_nothing(run, tmp_path: Path) -> None:
    status, lines, _ = run("zammad", EXPORTS / "zammad", "--dry-run")
    assert status == 0
    assert lines[0] == (
        "new         knowledge/en/how-long-is-the-guarantee.md (How long is the guarantee?)"
    )
    assert "3 articles would be written to knowledge (de 1, en 2)." in lines
    assert "1 skipped, internal: How we check a guarantee claim (3)." in lines
    assert not (tmp_path / "knowledge").exists()


def test_files_that_exist_are_kept_named_and_overwritten_when_forced(run, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\nPorto?,Vier Euro.\n", encoding="utf-8")
    run("csv", path, "--locale", "de")
    path.write_text("question,answer\nPorto?,Neun Euro.\n", encoding="utf-8")
    status, lines, _ = run("csv", path, "--locale", "de")
    assert status == 0
    assert lines[0] == "kept        knowledge/de/porto.md: changed in the source"
    assert "1 article kept: the files exist. --force overwrites them." in lines
    _, lines, _ = run("csv", path, "--locale", "de", "--force")
    assert lines[0] == "overwritten knowledge/de/porto.md (Porto?)"
    assert read_articles(tmp_path / "knowledge")[0].body == "Neun Euro."


def test_drafts_are_imported_when_asked_for(run, tmp_path: Path) -> None:
    _, lines, _ = run("chatwoot", EXPORTS / "chatwoot", "--no-only-published")
    assert len(read_articles(tmp_path / "knowledge")) == COUNTS["chatwoot"] + 2
    assert "note        Not published in the source (archived): Returns until 2023 (107)" in lines


def test_all_faults_are_listed_and_nothing_is_written(run, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("id,question,answer\n../x,F,A\nok,,A\ngood,G,B\n", encoding="utf-8")
    status, lines, errors = run("csv", path, "--locale", "de")
    assert (status, lines) == (2, [])
    assert errors == [
        "faq.csv: line 2, id: '../x' cannot serve as an id. Use letters and digits, joined by `-`.",
        "faq.csv: line 3, question: It is empty. Write the question.",
    ]
    assert not (tmp_path / "knowledge").exists()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--locale", "deutsch!"], "--locale: 'deutsch!' is not a locale."),
        (["--encoding", "klingon"], "--encoding: 'klingon' is no encoding."),
        ([], "faq.csv: line 2, locale: No locale is given. Name it with --locale, such as de."),
    ],
)
def test_options_that_mean_nothing_are_refused(
    run, tmp_path: Path, options: list[str], error: str
) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\nPorto?,Vier Euro.\n", encoding="utf-8")
    status, lines, errors = run("csv", path, *options)
    assert (status, lines, len(errors)) == (2, [], 1)
    assert errors[0].startswith(error)


def test_export_without_articles_and_target_that_is_a_file_are_refused(run, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\n", encoding="utf-8")
    assert run("csv", path)[::2] == (
        2,
        ["faq.csv: It holds no articles. Name an export with published articles."],
    )
    status, _, errors = run("csv", path, "--to", str(path))
    assert (status, errors) == (2, ["--to: faq.csv is no folder. Choose another one."])
