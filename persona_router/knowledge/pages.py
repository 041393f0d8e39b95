"""Articles as web pages: readable, printable, in their language's direction."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it.token import Token
from markupsafe import Markup

from persona_router.content.articles import Article, read_articles
from persona_router.content.errors import ContentError
from persona_router.core.locale import direction
from persona_router.knowledge.labels import labels
from persona_router.knowledge.markdown import article_link, markdown_parser

log = logging.getLogger(__name__)

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def article_path(locale: str, article_id: str) -> str:
    """Return the address of an article relative to the page of any article."""
    return f"../{locale}/{article_id}"


def render_article(
    article: Article, alternates: Sequence[Article], *, url: str = "", index: str = ""
) -> str:
    """Return an article as an HTML page.

    `alternates` are all locales of the article, with or without itself, for the language switch.
    `url` is the page's public address, ending in `<locale>/<id>`; with it the page names its
    canonical address and absolute `hreflang` ones. `index` is the address of the list of articles,
    empty for no link to it.
    """
    others = [other for other in alternates if other.locale != article.locale]
    links = [_link(other.locale, article_path(other.locale, other.id)) for other in others]
    own = article_path(article.locale, article.id)
    return _TEMPLATES.get_template("article.html").render(
        locale=article.locale,
        direction=direction(article.locale),
        title=article.title,
        updated=article.updated,
        date=format_date(article.updated, "long", locale=_babel(article.locale)),
        body=Markup(_html(article)),
        strings=labels(article.locale),
        links=links,
        hreflangs=[
            {**link, "href": urljoin(url, link["href"]) if url else link["href"]}
            for link in ([_link(article.locale, own), *links] if links else [])
        ],
        url=url,
        index=index,
    )


def render_index(articles: Sequence[Article], locale: str) -> str:
    """Return the list of the articles in `locale` as an HTML page, served at `<locale>/`."""
    shown = sorted(
        (article for article in articles if article.locale == locale),
        key=lambda article: article.title.casefold(),
    )
    others = sorted({article.locale for article in articles} - {locale})
    return _TEMPLATES.get_template("index.html").render(
        locale=locale,
        direction=direction(locale),
        articles=[
            {"title": article.title, "href": article_path(locale, article.id)} for article in shown
        ],
        links=[_link(other, f"../{other}/") for other in others],
        strings=labels(locale),
    )


class ArticlePages:
    """The pages of a folder of articles as its files stand now; safe to share between threads.

    A file that becomes faulty keeps its last sound page, and the fault is logged once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._files: frozenset[tuple[str, int, int]] | None = None
        self._articles: Mapping[tuple[str, str], Article] = {}

    def page(self, locale: str, article_id: str, *, url: str = "", index: str = "") -> str | None:
        """Return the page of an article, None if there is none; see `render_article`."""
        articles = self._current()
        article = articles.get((locale, article_id))
        if article is None:
            return None
        alternates = [other for other in articles.values() if other.id == article_id]
        return render_article(article, alternates, url=url, index=index)

    def index(self, locale: str) -> str | None:
        """Return the list of a locale's articles as a page, None if it has none."""
        articles = list(self._current().values())
        known = any(article.locale == locale for article in articles)
        return render_index(articles, locale) if known else None

    def _current(self) -> Mapping[tuple[str, str], Article]:
        with self._lock:
            files = frozenset(_stamp(path) for path in self._folder.glob("*/*.md"))
            if files != self._files:
                faults: list[ContentError] = []
                articles = {
                    (article.locale, article.id): article
                    for article in read_articles(self._folder, on_fault=faults.append)
                }
                for fault in faults:
                    log.error("%s", fault)
                    path = Path(fault.file)
                    last = self._articles.get((path.parent.name, path.stem))
                    if last is not None:
                        articles.setdefault((last.locale, last.id), last)
                self._articles, self._files = articles, files
            return self._articles


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), status.st_mtime_ns, status.st_size


def _link(locale: str, href: str) -> dict[str, str]:
    name = _babel(locale).get_display_name() or locale
    return {
        "locale": locale,
        "href": href,
        "direction": direction(locale),
        # A language's own name is often in lower case, where it stands alone here.
        "name": name[:1].upper() + name[1:],
    }


def _babel(locale: str) -> Locale:
    return Locale.parse(locale, sep="-")


def _html(article: Article) -> str:
    parser = markdown_parser()
    tokens = parser.parse(article.body)
    # The title is the page's first heading, so that one in the text stands below it.
    shift = 1 if any(token.tag == "h1" for token in tokens) else 0
    seen: Counter[str] = Counter()
    for position, token in enumerate(tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + shift)}"
        if token.type == "heading_open":
            name = _anchor(tokens[position + 1].content)
            token.attrSet("id", f"{name}-{seen[name]}" if name in seen else name)
            seen[name] += 1
        for child in token.children or ():
            _point_to_page(child, article.locale)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _anchor(heading: str) -> str:
    """Return the name that authors' tools give a heading: `## Who pays?` is `#who-pays`."""
    return "-".join(re.sub(r"[^\w\s-]", "", heading.lower()).split())


def _point_to_page(token: Token, locale: str) -> None:
    link = article_link(str(token.attrGet("href") or ""))
    if link is not None:
        fragment = f"#{link.fragment}" if link.fragment else ""
        token.attrSet("href", article_path(link.locale or locale, link.id) + fragment)
