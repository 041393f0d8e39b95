"""Sitemaps saved with the pages: which pages there are, since when, in which languages."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.files import decoded, read_bytes

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_LINK = "{http://www.w3.org/1999/xhtml}link"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A page in a sitemap: its address, its last change, and `alternates` by hreflang."""

    url: str
    updated: datetime.date | None
    alternates: Mapping[str, str]


def read_sitemap(file: Path) -> tuple[Listed, ...]:
    """Return the pages of a sitemap; one of sitemaps, or of anything else, has none.

    The sitemaps that it names are read where they are saved too. Raises ContentError for a file
    that is no XML, or declares entities, which no sitemap needs and which can exhaust memory.
    """
    text, _ = decoded(file, read_bytes(file))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        what = "It declares a document type."
        raise ContentError(file, "", what, "Save the sitemap as the server sends it.")
    try:
        # The encoding is known by now; a declaration of another would be believed.
        root = ElementTree.fromstring(text.partition("?>")[2] if text.startswith("<?") else text)
    except ElementTree.ParseError as error:
        line, column = error.position
        what = "It is no XML."
        raise ContentError(file, f"line {line}, column {column}", what, "Save it again.") from error
    return tuple(_pages(file, root))


def _pages(file: Path, root: ElementTree.Element) -> Iterator[Listed]:
    for entry in root.findall(f"{_SITEMAP}url"):
        url = (entry.findtext(f"{_SITEMAP}loc") or "").strip()
        changed = (entry.findtext(f"{_SITEMAP}lastmod") or "").strip()
        try:
            updated = datetime.date.fromisoformat(changed[:10]) if changed else None
        except ValueError as error:
            what = f"'{changed}' is no date of {url}."
            raise ContentError(file, "lastmod", what, "Write it as 2026-11-23.") from error
        alternates = {
            link.get("hreflang", "").lower(): link.get("href", "")
            for link in entry.findall(_LINK)
            if link.get("rel") == "alternate"
        }
        if url:
            yield Listed(url=url, updated=updated, alternates=alternates)
