"""Files of an export in whatever encoding they come, and what is refused of them."""

from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports import files
from persona_router.knowledge.imports.files import (
    decoded,
    files_below,
    known_encoding,
    read_bytes,
    read_json,
)

FILE = Path("x.csv")


@pytest.mark.parametrize(
    ("text", "stored", "told"),
    [
        pytest.param("ąćę ığş كيف", "utf-8", "utf-8", id="utf-8"),
        pytest.param("ąćę ığş كيف", "utf-8-sig", "utf-8-sig", id="with-a-mark"),
        pytest.param("ąćę ığş كيف", "utf-16", "utf-16", id="utf-16"),
        pytest.param("Frage;Antwort", "utf-16-le", "utf-16-le", id="utf-16-without-a-mark"),
        pytest.param("Frage;Antwort", "utf-16-be", "utf-16-be", id="big-endian"),
        pytest.param("Überweisung – 5 €", "cp1252", "cp1252", id="office"),
    ],
)
def test_text_is_decoded_as_it_was_stored(text: str, stored: str, told: str) -> None:
    assert decoded(FILE, text.encode(stored)) == (text, told)


def test_declared_encoding_is_believed_unless_there_is_a_mark() -> None:
    assert decoded(FILE, "zwrócić".encode("cp1250"), declared="cp1250")[0] == "zwrócić"
    assert decoded(FILE, "zwrócić".encode("utf-8-sig"), declared="cp1250")[0] == "zwrócić"


def test_bytes_of_no_encoding_are_named_with_a_remedy() -> None:
    with pytest.raises(ContentError) as caught:
        decoded(FILE, b"abc\x81\x8d")
    assert str(caught.value) == (
        "x.csv: Byte 3 is not cp1252. Save it as UTF-8, or name what it is with --encoding."
    )


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("CP1250", "cp1250"),
        ("ISO-8859-1", "cp1252"),
        ("utf8", "utf-8"),
        ("rot13", None),
        ("", None),
    ],
)
def test_names_of_encodings_are_known(name: str, known: str | None) -> None:
    assert known_encoding(name) == known


def test_json_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"payload": [\n  {"id": 1,}\n]}', encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_json(path)
    assert caught.value.place == "line 2, column 12"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ContentError, match="nested too deeply"):
        read_json(path)


def test_file_that_is_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"12345")
    monkeypatch.setattr(files, "LARGEST", 4)
    with pytest.raises(ContentError, match=r"It has 5 bytes\. Split it: at most 4 are read\."):
        read_bytes(path)


def test_files_below_leave_out_hidden_ones_and_other_kinds(tmp_path: Path) -> None:
    for name in ("b.json", "sub/a.JSON", ".git/c.json", ".d.json", "e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path, (".json",))]
    assert found == ["b.json", "sub/a.JSON"]
    assert files_below(tmp_path / "e.txt", (".json",)) == (tmp_path / "e.txt",)


def test_folder_without_such_files_and_path_that_is_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"It holds no \.csv or \.tsv files\."):
        files_below(tmp_path, (".csv", ".tsv"))
    with pytest.raises(ContentError, match=r"There is no such file or folder\."):
        files_below(tmp_path / "nowhere", (".csv",))
