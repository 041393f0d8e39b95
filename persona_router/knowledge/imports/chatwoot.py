"""Articles of a Chatwoot help centre: answers of its API, saved as JSON.

What is read are lists of articles and articles alone, with the portals and categories beside them
if they are there. A translation names its root by `associated_article_id`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from persona_router.knowledge.imports.files import files_below, read_json
from persona_router.knowledge.imports.html_markdown import markdown_to_html
from persona_router.knowledge.imports.records import Record, is_path, records
from persona_router.knowledge.imports.source import Reading, Source, SourceArticle

_STATUS = ("draft", "published", "archived")
_STAMP = re.compile(r"\d{9,}-?")
_PAGE = re.compile(r"(?:/hc/(?P<portal>[^/]+))?(?:/[^/]+)?/articles/(?P<slug>[^/]+?)(?:\.\w+)?/?")


def read_chatwoot(path: Path, reading: Reading) -> Source:
    """Return the published articles below `path`; drafts and archived ones are skipped."""
    articles: dict[str, Record] = {}
    categories: dict[str, Record] = {}
    portals: dict[str, Record] = {}
    for file in files_below(path, (".json",)):
        for record in _records(file, read_json(file), reading):
            if "content" in record.values:
                first = articles.setdefault(record.text("id"), record)
                if first is not record and first.values != record.values:
                    what = f"Article {record.text('id')} stands in {first.file.name} as well."
                    reading.fault(file, record.place, what, "Keep the newer one.")
            elif "config" in record.values or "custom_domain" in record.values:
                portals[record.text("id")] = record
            elif "locale" in record.values:
                categories[record.text("id")] = record
            else:
                what = "It is neither an article nor a category nor a portal."
                reading.fault(file, record.place, what, "Name exports of the help centre only.")
    domains = {portal.line("slug"): portal.line("custom_domain") for portal in portals.values()}
    for record in articles.values():
        _read_article(record, categories, portals, reading)
    return reading.source("chatwoot", lambda article, link: _address(link, domains))


def _records(file: Path, loaded: Any, reading: Reading) -> Iterator[Record]:
    """Yield the objects of an answer: a list, `{"payload": …}`, or one object."""
    place = ""
    if isinstance(loaded, dict) and "payload" in loaded:
        place, loaded = "payload", loaded["payload"]
    if isinstance(loaded, dict):
        yield Record(file=file, place=place, values=loaded)
    elif isinstance(loaded, list):
        yield from records(file, loaded, place, reading)
    else:
        reading.fault(file, place, "It holds no articles.", "Export the help centre again.")


def _read_article(
    record: Record,
    categories: Mapping[str, Record],
    portals: Mapping[str, Record],
    reading: Reading,
) -> None:
    key, title = record.text("id"), record.line("title")
    if not key.isdecimal() or not title:
        what = "It has no title." if key.isdecimal() else f"'{key}' is no id of an article."
        reading.fault(record.file, record.place, what, "Export it again.")
        return
    status = _status(record, reading)
    if status is None:
        return
    if status != "published" and reading.leaves_out(f"{title} ({key})", status):
        return
    category = categories.get(record.text("category_id"), record.inner("category"))
    portal = portals.get(record.text("portal_id"), record.inner("portal"))
    tag = (
        record.line("locale")
        or category.line("locale")
        or ("" if reading.locale else portal.inner("meta").line("default_locale"))
    )
    locale = reading.folder(record.file, f"{record.place}.locale", tag)
    slug = record.line("slug")
    if is_path(slug):
        what = f"'{slug}' is a path and no slug."
        reading.fault(record.file, f"{record.place}.slug", what, "Give the article another one.")
        return
    if locale is None:
        return
    root = record.text("associated_article_id") or record.inner("root_article").text("id")
    updated = record.date("updated_at", reading) or record.date("last_updated_at", reading)
    domain, owner = portal.line("custom_domain"), portal.line("slug")
    reading.add(
        SourceArticle(
            file=record.file,
            place=record.place,
            key=key,
            group=root or key,
            primary=not root,
            locale=locale,
            title=title,
            html=markdown_to_html(record.text("content")),
            updated=updated,
            tags=record.inner("meta").words("tags"),
            # Its slugs leave out letters beyond ASCII, so that a title tells more.
            name=_STAMP.sub("", slug, count=1) if title.isascii() else "",
            url=f"https://{domain}/hc/{owner}/articles/{slug}" if domain and owner else "",
            addresses=(slug,) if slug else (),
        )
    )


def _status(record: Record, reading: Reading) -> str | None:
    """Return the name of a status, which the API gives as a number or a name."""
    value = record.values.get("status")
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(_STATUS):
        return _STATUS[value]
    if value in _STATUS:
        return str(value)
    what = f"'{value}' is no status." if "status" in record.values else "It has no status."
    choices = ", ".join(f"{number} ({name})" for number, name in enumerate(_STATUS))
    reading.fault(record.file, f"{record.place}.status", what, f"Choose from {choices}.")
    return None


def _address(link: Mapping[str, str], domains: Mapping[str, str]) -> str | None:
    """Return the slug of the article that a link leads to, None if it leads elsewhere."""
    try:
        parts = urlsplit(link.get("href", ""))
        host = parts.hostname or ""
    except ValueError:
        return None
    page = _PAGE.fullmatch(unquote(parts.path))
    if page is None or parts.scheme not in ("", "http", "https"):
        return None
    portal = page["portal"]
    ours = not host or portal in domains or host in domains.values()
    return page["slug"] if ours or not domains else None
