"""The figures are defined in the same words in the page and in the documentation."""

from persona_router.core.figures import FIGURES
from persona_router.desk.texts import load_texts
from tests.docs.pages import page, rows, section


def test_documentation_defines_every_figure_in_the_words_of_the_page() -> None:
    texts = load_texts()["en"]
    table = rows(section(page("figures"), "Definitions"), "figure", "definition")
    written = {row["figure"].strip("`"): row["definition"] for row in table}
    assert written == {name: texts(f"figures.{name}_means") for name in FIGURES}
