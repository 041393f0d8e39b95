"""Files are put in place whole, or not at all."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.plan import PlannedFile, plan_import
from persona_router.knowledge.imports.source import Source, SourceArticle
from persona_router.knowledge.imports.writer import write_files


@pytest.fixture
def files(tmp_path: Path, make_article: Callable[..., SourceArticle]) -> tuple[PlannedFile, ...]:
    def address(article: SourceArticle, link: Mapping[str, str]) -> None:
        return None

    articles = tuple(make_article(key) for key in "123")
    source = Source(kind="csv", articles=articles, skipped=(), address=address, notes=())
    return plan_import(source, tmp_path / "knowledge", force=False).files


def test_files_are_written_and_nothing_else_is_left(files: tuple[PlannedFile, ...]) -> None:
    write_files(files)
    folder = files[0].path.parent
    assert sorted(path.name for path in folder.iterdir()) == [
        "titel-1.md",
        "titel-2.md",
        "titel-3.md",
    ]
    assert files[0].path.read_text(encoding="utf-8") == files[0].text


def test_file_that_appears_meanwhile_is_kept_and_named(files: tuple[PlannedFile, ...]) -> None:
    files[1].path.parent.mkdir(parents=True)
    files[1].path.write_text("Meins.", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        write_files(files)
    assert caught.value.file == str(files[1].path)
    assert "1 of 3 files were." in caught.value.what
    assert files[1].path.read_text(encoding="utf-8") == "Meins."
    assert files[0].path.exists()


def test_failure_while_writing_leaves_no_half_file(
    files: tuple[PlannedFile, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ContentError, match="No space left on device"):
        write_files(files)
    assert not list(files[0].path.parent.iterdir())
