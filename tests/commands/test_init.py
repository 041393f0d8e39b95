from pathlib import Path

import pytest

from persona_router.cli import main

FILES = [
    "personas/card.schema.json",
    *(
        f"personas/{id_}.{kind}"
        for id_ in ("researcher", "sprinter", "talker")
        for kind in ("svg", "yml")
    ),
    "routing.yml",
]


def content(project: Path) -> dict[str, bytes]:
    data = project / "data"
    return {
        str(p.relative_to(data)): p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file()
    }


def test_init_writes_a_starter_that_check_accepts(tmp_path: Path, capsys) -> None:
    assert main(["init", "--project", str(tmp_path)]) == 0
    assert sorted(content(tmp_path)) == FILES
    out = capsys.readouterr().out
    assert out.count("created ") == 8
    assert "persona_router.rasa.importer.PersonaRouterImporter" in out
    assert main(["check", "--at", "2026-11-23", "--project", str(tmp_path)]) == 0


def test_init_again_changes_nothing(tmp_path: Path, capsys) -> None:
    main(["init", "--project", str(tmp_path)])
    first = content(tmp_path)
    capsys.readouterr()
    assert main(["init", "--project", str(tmp_path)]) == 0
    assert content(tmp_path) == first
    out = capsys.readouterr().out
    assert (out.count("kept "), out.count("created ")) == (8, 0)


def test_init_keeps_what_somebody_wrote(tmp_path: Path, capsys) -> None:
    (tmp_path / "data").mkdir()
    own = tmp_path / "data" / "routing.yml"
    own.write_text("version: eigene\n", encoding="utf-8")
    assert main(["init", "--project", str(tmp_path)]) == 0
    assert own.read_text(encoding="utf-8") == "version: eigene\n"
    assert f"kept    {own}" in capsys.readouterr().out


def test_init_works_in_the_current_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert sorted(content(tmp_path)) == FILES


@pytest.mark.parametrize("name", ["Größe und mehr", "مشروع"])
def test_init_makes_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    assert main(["init", "--project", str(tmp_path / name)]) == 0
    assert sorted(content(tmp_path / name)) == FILES


def test_init_of_a_language_writes_the_plugins_texts_to_translate(tmp_path: Path, capsys) -> None:
    assert main(["init", "--project", str(tmp_path), "--language", "fa"]) == 0
    assert sorted(content(tmp_path)) == [
        "texts/articles/fa.yml",
        "texts/desk/fa.yml",
        "texts/page/fa.yml",
        "texts/responses/fa.yml",
    ]
    page = (tmp_path / "data" / "texts" / "page" / "fa.yml").read_text(encoding="utf-8")
    assert page.startswith("locale: fa\ndir: rtl\nstrings:\n")
    assert "data/lexicon/fa.yml" in capsys.readouterr().out


def test_init_of_a_language_keeps_what_is_translated(tmp_path: Path, capsys) -> None:
    main(["init", "--project", str(tmp_path), "--language", "sv"])
    page = tmp_path / "data" / "texts" / "page" / "sv.yml"
    page.write_text("locale: sv\n", encoding="utf-8")
    main(["init", "--project", str(tmp_path), "--language", "sv"])
    assert page.read_text(encoding="utf-8") == "locale: sv\n"


@pytest.mark.parametrize(
    ("language", "status", "said"),
    [
        ("latin1", 2, "'latin1' is no language. Write a BCP 47 tag such as sv or pt-BR."),
        ("de", 0, "de: the package has its texts. Add it to languages in data/routing.yml."),
    ],
)
def test_init_of_no_new_language_says_so(
    tmp_path: Path, capsys, language: str, status: int, said: str
) -> None:
    assert main(["init", "--project", str(tmp_path), "--language", language]) == status
    printed = capsys.readouterr()
    assert (printed.out + printed.err).strip() == said
    assert content(tmp_path) == {}
