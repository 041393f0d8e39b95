"""Articles: what is read, what is refused, and what the author is told."""

import datetime
import os
from pathlib import Path

import pytest

from persona_router.content.articles import (
    Article,
    ArticleFile,
    article_files,
    read_article,
    read_articles,
)
from persona_router.content.articles_file import LARGEST
from persona_router.content.errors import ContentError

FRONT = """---
id: {id}
title: "{title}"
updated: 2026-09-14
tags: [Retoure]
intents: [refund_policy]
---
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path) -> list[ContentError]:
    return [found for found in article_files(folder) if isinstance(found, ContentError)]


def article(
    identity: str = "returns", title: str = "Ware zurücksenden", body: str = "Text."
) -> str:
    return FRONT.format(id=identity, title=title) + body


def test_articles_are_read_with_every_field(tmp_path: Path) -> None:
    write(tmp_path, "de/returns.md", article(body="Sie haben **30 Tage** Zeit.\n"))
    assert read_articles(tmp_path) == (
        Article(
            id="returns",
            locale="de",
            title="Ware zurücksenden",
            updated=datetime.date(2026, 9, 14),
            tags=("Retoure",),
            intents=("refund_policy",),
            body="Sie haben **30 Tage** Zeit.",
        ),
    )


def test_articles_come_in_order_of_locale_and_id(tmp_path: Path) -> None:
    for name in ("pt-BR/b.md", "ar/b.md", "ar/a.md"):
        write(tmp_path, name, article(Path(name).stem))
    found = [(item.locale, item.id) for item in read_articles(tmp_path)]
    assert found == [("ar", "a"), ("ar", "b"), ("pt-BR", "b")]


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "es/returns.md", "")
    path.write_bytes(
        b"\xef\xbb\xbf" + article(body="Tiene 30 días.").replace("\n", "\r\n").encode()
    )
    assert read_articles(tmp_path)[0].body == "Tiene 30 días."


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        pytest.param("Nur Text.", "line 1", "No front matter.", id="no-front-matter"),
        pytest.param("---\nid: [\n---\nText.", "front matter", "Not YAML", id="broken-yaml"),
        pytest.param("---\n- id\n---\nText.", "front matter", "No fields.", id="no-fields"),
        pytest.param(
            article().replace("updated: 2026-09-14\n", ""),
            "updated",
            "Field 'updated' is missing.",
            id="missing-field",
        ),
        pytest.param(
            article().replace("2026-09-14", "14.09.2026"),
            "updated",
            "'14.09.2026' is not a date.",
            id="date-of-another-form",
        ),
        pytest.param(
            article().replace("2026-09-14", "2026-02-30"),
            "updated",
            "'2026-02-30' is not a date.",
            id="day-that-never-was",
        ),
        pytest.param(
            article().replace("tags: [Retoure]", "tags: Retoure"),
            "tags",
            "'Retoure' is not a list of words.",
            id="tags-no-list",
        ),
        pytest.param(
            article().replace("intents:", "intent:"), "intent", "Unknown field 'intent'.", id="typo"
        ),
        pytest.param(
            article("Rückgabe"), "id", "'Rückgabe' cannot serve as an id.", id="id-not-ascii"
        ),
        pytest.param(article("../x"), "id", "'../x' cannot serve as an id.", id="id-a-path"),
        pytest.param(article(title=" "), "title", "' ' is not a title.", id="blank-title"),
        pytest.param(article(body=" \n\n"), "body", "The article is empty.", id="empty-body"),
        pytest.param(
            article(body="Eins.\n\n<script>alert(1)</script>"),
            "line 10",
            "Raw HTML '<script>alert(1)</script>'.",
            id="script",
        ),
        pytest.param(
            article(body="Ein <b>Wort</b>."), "line 8", "Raw HTML '<b>'.", id="inline-html"
        ),
        pytest.param(
            article(body="[da](javascript:alert(1))"),
            "line 8",
            "Link to 'javascript:alert(1)'.",
            id="script-link",
        ),
        *(
            pytest.param(article(body=body), "line 8", what, id=body)
            for body, what in (
                ("[da](JaVaScript:alert(1))", "Link to 'JaVaScript:alert(1)'."),
                ("[da](java&#115;cript:alert(1))", "Link to 'javascript:alert(1)'."),
                ("[da](<java\tscript:alert(1)>)", "Link to 'java%09script:alert(1)'."),
                ("[da][x]\n\n[x]: javascript:alert(1)", "Link to 'javascript:alert(1)'."),
                ("<javascript:alert(1)>", "Link to 'javascript:alert(1)'."),
                ("[da](data:text/html,x)", "Link to 'data:text/html,x'."),
                ("[da](vbscript:x)", "Link to 'vbscript:x'."),
                ("<iframe src=x></iframe>", "Raw HTML '<iframe src=x>"),
                (
                    "Text <img src=x onerror=alert(1)> Text",
                    "Raw HTML '<img src=x onerror=alert(1)>'.",
                ),
                ("<!-- intern -->", "Raw HTML '<!-- intern -->'."),
                ("> - <svg onload=x>", "Raw HTML '<svg onload=x>'."),
            )
        ),
        pytest.param(article(title="<b>Neu</b>"), "title", "Raw HTML '<b>'.", id="html-in-title"),
        pytest.param(article(body="[da](/konto)"), "line 8", "Link to '/konto'.", id="path-link"),
        pytest.param(
            article(body="![Karte](karte.png)"), "line 8", "Image 'karte.png'", id="image"
        ),
        pytest.param(article(body="a\x00b"), "line 8", "Control character U+0000.", id="nul"),
    ],
)
def test_faulty_article_is_refused_with_place_and_remedy(
    tmp_path: Path, text: str, place: str, what: str
) -> None:
    path = write(tmp_path, "de/returns.md", text)
    faults = faults_of(tmp_path)
    fault = next(fault for fault in faults if fault.place == place)
    assert fault.what.startswith(what)
    assert fault.remedy
    assert str(fault).startswith(f"{path}: {place}: ")
    with pytest.raises(ContentError):
        read_articles(tmp_path)


def test_text_that_only_looks_like_html_is_read(tmp_path: Path) -> None:
    body = "Bei 3 < 5 und `<b>` und <https://example.org/a> bleibt alles Text."
    write(tmp_path, "de/returns.md", article(body=body))
    assert read_articles(tmp_path)[0].body == body


def test_every_fault_of_a_file_is_reported(tmp_path: Path) -> None:
    text = "---\nid: A B\ntitle: ''\nupdated: heute\ntags: []\n---\n<i>x</i>\n\n![](y.png)\n"
    write(tmp_path, "de/x.md", text)
    places = [fault.place for fault in faults_of(tmp_path)]
    assert places == ["intents", "id", "title", "updated", "line 7", "line 7", "line 9"]


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "de/x.md", "")
    path.write_bytes(article("x").encode() + b"\xff")
    assert "is not UTF-8" in faults_of(tmp_path)[0].what


def test_duplicate_id_is_refused_within_a_locale_only(tmp_path: Path) -> None:
    write(tmp_path, "de/a.md", article("returns"))
    write(tmp_path, "de/b.md", article("returns"))
    write(tmp_path, "en/a.md", article("returns"))
    faults = faults_of(tmp_path)
    assert [fault.what for fault in faults] == ["Duplicate id 'returns', also in a.md."]


@pytest.mark.parametrize(
    ("folder", "remedy"),
    [("english", "BCP 47"), ("de_AT", "BCP 47"), ("faq", "BCP 47"), ("pt-br", "Name it `pt-BR`.")],
)
def test_folder_that_is_no_locale_is_refused(tmp_path: Path, folder: str, remedy: str) -> None:
    write(tmp_path, f"{folder}/x.md", article("x"))
    (fault,) = faults_of(tmp_path)
    assert remedy in fault.remedy
    assert f"'{folder}'" in fault.what


def test_broken_article_does_not_take_the_others_down(tmp_path: Path) -> None:
    write(tmp_path, "ar/good.md", article("good", "إرجاع الطلب"))
    write(tmp_path, "ar/bad.md", "kaputt")
    write(tmp_path, "klingon/x.md", article("x"))
    faults: list[ContentError] = []
    found = read_articles(tmp_path, on_fault=faults.append)
    assert [item.id for item in found] == ["good"]
    assert len(faults) == 2


def test_missing_folder_and_article_outside_a_locale_are_named(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "none")[0].what == "The folder is missing."
    write(tmp_path, "README.md", "# How to write articles")
    write(tmp_path, "lost.md", article("lost"))
    assert [Path(fault.file).name for fault in faults_of(tmp_path)] == ["lost.md"]


def test_drafts_of_editors_are_no_articles(tmp_path: Path) -> None:
    write(tmp_path, "de/returns.md", article())
    write(tmp_path, "de/.returns.md.swp", "kaputt")
    write(tmp_path, "de/.entwurf.md", "kaputt")
    (tmp_path / "de" / ".#returns.md").symlink_to("nowhere")
    assert [found.id for found in read_articles(tmp_path)] == ["returns"]


def test_article_knows_its_file_and_where_its_text_starts(tmp_path: Path) -> None:
    path = write(tmp_path, "tr/iade.md", article("iade", body="\n\nÜrünü iade edebilirsiniz."))
    found = read_article(path, "tr")
    assert isinstance(found, ArticleFile)
    assert (found.path, found.first_line, found.place(1)) == (path, 10, "line 10")


def test_what_is_no_file_of_a_sane_size_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "pl" / "folder.md").mkdir(parents=True)
    os.mkfifo(tmp_path / "pl" / "pipe.md")
    write(tmp_path, "pl/zwroty.md", article("zwroty", body="Zwrot. " * LARGEST))
    found = [(Path(fault.file).name, fault.what) for fault in faults_of(tmp_path)]
    assert found[:2] == [
        ("folder.md", "It is no plain file."),
        ("pipe.md", "It is no plain file."),
    ]
    assert found[2][0] == "zwroty.md"
    assert found[2][1].startswith("It has 3,500,")
