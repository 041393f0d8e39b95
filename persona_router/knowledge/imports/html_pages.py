"""Pages of a website, saved on disk, with their sitemap if there is one."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup

from persona_router.knowledge.imports.files import (
    decoded,
    files_below,
    known_encoding,
    read_bytes,
)
from persona_router.knowledge.imports.html_tidy import main_part, parse
from persona_router.knowledge.imports.sitemap import Listed, read_sitemap
from persona_router.knowledge.imports.source import Reading, Source, SourceArticle
from persona_router.knowledge.imports.text import one_line

_PAGES = (".html", ".htm", ".xhtml")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_INDEX = re.compile(r"(?:/index)?(?:\.x?html?)?/?$")
_ORIGINAL = "x-default"


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A saved page: its file, its path below the folder, and what it tells of itself.

    `html` is its main part; `url`, `title`, `language` and `updated` are empty if unknown, and so
    are the `alternates`, addresses of translations by hreflang. `listed` is its entry in a sitemap.
    """

    file: Path
    path: str
    html: str
    title: str
    language: str
    keywords: tuple[str, ...]
    updated: str
    url: str
    listed: Listed | None
    alternates: Mapping[str, str]


def read_html_pages(path: Path, reading: Reading) -> Source:
    """Return the pages at or below `path`; with sitemaps there, only pages that they list.

    `path` may be a sitemap itself: then its folder is meant.
    """
    folder = path if path.is_dir() else path.parent
    asked = folder if path.suffix.lower() == ".xml" and path.is_file() else path
    files = files_below(asked, (*_PAGES, ".xml"))
    listed = {
        _plain_url(page.url): page
        for file in files
        if file.suffix.lower() == ".xml"
        for page in read_sitemap(file)
    }
    found: list[_Page] = []
    unseen = dict(listed)
    for file in files:
        if file.suffix.lower() in _PAGES and (page := _page(file, folder, listed, reading)):
            if listed and page.listed is None:
                reading.skip(page.path, "not in the sitemap")
                continue
            if page.listed is not None and unseen.pop(_plain_url(page.listed.url), None) is None:
                reading.skip(page.path, "saved twice")
                continue
            found.append(page)
    for missing in unseen.values():
        reading.skip(missing.url, "in the sitemap and not saved")
    groups = _groups(found)
    for page in found:
        _read_page(page, groups[page.path], reading)
    by_path = {page.path: page for page in found}
    return reading.source(
        "html", lambda article, link: _address(by_path[article.key], link.get("href", ""))
    )


def _page(file: Path, folder: Path, listed: Mapping[str, Listed], reading: Reading) -> _Page | None:
    data = read_bytes(file)
    charset = _CHARSET.search(data[:4096])
    declared = known_encoding(charset[1].decode("ascii", "replace")) if charset else None
    text, _ = decoded(file, data, declared=declared or reading.encoding)
    try:
        tree = parse(text)
    except ValueError as error:
        reading.fault(file, "", str(error), "Save the page again.")
        return None
    path = file.relative_to(folder).as_posix()
    stated = _attribute(tree, "link[rel=canonical]", "href") or _attribute(
        tree, "meta[property='og:url']", "content"
    )
    entry = listed.get(_plain_url(stated)) if stated else None
    entry = entry or _listed_as(path, listed)
    url = entry.url if entry else stated
    alternates = {
        str(link.get("hreflang", "")).lower(): urljoin(url, str(link.get("href", "")))
        for link in tree.select("link[rel=alternate][hreflang]")
    }
    heading = main_part(tree).find("h1")
    title = one_line(heading.get_text()) if heading else ""
    title = title or _attribute(tree, "meta[property='og:title']", "content")
    language = str(tree.html.get("lang", "")) if tree.html else ""
    changed = _attribute(tree, "meta[property='article:modified_time']", "content")
    changed = changed or _attribute(tree, "[itemprop=dateModified][datetime]", "datetime")
    keywords = _attribute(tree, "meta[name=keywords]", "content").split(",")
    return _Page(
        file=file,
        path=path,
        html=str(main_part(tree)),
        title=title or one_line(tree.title.get_text() if tree.title else ""),
        language=language or _attribute(tree, "meta[property='og:locale']", "content"),
        keywords=tuple(dict.fromkeys(filter(None, map(one_line, keywords)))),
        updated=changed or _attribute(tree, "meta[itemprop=dateModified]", "content"),
        url=url if url.startswith(("https://", "http://")) else "",
        listed=entry,
        alternates={**alternates, **(entry.alternates if entry else {})},
    )


