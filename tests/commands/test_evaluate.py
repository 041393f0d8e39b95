import json
from pathlib import Path

import pytest

from persona_router.cli import main

CASE = {"id": "x1", "language": "de", "persona": None, "turns": [{"text": "hallo"}]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cases"


@pytest.fixture
def failure(file: Path, capsys):
    """A function that evaluates a file and returns what is wrong with it."""

    def run(kind: str, *options: str) -> str:
        assert (
            main(["evaluate", kind, str(file), "--model", str(file.parent / "no"), *options]) == 2
        )
        err = capsys.readouterr().err
        assert err.endswith("\n")
        assert err.count("\n") == 1
        return err.strip().removeprefix(f"{file}: ")

    return run


@pytest.mark.parametrize("kind", ["conversations", "language", "intents", "search"])
def test_evaluate_names_a_missing_file(failure, kind: str) -> None:
    assert failure(kind) == "There is no such file. Name a file of cases."


def test_evaluate_search_refuses_a_folder_without_cases(failure, file: Path) -> None:
    file.mkdir()
    assert failure("search") == "The folder holds no search case. Add .json files."


@pytest.mark.parametrize("kind", ["conversations", "language", "intents"])
def test_evaluate_refuses_a_folder(failure, file: Path, kind: str) -> None:
    file.mkdir()
    assert failure(kind) == "There is no such file. Name a file of cases."


@pytest.mark.parametrize("kind", ["conversations", "language", "intents", "search"])
def test_evaluate_refuses_a_file_of_another_encoding(failure, file: Path, kind: str) -> None:
    file.write_bytes('utterance,intent\n"wo ist es?",x\nGrüße,y\n'.encode("latin-1"))
    assert failure(kind).startswith("It cannot be read")


@pytest.mark.parametrize(
    ("kind", "content", "error"),
    [
        ("conversations", "{]", "line 1: It is no JSON "),
        ("conversations", "", "It holds no case. Write one JSON object a line."),
        ("conversations", '{"id": 1}', "line 1: The key 'turns' is missing. Add it."),
        ("language", '{"text": "hallo", "lang": "de"}\n{', "line 2: No JSON "),
        ("intents", "", "line 1: Its columns are missing. Name them utterance,intent."),
        ("intents", "text,label\na,b\n",
         "line 1: Its columns are text, label. Name them utterance,intent."),
        ("intents", "utterance,intent\n", "It holds no case. Write a line for each."),
        ("intents", "utterance,intent\nhallo,greet\nnur Text\n",
         "line 3: A column is empty. Write utterance and intent."),
        ("intents", "utterance,intent\n,greet\n",
         "line 2: A column is empty. Write utterance and intent."),
        ("intents", "utterance,intent\na\x00b,greet\n", "line 2: It is no CSV (line contains"),
        ("search", "{", "It is no JSON "),
        ("search", "[]", "It holds no object. Write a search case."),
        ("search", "{}", "language: No text 'language'."),
    ],
)  # fmt: skip
def test_evaluate_names_the_fault_of_a_file(
    failure, file: Path, kind: str, content: str, error: str
) -> None:
    file.write_text(content, encoding="utf-8")
    assert failure(kind).startswith(error)


def test_evaluate_of_a_language_without_cases_says_so(failure, file: Path) -> None:
    file.write_text(json.dumps(CASE), encoding="utf-8")
    assert failure("conversations", "--languages", "tr,ar") == (
        "No case is in tr, ar. Choose others."
    )
    file.write_text("utterance,intent,language\nhallo,greet,de\n", encoding="utf-8")
    assert failure("intents", "--languages", "tr") == "It holds no case. Write a line for each."


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("conversations", json.dumps(CASE)),
        ("intents", "utterance,intent\nhallo,greet\n"),
        ("intents", '\ufeffutterance,intent\r\n"hallo, du",greet\r\n'),
    ],
    ids=["conversations", "intents", "intents-of-a-spreadsheet"],
)
def test_evaluate_of_sound_cases_wants_a_model(file: Path, kind: str, content: str, capsys) -> None:
    file.write_text(content, encoding="utf-8")
    model = file.parent / "models"
    assert main(["evaluate", kind, str(file), "--model", str(model)]) == 2
    assert capsys.readouterr().err == (
        f"{model}: There is no trained model. Train one with make train.\n"
    )


@pytest.fixture
def spoken(file: Path) -> Path:
    lines = [
        {"text": "Wo bleibt denn meine Bestellung?", "lang": "de", "source": "own"},
        {"text": "¿Dónde está mi pedido, por favor?", "lang": "es", "source": "own"},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_evaluate_prints_a_table_of_figures(spoken: Path, capsys) -> None:
    assert main(["evaluate", "language", str(spoken)]) == 0
    rows = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert (rows["accuracy"], rows["coverage"]) == ("1", "1")
    assert float(rows["latency_ms_p99"]) > 0


def test_evaluate_ends_with_json_on_request(spoken: Path, capsys) -> None:
    assert main(["evaluate", "language", str(spoken), "--json", "--languages", "de,es,en"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["accuracy_3_5_words"], figures["accuracy_6_plus"]) == (1.0, 1.0)
