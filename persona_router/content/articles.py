"""Articles of the knowledge base: a folder of them, `<folder>/<locale>/<slug>.md`."""

from collections.abc import Callable, Iterator
from pathlib import Path

from babel import Locale, UnknownLocaleError

from persona_router.content.articles_file import Article, ArticleFile, FileRead, read_article
from persona_router.content.errors import ContentError

__all__ = ["Article", "ArticleFile", "FileRead", "article_files", "read_article", "read_articles"]


def read_articles(
    folder: Path, *, on_fault: Callable[[ContentError], None] | None = None
) -> tuple[Article, ...]:
    """Return the articles below `folder`, ordered by locale and id.

    The first fault is raised as `ContentError`; with `on_fault` every fault is handed to it
    instead and the sound articles are returned. Links are left to `link_faults`, because a broken
    one harms no reader of the rest.
    """
    articles: list[Article] = []
    for found in article_files(folder):
        if isinstance(found, ArticleFile):
            articles.append(found.article)
        elif on_fault is None:
            raise found
        else:
            on_fault(found)
    return tuple(sorted(articles, key=lambda article: (article.locale, article.id)))


def article_files(
    folder: Path, *, read: Callable[[Path, str], FileRead] = read_article
) -> Iterator[ArticleFile | ContentError]:
    """Yield the sound files below `folder` and all faults, by locale and name of file.

    Hidden files and folders are left out: editors and copying programs keep drafts in them. `read`
    takes the place of `read_article`, for a caller that remembers what it has read.
    """
    if not folder.is_dir():
        yield ContentError(folder, "", "The folder is missing.", "Create it, one folder a locale.")
        return
    for path in _markdown(folder):
        if path.stem.upper() != "README":
            yield ContentError(
                path, "", "The article is in no locale's folder.", f"Move it to {folder}/<locale>/."
            )
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        if place.name.startswith("."):
            continue
        locale = _locale(place)
        if isinstance(locale, ContentError):
            yield locale
            continue
        first: dict[str, Path] = {}
        for path in _markdown(place):
            found = read(path, locale)
            if not isinstance(found, ArticleFile):
                yield from found
                continue
            other = first.setdefault(found.article.id, path)
            if other == path:
                yield found
            else:
                what = f"Duplicate id '{found.article.id}', also in {other.name}."
                yield ContentError(path, "id", what, f"Use every id once in {locale}.")


def _markdown(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.md") if not path.name.startswith("."))


def _locale(folder: Path) -> str | ContentError:
    try:
        tag = str(Locale.parse(folder.name, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        return ContentError(
            folder,
            "",
            f"'{folder.name}' is not a locale.",
            "Name the folder with a BCP 47 tag, such as `tr` or `pt-BR`.",
        )
    if tag != folder.name:
        return ContentError(folder, "", f"'{folder.name}' is not canonical.", f"Name it `{tag}`.")
    return tag
