"""The pages of the help-center articles, rendered from the files as they are now."""

import logging
from pathlib import Path

from persona_router.content.articles import Article, read_articles
from persona_router.content.errors import ContentError
from persona_router.knowledge.pages import render_article, render_index

log = logging.getLogger(__name__)


class ArticlePages:
    """Renders articles; an edited file is seen at the next request, a broken one is left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = -1.0
        self._articles: dict[tuple[str, str], Article] = {}

    def page(self, locale: str, id_: str) -> str | None:
        """Return the page of an article as HTML; None if there is no such article."""
        self._refresh()
        article = self._articles.get((locale, id_))
        if article is None:
            return None
        alternates = [a for (_, other), a in self._articles.items() if other == id_]
        return render_article(article, alternates, index="./")

    def index(self, locale: str) -> str | None:
        """Return the list of a locale's articles as HTML; None for a locale without articles."""
        self._refresh()
        if not any(found == locale for found, _ in self._articles):
            return None
        return render_index(tuple(self._articles.values()), locale)

    def _refresh(self) -> None:
        if not self._folder.is_dir():
            return
        files = list(self._folder.glob("*/*.md"))
        stamp = max((file.stat().st_mtime for file in files), default=0.0) + len(files)
        if stamp == self._stamp:
            return
        found = read_articles(self._folder, on_fault=_report)
        self._articles = {(article.locale, article.id): article for article in found}
        self._stamp = stamp


def _report(fault: ContentError) -> None:
    log.error("%s", fault)
