import re
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.files import Node, read_yaml


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "content.yml"


def fault(call, *arguments, **options) -> str:
    with pytest.raises(ContentError) as caught:
        call(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "It holds no keys. Start it with 'key: value' lines."),
        (b"- a\n- b\n", "It holds no keys. Start it with 'key: value' lines."),
        (b"just text", "It holds no keys. Start it with 'key: value' lines."),
        (b"# only a comment\n", "It holds no keys. Start it with 'key: value' lines."),
    ],
)
def test_read_yaml_wants_a_mapping(file: Path, content: bytes, text: str) -> None:
    file.write_bytes(content)
    assert fault(read_yaml, file) == f"{file}: {text}"


def test_read_yaml_names_a_missing_file(file: Path) -> None:
    assert fault(read_yaml, file) == f"{file}: The file is missing. Create or restore it."


def test_read_yaml_names_the_line_of_malformed_yaml(file: Path) -> None:
    file.write_text("a: 1\nb: [1, 2\nc: 3\n", encoding="utf-8")
    # The parsers in C and in Python word it differently.
    pattern = (
        rf"{re.escape(str(file))}: line 3: It is no valid YAML \(.*',' or '\]'.*\)\. Mend it\."
    )
    assert re.fullmatch(pattern, fault(read_yaml, file))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"a: \xff\xfe", "Save it as UTF-8."),
        (b"a: \x00", "It is no valid YAML"),
        (b"a: 2026-02-30", "It holds a malformed value (day is out of range for month)."),
        (b"a: !!python/object:os.system {}", "It is no valid YAML"),
        (b"{[1]: 2}", "It is no valid YAML"),
        (b"a: *nothing", "It is no valid YAML"),
    ],
    ids=["latin-1", "nul", "no-date", "python-object", "list-as-key", "undefined-alias"],
)
def test_read_yaml_turns_every_fault_into_one_line(file: Path, content: bytes, word: str) -> None:
    file.write_bytes(content)
    text = fault(read_yaml, file)
    assert text.startswith(f"{file}: ")
    assert word in text
    assert "\n" not in text


def test_read_yaml_of_a_folder_is_a_fault(tmp_path: Path) -> None:
    assert "It cannot be read" in fault(read_yaml, tmp_path)


@pytest.fixture
def node() -> Node:
    return Node(
        Path("x.yml"),
        "top",
        {
            "text": "hallo",
            "whole": 3,
            "part": 0.5,
            "flag": True,
            "texts": ["a", "b"],
            "mixed": ["a", False],
            "inner": {"key": "value"},
            "items": [{"n": 1}, {"n": 2}],
            "broken": [{"n": 1}, "two"],
            "null": None,
            False: "norwegian",
        },
    )


@pytest.mark.parametrize(
    ("key", "kind", "value"),
    [
        ("text", str, "hallo"),
        ("whole", int, 3),
        ("part", float, 0.5),
        ("whole", float, 3.0),
        ("flag", bool, True),
        ("inner", dict, {"key": "value"}),
        ("False", str, "norwegian"),
    ],
)
def test_get_returns_values_of_the_kind(node: Node, key: str, kind: type, value: object) -> None:
    found = node.get(key, kind)
    assert found == value
    assert type(found) is kind


@pytest.mark.parametrize(
    ("key", "kind", "text"),
    [
        ("absent", str, "x.yml: top.absent: It is missing. Write text here."),
        ("null", list, "x.yml: top.null: It is missing. Write a list here."),
        ("text", float, "x.yml: top.text: 'hallo' is not a number. Write a number here."),
        ("part", int, "x.yml: top.part: '0.5' is not a whole number. Write a whole number here."),
        ("flag", int, "x.yml: top.flag: 'True' is not a whole number. Write a whole number here."),
        ("flag", float, "x.yml: top.flag: 'True' is not a number. Write a number here."),
        ("text", bool, "x.yml: top.text: 'hallo' is not true or false. Write true or false here."),
        ("whole", dict, "x.yml: top.whole: '3' is not a mapping. Write a mapping here."),
    ],
)
def test_get_names_place_value_and_remedy(node: Node, key: str, kind: type, text: str) -> None:
    assert fault(node.get, key, kind) == text


def test_get_takes_the_default_only_where_nothing_is_written(node: Node) -> None:
    assert node.get("absent", int, 7) == 7
    assert node.get("whole", int, 7) == 3


def test_maybe_is_none_for_a_missing_text_and_refuses_others(node: Node) -> None:
    assert node.maybe("absent") is None
    assert node.maybe("null") is None
    assert node.maybe("text") == "hallo"
    assert fault(node.maybe, "whole") == "x.yml: top.whole: '3' is not text. Write text here."


def test_texts_wants_texts_only(node: Node) -> None:
    assert node.texts("texts") == ("a", "b")
    assert node.texts("absent", []) == ()
    assert fault(node.texts, "mixed") == "x.yml: top.mixed: 'False' is no text. Put it in quotes."


def test_node_knows_where_it_stands(node: Node) -> None:
    assert fault(node.node("inner").get, "key", int).startswith("x.yml: top.inner.key: ")
    assert node.node("absent", optional=True).values == {}
    assert fault(node.node, "absent") == "x.yml: top.absent: It is missing. Write a mapping here."


def test_nodes_count_from_one(node: Node) -> None:
    assert [inner.place for inner in node.nodes("items")] == ["top.items[1]", "top.items[2]"]
    assert list(node.nodes("absent")) == []
    assert fault(lambda: list(node.nodes("broken"))) == (
        "x.yml: top.broken: Entry 2 is no mapping. Write 'key: value' lines."
    )


def test_only_names_the_typo_and_the_choices(node: Node) -> None:
    inner = node.node("inner")
    inner.only("key", "other")
    assert fault(inner.only, "other", "third") == (
        "x.yml: top.inner.key: Unknown key 'key'. Known: other, third."
    )


def test_content_error_is_one_line_whatever_the_value() -> None:
    error = ContentError(Path("a.yml"), "k", "'two\nlines' is no text.", "Mend\tit.")
    assert str(error) == "a.yml: k: 'two lines' is no text. Mend it."
    assert (error.file, error.place) == ("a.yml", "k")
