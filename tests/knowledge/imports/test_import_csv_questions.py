"""Tables of questions and answers, from whichever spreadsheet."""

from collections.abc import Callable
from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.csv_questions import read_csv
from persona_router.knowledge.imports.html_markdown import read_html
from persona_router.knowledge.imports.source import Reading, SourceArticle
from tests.knowledge.imports.conftest import EXPORTS

EXPORT = EXPORTS / "csv"


@pytest.fixture
def german(make_reading: Callable[..., Reading]) -> Reading:
    return make_reading(locale="de")


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "faq.csv"
    path.write_bytes(text.encode(encoding))
    return path


def body(article: SourceArticle) -> str:
    return read_html(article.html, article.title).markdown(lambda link: link["href"]).strip()


def test_sample_tables_are_read(german: Reading) -> None:
    source = read_csv(EXPORT, german)
    assert not german.faults
    assert [(a.locale, a.title, a.key) for a in source.articles] == [
        ("de", "Kann ich per Überweisung bezahlen?", "kann-ich-per-uberweisung-bezahlen"),
        ("de", "Wie groß darf ein Paket sein?", "wie-gross-darf-ein-paket-sein"),
        ("en", "Do you deliver abroad?", "delivery-abroad"),
        ("pl", "Czy wysyłają Państwo za granicę?", "delivery-abroad"),
        ("tr", "Siparişimi değiştirebilir miyim?", "siparisimi-degistirebilir-miyim"),
        ("en", "Who are we?", "who-are-we"),
    ]
    assert [(item.what, item.reason) for item in source.skipped] == [
        ("What will change next year?", "draft")
    ]
    assert len(source.notes) == 1
    assert "read as cp1252" in source.notes[0]


def test_columns_become_fields(german: Reading) -> None:
    article = read_csv(EXPORT / "questions.csv", german).articles[0]
    assert article.tags == ("abroad", "customs")
    assert article.intents == ("delivery_options",)
    assert str(article.updated) == "2026-05-02"
    assert body(article) == (
        "Yes, to all countries of the EU and to Switzerland.\n\n"
        "- EU: three to five days\n- Switzerland: one week\n\n"
        "Duties are explained by [https://taric.example.org/rates](https://taric.example.org/rates)."
    )


def test_rows_with_an_id_are_translations_and_others_stand_alone(german: Reading) -> None:
    groups = [a.group for a in read_csv(EXPORT / "questions.csv", german).articles]
    assert groups[0] == groups[1] == "delivery-abroad"
    assert len(set(groups)) == 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("question,answer\nGröße?,Größe.", "utf-8-sig", id="mark"),
        pytest.param("Question;Answer\r\nGröße?;Größe.\r\n", "cp1252", id="excel"),
        pytest.param("question\tanswer\nGröße?\tGröße.", "utf-16", id="unicode-text"),
        pytest.param('sep=;\r\n"title";"BODY"\r\n"Größe?";"Größe."', "utf-8", id="sep"),
        pytest.param("answer,x,question\nGröße.,1,Größe?\n\n,,\n", "utf-8", id="other-columns"),
    ],
)
def test_separators_encodings_and_names_of_columns_are_understood(
    tmp_path: Path, german: Reading, text: str, encoding: str
) -> None:
    (article,) = read_csv(table(tmp_path, text, encoding), german).articles
    assert (article.title, body(article)) == ("Größe?", "Größe.")
    assert not german.faults


def test_encoding_that_is_named_is_used(
    tmp_path: Path, make_reading: Callable[..., Reading]
) -> None:
    reading = make_reading(locale="pl", encoding="cp1250")
    path = table(tmp_path, "question;answer\nJak zwrócić?;Proszę wysłać.", "cp1250")
    assert read_csv(path, reading).articles[0].title == "Jak zwrócić?"
    assert not reading.notes


def test_same_question_twice_is_two_articles(tmp_path: Path, german: Reading) -> None:
    path = table(tmp_path, "question,answer\nPorto?,Vier Euro.\nPorto?,Neun Euro.\n")
    found = read_csv(path, german).articles
    assert [a.key for a in found] == ["porto", "porto 2"]
    assert found[0].group != found[1].group


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        pytest.param(
            "id,question,answer\n../x,F,A", "line 2, id", "'../x' cannot serve as an id.", id="path"
        ),
        pytest.param(
            "id,question,answer\n?,F,A", "line 2, id", "'?' cannot serve as an id.", id="sign"
        ),
        pytest.param(
            "id,question,answer\na,F,A\na,G,B",
            "line 3, id",
            "The id 'a' stands in line 2 too, for de.",
            id="id-twice",
        ),
        pytest.param("question,answer\n,A", "line 2, question", "It is empty.", id="no-question"),
        pytest.param(
            "question,answer,status\nF,A,live",
            "line 2, status",
            "'live' is no status.",
            id="status",
        ),
        pytest.param(
            "question,answer,updated\nF,A,1.5.26",
            "line 2, updated",
            "'1.5.26' is no date.",
            id="date",
        ),
        pytest.param(
            "question,answer,locale\nF,A,!!", "line 2, locale", "'!!' is not a locale.", id="locale"
        ),
        pytest.param(
            'question,answer\n"F\n",A\nG,ja, sicher',
            "line 4",
            "It has 3 fields and 2 columns.",
            id="separator-unquoted",
        ),
    ],
)
def test_wrong_row_is_named_with_line_and_remedy(
    tmp_path: Path, german: Reading, text: str, place: str, what: str
) -> None:
    read_csv(table(tmp_path, text), german)
    (fault,) = german.faults
    assert (fault.place, fault.what) == (place, what)
    assert fault.remedy


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("Frage,Antwort\nF,A", "line 1", "It names the columns frage, antwort."),
        ("", "line 1", "It names the columns"),
        ("question,question,answer\n", "line 1", "The column 'question' stands there twice."),
        ('question,answer\nF,"A\nG,B', "line 2", "unexpected end of data."),
    ],
)
def test_table_that_is_none_is_refused(
    tmp_path: Path, german: Reading, text: str, place: str, what: str
) -> None:
    with pytest.raises(ContentError) as caught:
        read_csv(table(tmp_path, text), german)
    assert caught.value.place == place
    assert caught.value.what.startswith(what)
