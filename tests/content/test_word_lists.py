import pytest

from persona_router.content.word_lists import usual_spellings


@pytest.mark.parametrize(
    ("language", "typed", "usual"),
    [
        ("de", "mochte", "möchte"),
        ("de", "moechte", "möchte"),
        ("es", "numero", "número"),
        ("fr", "annulee", "annulée"),
        ("pt", "nao", "não"),
        ("it", "perche", "perché"),
        ("pl", "zamowienie", "zamówienie"),
        ("tr", "lutfen", "lütfen"),
        ("ar", "الغاء", "إلغاء"),
        ("ar", "القطعه", "القطعة"),
        ("sv", "betala", None),
        ("sv", "atta", "åtta"),
    ],
)
def test_usual_spelling_is_the_most_frequent_one(
    language: str, typed: str, usual: str | None
) -> None:
    assert usual_spellings(language).get(typed) == usual


@pytest.mark.parametrize(
    ("language", "typed"), [("de", "schon"), ("es", "esta"), ("fr", "ou"), ("en", "resume")]
)
def test_word_that_is_mostly_written_without_accents_has_no_other_spelling(
    language: str, typed: str
) -> None:
    assert typed not in usual_spellings(language)


def test_language_without_a_word_list_has_no_spellings() -> None:
    assert usual_spellings("tlh") == {}
