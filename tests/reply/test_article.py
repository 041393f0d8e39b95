"""How much of an article is shown: a line, the passage, or all that stands under the heading."""

from typing import Any

import pytest

from persona_router.core.persona import FULL, PASSAGE, SHORT
from persona_router.reply.article import article_answer, first_line, is_shortened

PLACE = "/chat/articles/{locale}/{id}"


def hit(passage: str, **changes: Any) -> dict[str, Any]:
    return {"article": "delivery", "locale": "de", "heading": "", "passage": passage, **changes}


@pytest.mark.parametrize(
    ("passage", "line"),
    [
        (
            "Yes. Express costs €9.90 in five countries. Order before 14:00.",
            "Yes. Express costs €9.90 in five countries.",
        ),
        (
            "Die Rückgabe ist binnen 30 Tagen ab Zustellung möglich. Geschenke zählen ab Kauf.",
            "Die Rückgabe ist binnen 30 Tagen ab Zustellung möglich.",
        ),
        (
            "يمكنكم إرجاع الطلب خلال ثلاثين يومًا من الاستلام؟ نعم. وما بعدها لا.",
            "يمكنكم إرجاع الطلب خلال ثلاثين يومًا من الاستلام؟",
        ),
        ("- one\n- two\n\nMore.", "- one\n- two"),
        ("| a | b |\n| - | - |\n| 1 | 2 |\n\nMore.", "| a | b |\n| - | - |\n| 1 | 2 |"),
        ("1. First this.\n2. Then that.\n\nDone.", "1. First this.\n2. Then that."),
        ("1420 wurde sie gebaut, und zwar aus rotem Sandstein. Später kam ein Turm dazu.",
         "1420 wurde sie gebaut, und zwar aus rotem Sandstein."),
        ("Short.", "Short."),
        ("", ""),
    ],
)  # fmt: skip
def test_first_line_is_an_answer_by_itself(passage: str, line: str) -> None:
    assert first_line(passage) == line


def test_each_form_shows_its_part_under_the_heading() -> None:
    passage = "Express costs €9.90 in five countries. Order before 14:00."
    found = hit(passage, heading="Express", section=f"{passage}\n\nNot for large items.")
    short = article_answer(found, SHORT, article_url=PLACE)
    assert short == "**Express**\n\nExpress costs €9.90 in five countries."
    assert article_answer(found, PASSAGE, article_url=PLACE).endswith("Order before 14:00.")
    assert article_answer(found, FULL, article_url=PLACE).endswith("Not for large items.")


def test_passage_is_the_whole_section_where_nothing_else_stands_there() -> None:
    assert article_answer(hit("Alles."), FULL, article_url=PLACE) == "Alles."


@pytest.mark.parametrize("form", [SHORT, PASSAGE, FULL])
def test_links_lead_to_pages_in_every_form(form: str) -> None:
    found = hit("Siehe [Fristen](returns.md#frist) und die [Preise](#preise) in dieser Liste.")
    assert article_answer(found, form, article_url=PLACE) == (
        "Siehe [Fristen](/chat/articles/de/returns#frist) und die "
        "[Preise](/chat/articles/de/delivery#preise) in dieser Liste."
    )


def test_rest_is_offered_only_where_there_is_one() -> None:
    long = "Express costs €9.90 in five countries. Order before 14:00."
    assert is_shortened(hit(long))
    assert not is_shortened(hit("Short."))
    assert is_shortened(hit("Short.", section="Short.\n\nAnd more."))
