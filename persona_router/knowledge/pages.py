"""Articles as web pages: readable, printable, in their language's direction."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it.token import Token
from markupsafe import Markup

from persona_router.content.articles import Article
from persona_router.core.locale import direction
from persona_router.knowledge.labels import labels
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.markdown import article_link, headings, markdown_parser

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
    article: Article,
    alternates: Sequence[Article],
    *,
    url: str = "",
    index: str = "",
    default_locale: str = "",
) -> str:
    """Return an article as an HTML page.

    `alternates` are all locales of the article, with or without itself, for the language switch.
    `url` is the page's public address, ending in `<locale>/<id>`; with it the page names its
    canonical address and absolute `hreflang` ones. `index` is the address of the list of articles,
    empty for no link to it. Readers of other languages are sent to the `default_locale`.
    """
    locales = sorted({article.locale, *(other.locale for other in alternates)})
    links = [_link(locale, article_path(locale, article.id), article.locale) for locale in locales]
    return _TEMPLATES.get_template("article.html").render(
        locale=article.locale,
        direction=direction(article.locale),
        title=article.title,
        updated=article.updated,
        date=format_date(article.updated, "long", locale=_babel(article.locale)),
        body=Markup(_html(article)),
        strings=labels(article.locale),
        links=_switch(links),
        hreflangs=[
            {"locale": locale, "href": urljoin(url, link["href"]) if url else link["href"]}
            for link in _switch(links)
            for locale in _addressed(link["locale"], default_locale)
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
    locales = sorted({locale, *(article.locale for article in articles)})
    return _TEMPLATES.get_template("index.html").render(
        locale=locale,
        direction=direction(locale),
        articles=[
            {"title": article.title, "href": article_path(locale, article.id)} for article in shown
        ],
        links=_switch([_link(other, f"../{other}/", locale) for other in locales]),
        strings=labels(locale),
    )


class ArticlePages:
    """The pages of a folder of articles as its files stand now; safe to share between threads."""

    def __init__(self, articles: LiveArticles, *, default_locale: str = "") -> None:
        self._articles = articles
        self._default = default_locale

    def page(self, locale: str, article_id: str, *, url: str = "", index: str = "") -> str | None:
        """Return the page of an article, None if there is none; see `render_article`."""
        articles = self._articles.current() or ()
        alternates = [other for other in articles if other.id == article_id]
        found = next((article for article in alternates if article.locale == locale), None)
        if found is None:
            return None
        return render_article(found, alternates, url=url, index=index, default_locale=self._default)

    def index(self, locale: str) -> str | None:
        """Return the list of a locale's articles as a page, None if it has none."""
        articles = self._articles.current() or ()
        known = any(article.locale == locale for article in articles)
        return render_index(articles, locale) if known else None


def _switch(links: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the languages to choose from; none where there is but one."""
    return links if len(links) > 1 else []


def _addressed(locale: str, default_locale: str) -> tuple[str, ...]:
    """Return whose readers a page is for: those of its locale, of the default also all others."""
    return (locale, "x-default") if locale == default_locale else (locale,)


def _link(locale: str, href: str, shown: str) -> dict[str, str]:
    name = _babel(locale).get_display_name() or locale
    return {
        "locale": locale,
        "href": href,
        "direction": direction(locale),
        "current": "page" if locale == shown else "",
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
    for token, anchor in headings(tokens):
        token.attrSet("id", anchor)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + shift)}"
        for child in token.children or ():
            _point_to_page(child, article.locale)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _point_to_page(token: Token, locale: str) -> None:
    link = article_link(str(token.attrGet("href") or ""))
    if link is not None:
        fragment = f"#{link.fragment}" if link.fragment else ""
        token.attrSet("href", article_path(link.locale or locale, link.id) + fragment)
