"""What an import would write: ids, files, what exists already, and what is refused."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path

import pytest

from persona_router.content.articles import read_articles
from persona_router.knowledge.imports.plan import Outcome, Plan, plan_import
from persona_router.knowledge.imports.source import Source, SourceArticle
from persona_router.knowledge.imports.writer import write_files

Make = Callable[..., SourceArticle]


def source(*articles: SourceArticle) -> Source:
    def address(article: SourceArticle, link: Mapping[str, str]) -> str | None:
        return link.get("href", "").partition("#")[0] or None

    return Source(kind="csv", articles=articles, skipped=(), address=address, notes=())


def planned(folder: Path, *articles: SourceArticle, force: bool = False) -> Plan:
    plan = plan_import(source(*articles), folder, force=force)
    assert not plan.faults, plan.faults
    return plan


def imported(folder: Path, *articles: SourceArticle, force: bool = False) -> Plan:
    plan = planned(folder, *articles, force=force)
    write_files(plan.written())
    return plan


def outcomes(plan: Plan) -> list[Outcome]:
    return [file.outcome for file in plan.files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "knowledge"


def test_articles_are_written_as_the_knowledge_base_reads_them(
    folder: Path, make_article: Make
) -> None:
    article = make_article(
        "7",
        "<h1>Rücksendung</h1><p>Sie haben <b>30 Tage</b>.</p>",
        title='Wie geht "Rückgabe"?: #1',
        tags=("Retoure: neu", "ja"),
        intents=("refund_policy",),
    )
    imported(folder, article)
    (read,) = read_articles(folder)
    assert read.id == "wie-geht-ruckgabe-1"
    assert read.title == 'Wie geht "Rückgabe"?: #1'
    assert read.tags == ("Retoure: neu", "ja")
    assert read.intents == ("refund_policy",)
    assert str(read.updated) == "2026-05-20"
    assert read.body == "## Rücksendung\n\nSie haben **30 Tage**."


def test_translations_share_an_id_of_the_one_that_was_first(
    folder: Path, make_article: Make
) -> None:
    plan = planned(
        folder,
        make_article("2", group="1", primary=False, title="Ware zurücksenden"),
        make_article("1", title="Returning things", locale="en"),
        make_article("3", group="1", primary=False, title="إرجاع الطلب", locale="ar"),
    )
    assert {str(file.path.relative_to(folder)) for file in plan.files} == {
        "en/returning-things.md",
        "de/returning-things.md",
        "ar/returning-things.md",
    }


def test_equal_titles_and_second_versions_in_a_locale_get_a_suffix(
    folder: Path, make_article: Make
) -> None:
    plan = planned(
        folder,
        make_article("1", title="Porto"),
        make_article("2", title="Porto"),
        make_article("3", title="Porto", group="1"),
        make_article("4", title="???"),
    )
    assert [file.article.id for file in plan.files] == ["porto", "porto-2", "porto-3", "csv-4"]


def test_links_lead_to_articles_in_the_readers_language_and_to_their_headings(
    folder: Path, make_article: Make
) -> None:
    text = (
        '<p><a href="b#cost">b</a>, <a href="c">c</a>, <a href="a-en">en</a>, '
        '<a href="#x">x</a></p>'
    )
    plan = planned(
        folder,
        make_article("1", text + '<h2 id="x">Teil</h2><p>y</p>', title="A", addresses=("a",)),
        make_article("2", title="A", group="1", locale="en", primary=False, addresses=("a-en",)),
        make_article("3", '<h2 id="cost">Cost</h2>x', title="B", locale="en", addresses=("b",)),
        make_article(
            "4", '<h2 id="cost">Kosten</h2>x', title="B", group="3", primary=False
        ),
        make_article("5", title="C", locale="en", addresses=("c",)),
    )  # fmt: skip
    body = plan.files[0].article.body
    assert body.splitlines()[0] == "[b](b.md#kosten), [c](../en/c.md), [en](../en/a.md), [x](#teil)"


def test_links_out_of_the_source_stay_and_those_that_nobody_can_follow_are_named(
    folder: Path, make_article: Make
) -> None:
    text = (
        '<a href="https://other.example/x">1</a> <a href="javascript:x()">2</a> '
        '<a href="/gone">3</a> <a href="mailto:a@b.example">4</a> <a href="http://localhost/x">5</a>'
    )
    plan = planned(folder, make_article("1", text, url="https://help.example/de/a"))
    assert plan.files[0].article.body == (
        "[1](https://other.example/x) 2 [3](https://help.example/gone) [4](mailto:a@b.example) "
        "[5](http://localhost/x)"
    )
    told = "\n".join(plan.remarks)
    assert "links to 'javascript:x()', which no customer can open" in told
    assert "links to https://help.example/gone, which is not imported; the link stays" in told
    assert "Link 'http://localhost/x' names no public host." in told


def test_article_without_words_is_left_out_with_a_reason(folder: Path, make_article: Make) -> None:
    plan = planned(folder, make_article("1", "<p>&nbsp;</p>", title="Leer"), make_article("2"))
    assert [(item.what, item.reason) for item in plan.skipped] == [("Leer (de)", "no text")]
    assert len(plan.files) == 1


def test_day_of_the_file_stands_in_for_a_date(folder: Path, make_article: Make) -> None:
    article = make_article("1", updated=None)
    day = datetime(2026, 2, 3, 12, tzinfo=timezone.utc).timestamp()
    os.utime(article.file, (day, day))
    plan = planned(folder, article)
    assert (str(plan.files[0].article.updated), plan.undated) == ("2026-02-03", 1)


def test_second_import_changes_nothing(folder: Path, make_article: Make) -> None:
    articles = (make_article("1", updated=None), make_article("2"))
    imported(folder, *articles)
    os.utime(articles[0].file, (0, 0))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.md")}
    for force in (False, True):
        plan = imported(folder, *articles, force=force)
        assert outcomes(plan) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.md")} == before


def test_article_that_changed_in_the_source_is_told_and_overwritten_when_forced(
    folder: Path, make_article: Make
) -> None:
    imported(folder, make_article("1", "<p>Alt.</p>", title="Porto"))
    newer = make_article("1", "<p>Neu.</p>", title="Versandkosten")
    plan = imported(folder, newer)
    assert outcomes(plan) == [Outcome.CHANGED]
    assert read_articles(folder)[0].body == "Alt."
    assert outcomes(imported(folder, newer, force=True)) == [Outcome.OVERWRITTEN]
    (article,) = read_articles(folder)
    # Links to it stay good: the id is that of the first import.
    assert (article.id, article.title, article.body) == ("porto", "Versandkosten", "Neu.")


def test_edits_here_are_told_and_added_tags_and_intents_survive(
    folder: Path, make_article: Make
) -> None:
    imported(folder, make_article("1", "<p>Alt.</p>", title="Porto"))
    path = folder / "de" / "porto.md"
    text = path.read_text(encoding="utf-8").replace("Alt.", "Von Hand.")
    text = text.replace("tags: []", "tags: [Fracht]").replace("intents: []", "intents: [customs]")
    path.write_text(text, encoding="utf-8")
    newer = make_article("1", "<p>Neu.</p>", title="Porto")
    (file,) = imported(folder, newer).files
    assert (file.outcome, file.edited) == (Outcome.CHANGED, True)
    assert path.read_text(encoding="utf-8") == text
    imported(folder, newer, force=True)
    (article,) = read_articles(folder)
    assert (article.body, article.tags, article.intents) == ("Neu.", ("Fracht",), ("customs",))


def test_imported_file_that_was_renamed_is_found_again(folder: Path, make_article: Make) -> None:
    imported(folder, make_article("1", title="Porto"))
    path = folder / "de" / "porto.md"
    text = path.read_text(encoding="utf-8").replace("id: porto", "id: postage")
    path.unlink()
    (folder / "de" / "postage.md").write_text(text, encoding="utf-8")
    plan = imported(
        folder,
        make_article("1", title="Porto"),
        make_article("2", group="1", locale="en", primary=False),
    )
    assert [(file.path.name, file.outcome) for file in plan.files] == [
        ("postage.md", Outcome.UNCHANGED),
        ("postage.md", Outcome.NEW),
    ]


FRONT = (
    '---\nid: {id}\ntitle: "T"\nupdated: 2026-01-01\ntags: []\nintents: []\n---\nEigener Text.\n'
)


@pytest.mark.parametrize("name", ["porto", "other"])
def test_file_of_somebody_else_is_not_touched(folder: Path, make_article: Make, name: str) -> None:
    path = folder / "de" / f"{name}.md"
    path.parent.mkdir(parents=True)
    path.write_text(FRONT.format(id="porto"), encoding="utf-8")
    (file,) = imported(folder, make_article("1", title="Porto")).files
    assert (file.path, file.outcome) == (path, Outcome.FOREIGN)
    assert [file.name for file in folder.rglob("*.md")] == [path.name]
    assert "Eigener Text." in path.read_text(encoding="utf-8")


def test_force_overwrites_a_file_of_somebody_else(folder: Path, make_article: Make) -> None:
    path = folder / "de" / "porto.md"
    path.parent.mkdir(parents=True)
    path.write_text(FRONT.format(id="porto"), encoding="utf-8")
    imported(folder, make_article("1", title="Porto"), force=True)
    assert read_articles(folder)[0].body == "Ein Satz."


def test_one_article_that_cannot_be_read_prevents_all(folder: Path, make_article: Make) -> None:
    articles = (make_article("1"), make_article("2", title="Neu: <b>fett</b>"))
    plan = plan_import(source(*articles), folder, force=False)
    assert not plan.written()
    (fault, *_) = plan.faults
    assert (fault.file, fault.place) == (str(articles[1].file), "[2]")
    assert fault.what == "As an article, 'Neu: <b>fett</b>': title: Raw HTML '<b>'."


def test_text_beyond_measure_is_refused(folder: Path, make_article: Make) -> None:
    plan = plan_import(source(make_article("1", "x" * 600_000)), folder, force=False)
    assert "bytes" in plan.faults[0].what
    deep = make_article("1", "<blockquote>" * 5_000 + "x")
    plan = plan_import(source(deep), folder, force=False)
    assert plan.faults[0].what == "It is nested too deeply."
