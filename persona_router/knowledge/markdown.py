"""What an article's Markdown may hold, and the links in it; no files, no HTML output."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
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
class Block:
    """What a reader sees of a paragraph or the like: its line in the text (from 1) and its words.

    Code is left out, and so are addresses of links; a break is a blank.
    """

    line: int
    text: str
    quoted: bool


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


@lru_cache(maxsize=1024)
def links(text: str) -> tuple[tuple[int, str], ...]:
    """Return the line (from 1) and the address of each link in article text."""
    found = ((line, token.attrGet("href")) for line, token in _tokens(text))
    return tuple((line, str(href)) for line, href in found if href)


def references(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 1) and the name of each address that is defined apart from its links."""
    env: dict[str, Any] = {}
    if "]:" in text:  # most articles have none, and need not be parsed for it
        markdown_parser().parse(text, env)
    for name, found in env.get("references", {}).items():
        yield found["map"][0] + 1, str(name)


def headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Yield the opening token and the anchor of each heading among the tokens of article text.

    Anchors are those that authors' tools make: `## Who pays?` is `#who-pays`, a second one
    `#who-pays-1`.
    """
    seen: Counter[str] = Counter()
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            name = "-".join(re.sub(r"[^\w\s-]", "", inline.content.lower()).split())
            yield token, f"{name}-{seen[name]}" if name in seen else name
            seen[name] += 1


@lru_cache(maxsize=1024)
def blocks(text: str) -> tuple[Block, ...]:
    """Return the paragraphs, headings, list items and table cells of article text in order."""
    found: list[Block] = []
    line, quotes = 1, 0
    for token in markdown_parser().parse(text):
        line = token.map[0] + 1 if token.map else line
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline":
            found.append(Block(line=line, text=_visible(token), quoted=quotes > 0))
    return tuple(found)


@lru_cache(maxsize=1024)
def misuses(text: str) -> tuple[Misuse, ...]:
    """Return raw HTML, links with an unsafe or unknown address and images that nothing serves."""
    return tuple(_misuses(text))


def _misuses(text: str) -> Iterator[Misuse]:
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
    line = 1
    for block in parser.parse(text):
        line = block.map[0] + 1 if block.map else line
        yield line, block
        for token in block.children or ():
            yield line, token
            line += token.type in ("softbreak", "hardbreak")


def _visible(inline: Token) -> str:
    found = (
        child.content if child.type == "text" else " "
        for child in inline.children or ()
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    )
    return " ".join("".join(found).split())


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
