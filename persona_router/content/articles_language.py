"""Articles that are not in the language of their folder, wholly or in places."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from persona_router.content.articles import ArticleFile
from persona_router.content.errors import ContentError
from persona_router.content.languages import load_language_model, required_languages
from persona_router.core.language import OTHER, identify
from persona_router.core.locale import language_of
from persona_router.core.policy import ArticleRules
from persona_router.knowledge.markdown import blocks

_ENOUGH_WORDS = 12
"""Words after which a text's language is plain, so that long ones take no longer."""


def language_faults(
    files: Sequence[ArticleFile], languages: Sequence[str], rules: ArticleRules
) -> Iterator[ContentError]:
    """Yield what is written in another language than its folder's, file by file.

    `languages` are those served; what is in the folder of a language that cannot be told from
    others is not judged. Nor are quotations (`>`), code, and texts of fewer words than
    `rules.foreign_words`, words in capitals not counted; such texts are judged put together.
    """
    found = dict.fromkeys(language_of(file.article.locale) for file in files)
    told = tuple(filter(_is_known, dict.fromkeys((*languages, *found))))
    for file in files:
        if language_of(file.article.locale) in told:
            yield from _faults(file, told, rules)


def _faults(
    file: ArticleFile, told: tuple[str, ...], rules: ArticleRules
) -> Iterator[ContentError]:
    own = language_of(file.article.locale)
    remedy = f"Write it in {own}, or move it to the folder of its language."
    judged = list(_judged(file, rules.foreign_words))
    foreign = []
    for place, text in judged:
        beginning = " ".join(text.split()[:_ENOUGH_WORDS])
        language = _foreign(beginning, own, told, rules.foreign_from)
        if language is not None:
            foreign.append((place, text, language))
    if foreign and len(foreign) == len(judged) and len({language for *_, language in foreign}) == 1:
        yield ContentError(
            file.path, "", f"It is written in {foreign[0][2]}, not in {own}.", remedy
        )
        return
    for place, text, language in foreign:
        what = f"'{_short(text)}' is written in {language}, not in {own}."
        yield ContentError(
            file.path, place, what, f"Write it in {own}; quote it (>) if it must be."
        )


def _judged(file: ArticleFile, least: int) -> Iterator[tuple[str, str]]:
    """Yield place and text of what is long enough to be judged; the rest comes last, as one."""
    texts = [("title", file.article.title)]
    texts += [(file.place(b.line), b.text) for b in blocks(file.article.body) if not b.quoted]
    short = [(place, text) for place, text in texts if _words(text) < least]
    yield from ((place, text) for place, text in texts if _words(text) >= least)
    together = ". ".join(text for _, text in short if _words(text))
    if _words(together) >= least:
        yield short[0][0], together


def _words(text: str) -> int:
    # Codes of countries and currencies are words of no language, brands of none in particular.
    return sum(any(map(str.isalpha, word)) and not word.isupper() for word in text.split())


@lru_cache(maxsize=16_384)
def _foreign(text: str, own: str, told: tuple[str, ...], sure: float) -> str | None:
    """Return the language that a text is written in if that is surely not its own, else None."""
    guess = identify(text, load_language_model(told))
    if guess.code is None or guess.scores[own] > 1 - sure:
        return None
    best = max(guess.scores, key=guess.scores.__getitem__)
    return guess.unsupported or "another language" if best == OTHER else best


def _is_known(language: str) -> bool:
    try:
        required_languages([language])
    except ContentError:
        return False
    return True


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
