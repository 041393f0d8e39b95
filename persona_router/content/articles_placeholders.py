"""Placeholders that authors left in articles: in titles, tags, texts and addresses."""

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from persona_router.content.articles import ArticleFile
from persona_router.content.errors import ContentError
from persona_router.content.placeholders import Placeholders
from persona_router.core.locale import language_of
from persona_router.knowledge.markdown import blocks, links


def placeholder_faults(
    files: Sequence[ArticleFile], placeholders: Placeholders
) -> Iterator[ContentError]:
    """Yield what customers must not read, file by file; code is left alone."""
    finders = {
        language: placeholders.finder(language)
        for language in {language_of(file.article.locale) for file in files}
    }
    for file in files:
        finder = finders[language_of(file.article.locale)]
        for place, text in _texts(file):
            for found in finder.find(text):
                what = f"'{found}' is a placeholder."
                yield ContentError(file.path, place, what, "Write what customers shall read.")


def _texts(file: ArticleFile) -> Iterator[tuple[str, str]]:
    article = file.article
    yield "title", article.title
    for tag in article.tags:
        yield "tags", tag
    for block in blocks(article.body):
        yield file.place(block.line), block.text
    for line, href in links(article.body):
        yield file.place(line), unquote(href)
