"""Articles that neither their title nor a known question finds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from persona_router.knowledge.reach import Question, unreached
from persona_router.knowledge.search import open_index
from persona_router.knowledge.vectors import Encode
from tests.content.article_files import sound, write_article

TOPICS = {
    "bikes": "Fahrräder dürfen Sie vor dem Laden anschließen.",
    "dogs": "Hunde sind an der Leine willkommen.",
    "parking": "Parkplätze finden Sie hinter dem Haus.",
    "prams": "Kinderwagen können Sie am Eingang abstellen.",
}


@pytest.fixture
def lost(tmp_path: Path, encode: Encode) -> Callable[..., list[str]]:
    """Return a function that gives the names of what no question finds among the first three."""
    for name, text in TOPICS.items():
        write_article(tmp_path, f"de/{name}", text, title="Hinweis", intents=f"about_{name}")
    write_article(tmp_path, "ar/dogs", "الكلاب مرحب بها.", title="الكلاب في المتجر")

    def find(questions: Sequence[Question] = (), within: int = 3) -> list[str]:
        files = sound(tmp_path)
        index = open_index([file.article for file in files], tmp_path / "index", encode=encode)
        found = unreached(files, questions, index=index, encode=encode, within=within)
        names = [f"{file.article.locale}/{file.article.id}" for file in found]
        index.close()
        return names

    return find


def test_title_of_its_own_reaches_an_article(lost: Callable[..., list[str]]) -> None:
    (hidden,) = lost()
    assert hidden.startswith("de/")
    assert len(lost(within=1)) == 3
    assert lost(within=4) == []


def test_question_of_its_language_reaches_an_article(lost: Callable[..., list[str]]) -> None:
    asked = {
        "bikes": "Wo darf ich Fahrräder anschließen?",
        "dogs": "Darf mein Hund mit hinein?",
        "parking": "Gibt es Parkplätze?",
        "prams": "Wohin mit dem Kinderwagen?",
    }
    questions = [Question(language="de", text=text) for text in asked.values()]
    assert lost(questions, within=1) == []
    kept = [question for question in questions if question.text != asked["dogs"]]
    assert set(lost(kept, within=1)) <= {"de/dogs"}
    foreign = [Question(language="en", text=question.text) for question in questions]
    assert lost(foreign, within=1) == lost(within=1)


def test_intent_of_a_question_counts_as_it_does_in_a_conversation(
    lost: Callable[..., list[str]],
) -> None:
    text = "Ich habe eine Frage dazu."
    vague = [Question(language="de", text=text) for _ in TOPICS]
    meant = [Question(language="de", text=text, intent=f"about_{name}") for name in TOPICS]
    assert len(lost(meant, within=1)) < len(lost(vague, within=1))