def _listed_as(path: str, listed: Mapping[str, Listed]) -> Listed | None:
    """Return the entry of a sitemap whose address ends in a file's path, as it was saved.

    The folder of the site may be named after its host, or be left out.
    """
    plain = _INDEX.sub("", path)
    for url, page in listed.items():
        host, _, rest = url.partition("/")
        if plain in (rest, url) or (not rest and plain in ("index", "", host)):
            return page
    return None


def _groups(pages: list[_Page]) -> Mapping[str, str]:
    """Return by path of a page the path that stands for it and its translations."""
    by_address = {address: page.path for page in pages for address in _own_addresses(page)}
    group = {page.path: page.path for page in pages}
    for page in pages:
        for href in page.alternates.values():
            other = by_address.get(_address(page, href) or "")
            if other is not None and group[other] != group[page.path]:
                kept, given = sorted((group[page.path], group[other]))
                group.update({path: kept for path, of in group.items() if of == given})
    return group


def _read_page(page: _Page, group: str, reading: Reading) -> None:
    if not page.title:
        reading.fault(page.file, "", "It has no title.", "Give the page an <h1> or a <title>.")
        return
    own = set(_own_addresses(page))
    named = (
        tag
        for tag, href in page.alternates.items()
        if tag != _ORIGINAL and _address(page, href) in own
    )
    locale = reading.folder(page.file, "<html lang>", page.language or next(named, ""))
    if locale is None:
        return
    reading.add(
        SourceArticle(
            file=page.file,
            place="",
            key=page.path,
            group=group,
            primary=_address(page, page.alternates.get(_ORIGINAL, "")) in own,
            locale=locale,
            title=page.title,
            html=page.html,
            updated=_changed(page),
            tags=page.keywords,
            url=page.url,
            addresses=tuple(own),
        )
    )


def _changed(page: _Page) -> datetime.date | None:
    """Return the day of the last change by the sitemap, else by the page, None if neither tells."""
    if page.listed is not None and page.listed.updated is not None:
        return page.listed.updated
    try:
        return datetime.date.fromisoformat(page.updated[:10])
    except ValueError:
        return None


def _own_addresses(page: _Page) -> Iterator[str]:
    """Yield the addresses by which other pages link to a page."""
    yield f"/{_INDEX.sub('', page.path)}"
    if page.url:
        yield _plain_url(page.url)


def _address(page: _Page, href: str) -> str | None:
    """Return the address of the page that a link leads to; None if it leads to no page."""
    try:
        parts = urlsplit(href)
        if not href or parts.scheme not in ("", "http", "https"):
            return None
        if parts.netloc:
            return _plain_url(href)
        if page.url and not (parts.path.endswith(_PAGES) and not parts.path.startswith("/")):
            return _plain_url(urljoin(page.url, href))
        below = urlsplit(urljoin(f"/{page.path}", href)).path
        return f"/{_INDEX.sub('', unquote(below).lstrip('/'))}"
    except ValueError:
        return None


def _plain_url(url: str) -> str:
    """Return an address without what does not tell pages apart: scheme, fragment, `index.html`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = _INDEX.sub("", unquote(parts.path))
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower()}{path}{query}" if parts.netloc else f"{path}{query}"


def _attribute(tree: BeautifulSoup, selector: str, name: str) -> str:
    found = tree.select_one(selector)
    return one_line(str(found.get(name, ""))) if found else ""
