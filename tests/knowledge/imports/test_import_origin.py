"""The origin of an imported article: what the comment in its second line tells."""

import datetime
from pathlib import Path

import pytest

from persona_router.content.articles import Article, ArticleFile, article_files
from persona_router.knowledge.imports.origin import Imported, file_text, imported_files

ARTICLE = Article(
    id="returns",
    locale="pl",
    title="Zwroty",
    updated=datetime.date(2026, 5, 2),
    tags=("zwrot",),
    intents=(),
    body="Mają Państwo 30 dni.",
)


def write(folder: Path, text: str) -> Path:
    path = folder / "pl" / "returns.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _imported(folder: Path) -> tuple[Imported, ...]:
    files = (file for file in article_files(folder) if isinstance(file, ArticleFile))
    return tuple(imported_files(files))


@pytest.fixture
def text() -> str:
    url = "https://a.example/\u2028x"
    return file_text(ARTICLE, kind="html", key="pl/żółw.html", url=url, source="abc")


def test_origin_is_read_as_it_was_written(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    (found,) = _imported(tmp_path)
    assert (found.path, found.article, found.edited) == (path, ARTICLE, False)
    assert (found.origin.kind, found.origin.key) == ("html", "pl/żółw.html")
    assert (found.origin.url, found.origin.source) == ("https://a.example/\u2028x", "abc")


def test_any_change_of_the_file_counts_as_an_edit(tmp_path: Path, text: str) -> None:
    write(tmp_path, text.replace("tags: [", 'tags: ["odesłanie", '))
    (found,) = _imported(tmp_path)
    assert found.edited


def test_line_ends_and_mark_of_another_editor_are_no_edit(tmp_path: Path, text: str) -> None:
    write(tmp_path, "").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (found,) = _imported(tmp_path)
    assert not found.edited


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text.replace("# imported:", "# from:"), id="no-comment"),
        pytest.param(lambda text: text.replace('"key"', '"name"'), id="other-keys"),
        pytest.param(lambda text: text.replace('{"kind"', '{kind"'), id="no-json"),
        pytest.param(lambda text: text.replace("id: returns", "id: [1]"), id="faulty-article"),
        pytest.param(
            lambda text: "---\n" + text.split("\n", 2)[2] + text.split("\n")[1] + "\n",
            id="comment-in-the-text",
        ),
    ],
)
def test_file_whose_origin_cannot_be_read_counts_as_ones_own(
    tmp_path: Path, text: str, spoil
) -> None:
    write(tmp_path, spoil(text))
    assert _imported(tmp_path) == ()
