from pathlib import Path

import pytest

from persona_router.cli import main

FILES = ["personas/researcher.yml", "personas/sprinter.yml", "personas/talker.yml", "routing.yml"]


def content(project: Path) -> dict[str, bytes]:
    data = project / "data"
    return {
        str(p.relative_to(data)): p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file()
    }


def test_init_writes_a_starter_that_check_accepts(tmp_path: Path, capsys) -> None:
    assert main(["init", "--project", str(tmp_path)]) == 0
    assert sorted(content(tmp_path)) == FILES
    out = capsys.readouterr().out
    assert out.count("created ") == 4
    assert "persona_router.rasa.importer.PersonaRouterImporter" in out
    assert main(["check", "--project", str(tmp_path)]) == 0


def test_init_again_changes_nothing(tmp_path: Path, capsys) -> None:
    main(["init", "--project", str(tmp_path)])
    first = content(tmp_path)
    capsys.readouterr()
    assert main(["init", "--project", str(tmp_path)]) == 0
    assert content(tmp_path) == first
    out = capsys.readouterr().out
    assert (out.count("kept "), out.count("created ")) == (4, 0)


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
