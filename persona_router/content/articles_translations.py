"""Translations of articles: which are missing, and which are older than what they translate."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from persona_router.content.articles import ArticleFile
from persona_router.content.errors import ContentWarning
from persona_router.core.locale import language_of
from persona_router.core.policy import ArticleRules

_LISTED = 12


def translation_warnings(
    folder: Path,
    files: Sequence[ArticleFile],
    *,
    languages: Sequence[str],
    default: str,
    rules: ArticleRules,
) -> Iterator[ContentWarning]:
    """Yield a warning for each language that lacks articles or has outdated ones.

    `languages` are those served and `default` the one that articles are translated from; what it
    lacks is taken from the next that has it. `rules.local` are ids that need no translation.
    """
    order = (default, *(language for language in languages if language != default))
    versions: dict[str, dict[str, ArticleFile]] = {}
    for file in files:
        language = language_of(file.article.locale)
        # Of several locales of a language, the newest speaks for it.
        known = versions.setdefault(file.article.id, {}).get(language, file)
        newest = max(known, file, key=lambda version: version.article.updated)
        versions[file.article.id][language] = newest
    sources = {
        article: found[next(language for language in order if language in found)]
        for article, found in sorted(versions.items())
        if article not in rules.local and any(language in found for language in order)
    }
    for language in order:
        yield from _missing(folder, language, versions, sources)
    for language in order:
        yield from _stale(folder, language, versions, sources, rules)


def _missing(
    folder: Path,
    language: str,
    versions: Mapping[str, Mapping[str, ArticleFile]],
    sources: Mapping[str, ArticleFile],
) -> Iterator[ContentWarning]:
    missing = [article for article in sources if language not in versions[article]]
    if missing:
        what = f"{len(missing)} of {_articles(len(sources))} {_are(missing)} missing: "
        remedy = f"Translate to {language}, or list under articles.local what needs no translation."
        yield ContentWarning(folder / language, "", f"{what}{_listed(missing)}.", remedy)


def _stale(
    folder: Path,
    language: str,
    versions: Mapping[str, Mapping[str, ArticleFile]],
    sources: Mapping[str, ArticleFile],
    rules: ArticleRules,
) -> Iterator[ContentWarning]:
    grace = timedelta(days=rules.translation_grace_days)
    stale = []
    for article, source in sources.items():
        version = versions[article].get(language, source)
        if version.article.updated + grace < source.article.updated:
            ours, theirs = version.article.updated, source.article.updated
            stale.append(f"{article} ({ours}; {source.article.locale} {theirs})")
    if stale:
        what = f"{_articles(len(stale))} {_are(stale)} older than what is translated: "
        remedy = "Bring them up to date, with the day in `updated`."
        yield ContentWarning(folder / language, "", f"{what}{_listed(stale)}.", remedy)


def _articles(count: int) -> str:
    return f"{count} article{'' if count == 1 else 's'}"


def _are(things: Sequence[str]) -> str:
    return "is" if len(things) == 1 else "are"


def _listed(things: Sequence[str]) -> str:
    shown = ", ".join(things[:_LISTED])
    more = len(things) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown
