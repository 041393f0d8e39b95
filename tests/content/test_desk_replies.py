import re
from pathlib import Path

import pytest

from persona_router.content.desk_replies import read_replies
from persona_router.content.errors import ContentError
from persona_router.content.policies import read_policy

ROOT = Path(__file__).parents[2]


def test_sample_replies_exist_in_every_language_that_is_served() -> None:
    served = set(read_policy(ROOT / "data" / "routing.yml").languages)
    replies = read_replies(ROOT)
    assert [reply.id for reply in replies] == [
        "greeting", "order_number", "looking_into_it", "anything_else",
    ]  # fmt: skip
    for reply in replies:
        assert set(reply.texts) == set(reply.titles) == served


def test_reply_is_found_along_the_chain(tmp_path: Path) -> None:
    _write(tmp_path, "hello: {text: {pt: Olá, pt_br: Oi}}")
    (reply,) = read_replies(tmp_path)
    assert reply.text(("pt-BR", "pt")) == "Oi"
    assert reply.text(("pt-PT", "pt")) == "Olá"
    assert reply.text(("de",)) is None
    assert reply.title(("de",)) == "hello"


def test_assistant_without_the_file_has_none(tmp_path: Path) -> None:
    assert read_replies(tmp_path) == ()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("hello: {text: {}}", "hello.text: It has no text. Write one at least"),
        ("hello: {text: {klingonisch-: x}}", "'klingonisch-' is no language tag"),
        ("hello: {text: {de: ''}}", "hello.text.de: It is empty or too long."),
        ("hello: {text: {de: 'Hallo {name}'}}", "The only placeholder is {agent}."),
        ("hello: {words: {de: x}}", "Unknown key 'words'"),
        ("- a", "It holds no keys."),
    ],
)
def test_faulty_reply_is_named_with_place_and_remedy(
    tmp_path: Path, content: str, fault: str
) -> None:
    _write(tmp_path, content)
    with pytest.raises(ContentError, match=re.escape(fault)):
        read_replies(tmp_path)


def _write(project: Path, content: str) -> None:
    (project / "data" / "desk").mkdir(parents=True)
    (project / "data" / "desk" / "replies.yml").write_text(content, encoding="utf-8")
