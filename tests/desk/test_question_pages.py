"""Trainers read what nothing answered, by meaning; nobody else's words are shown to them."""

from pathlib import Path

import pytest

from persona_router.privacy.audit import Wanted
from tests.desk.conftest import Desk
from tests.log.making import MONDAY, row, write

DAYS = "/questions?from=2026-11-23&to=2026-11-23"


@pytest.fixture(autouse=True)
def log(tmp_path: Path, desk: Desk) -> None:
    texts = (
        ("en", "Do you offer <b>gift</b> wrapping?"),
        ("de", "Können Sie das als Geschenk verpacken?"),
        ("ar", "أين يقع مقركم الرئيسي؟"),
    )
    rows = [
        row(f"d{number}", at=MONDAY + number, conversation=f"c{number}", language=language,
            unanswered=text)
        for number, (language, text) in enumerate(texts)
    ]  # fmt: skip
    write(tmp_path / "routing_log.sqlite", *rows).close()


def test_groups_are_shown_the_largest_first_with_their_languages(desk: Desk) -> None:
    page = desk.agent("Tess", roles="trainer").get(DAYS).text
    assert page.index("Asked 2 times") < page.index("Asked once")
    assert "Do you offer &lt;b&gt;gift&lt;/b&gt; wrapping?" in page
    assert "أين يقع مقركم الرئيسي؟" in page
    assert "/log/decisions/" not in page


def test_operations_get_from_a_question_to_its_decision(desk: Desk) -> None:
    page = desk.agent("Olga", roles="operations").get(f"{DAYS}&lang=ar").text
    assert "/log/decisions/d2" in page
    assert "سُئل مرتين" in page


def test_without_a_question_the_page_says_what_keeps_them(desk: Desk) -> None:
    tess = desk.agent("Tess", roles="trainer")
    assert (
        "set privacy.unanswered_days" in tess.get("/questions?from=2026-01-01&to=2026-01-02").text
    )
    assert tess.get("/questions?from=monday").status_code == 422
    deeds = desk.app.state.audit.entries

    assert {one.deed for one in deeds(Wanted(who="tess"), limit=9)} == {"questions_opened"}
