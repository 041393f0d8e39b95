"""The locale in which a customer is shown an article: exact, language, fallback order, any."""

import datetime

import pytest

from persona_router.knowledge.views import Entry, view_of

# Fallbacks of a customer in Brazil, as a policy may give them.
CHAIN = ("es", "fr-CA", "en")


def entry(locale: str, name: str = "returns") -> Entry:
    updated = datetime.date(2026, 1, 1)
    return Entry(id=name, locale=locale, title="", updated=updated, intents=frozenset())


@pytest.mark.parametrize(
    ("locales", "wanted"),
    [
        pytest.param(("ar", "en", "es", "pt", "pt-BR", "pt-PT"), "pt-BR", id="exact"),
        pytest.param(("ar", "en", "es", "pt-PT", "pt"), "pt", id="language"),
        pytest.param(("ar", "en", "es", "pt-PT"), "pt-PT", id="another-region"),
        pytest.param(("ar", "en", "fr", "es"), "es", id="first-fallback"),
        pytest.param(("ar", "en", "fr", "fr-CA"), "fr-CA", id="second-fallback-exact"),
        pytest.param(("ar", "en", "fr-BE"), "fr-BE", id="second-fallback-language"),
        pytest.param(("ar", "en-GB", "tr"), "en-GB", id="last-fallback"),
        pytest.param(("ar", "tr"), "ar", id="any"),
    ],
)
def test_article_is_shown_in_the_best_locale_there_is(
    locales: tuple[str, ...], wanted: str
) -> None:
    view = view_of([entry(locale) for locale in locales], "pt-BR", CHAIN)
    assert [tag for tag, shown in zip(locales, view.shown, strict=True) if shown] == [wanted]
    own = [tag in ("pt", "pt-BR", "pt-PT") for tag in locales]
    assert view.foreign.tolist() == [not one for one in own]


def test_every_article_is_shown_once_the_customers_language_first() -> None:
    entries = [entry("en"), entry("pt"), entry("en", "invoice"), entry("tr", "contact")]
    view = view_of(entries, "pt-BR", CHAIN)
    assert view.shown.tolist() == [False, True, True, True]
    assert view.languages == ("pt", "en", "tr")
