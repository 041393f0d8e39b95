"""What an article's Markdown may hold, and the links in it; no files, no HTML output."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

SAFE_SCHEMES = ("https", "http", "mailto", "tel")

_ARTICLE_LINK = re.compile(r"(?:\.\./(?P<locale>[A-Za-z0-9-]+)/)?(?P<id>[^/]+)\.md")


@dataclass(frozen=True, kw_only=True)
class ArticleLink:
    """A link to another article: its id, its locale if the link names one, and the `#fragment`."""

    id: str
    locale: str | None
    fragment: str


@dataclass(frozen=True, kw_only=True)
class Misuse:
    """Something that article text must not hold: its line in the text (from 1), what and remedy."""

    line: int
    what: str
    remedy: str


def markdown_parser(*, html: bool = False) -> MarkdownIt:
    """Return the parser for article text: CommonMark with tables; raw HTML stays text by default.

    With `html=True` raw HTML becomes tokens of its own, for a reader that must find it.
    """
    return MarkdownIt("commonmark", {"html": html}).enable("table")


def article_link(href: str) -> ArticleLink | None:
    """Return what `other-id.md`, `../de/other-id.md` or `other-id.md#part` points to, else None."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    match = _ARTICLE_LINK.fullmatch(unquote(parts.path))
    if parts.scheme or parts.netloc or parts.query or match is None:
        return None
    return ArticleLink(id=match["id"], locale=match["locale"], fragment=parts.fragment)


def article_links(text: str) -> Iterator[tuple[int, str, ArticleLink]]:
    """Yield the line (from 1), the address as written and the target of each link to an article."""
    for line, token in _tokens(text):
        href = token.attrGet("href")
        link = article_link(str(href)) if href else None
        if link is not None:
            yield line, str(href), link


def misuses(text: str) -> Iterator[Misuse]:
    """Yield raw HTML, links with an unsafe or unknown address and images that nothing serves."""
    for line, token in _tokens(text):
        if token.type in ("html_block", "html_inline"):
            what = f"Raw HTML '{_short(token.content)}'."
            yield Misuse(line=line, what=what, remedy="Write it in Markdown.")
        href = str(token.attrGet("href") or "")
        if href and not _is_served(href):
            remedy = f"Link to `<id>.md`, `#heading` or {', '.join(SAFE_SCHEMES)} addresses."
            yield Misuse(line=line, what=f"Link to '{_short(href)}'.", remedy=remedy)
        if token.type == "image":
            what = f"Image '{_short(str(token.attrGet('src') or ''))}' is not served."
            yield Misuse(line=line, what=what, remedy="Say it in words.")


def _tokens(text: str) -> Iterator[tuple[int, Token]]:
    parser = markdown_parser(html=True)
    # By default an unsafe link is left as text, where a reader would see the brackets.
    parser.validateLink = lambda url: True
    for block in parser.parse(text):
        line = block.map[0] + 1 if block.map else 1
        yield line, block
        for token in block.children or ():
            yield line, token


def _is_served(href: str) -> bool:
    if href.startswith("#") or article_link(href) is not None:
        return True
    try:
        return urlsplit(href).scheme in SAFE_SCHEMES
    except ValueError:
        return False


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
