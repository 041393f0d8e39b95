"""Links of imported articles: to each other where they can be, else as they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from persona_router.knowledge.imports.html_markdown import Text
from persona_router.knowledge.imports.source import Address, SourceArticle
from persona_router.knowledge.markdown import SAFE_SCHEMES


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An article of the source, the id that it gets and its text."""

    article: SourceArticle
    id: str
    text: Text


class Links:
    """Leads the links of a source's articles; `remarks` tells what could not be led."""

    def __init__(self, entries: Iterable[Entry], address: Address) -> None:
        self._address = address
        self._entries: dict[str, Entry] = {}
        self._versions: dict[tuple[str, str], Entry] = {}
        self._hosts: set[str] = set()
        self.remarks: list[str] = []
        for entry in entries:
            self._versions[entry.id, entry.article.locale] = entry
            for name in entry.article.addresses:
                self._entries.setdefault(name, entry)
            self._hosts.add(_host(entry.article.url))
        self._hosts.discard("")

    def lead(self, entry: Entry, attributes: Mapping[str, str]) -> str | None:
        """Return where a link in `entry` shall lead, None if only its words are to stay.

        A link to another article goes to the version in the language of the one that has it.
        """
        article, href = entry.article, attributes.get("href", "").strip()
        address = self._address(article, attributes)
        try:
            parts = urlsplit(href)
        except ValueError:
            self._dropped(article, href)
            return None
        fragment = unquote(parts.fragment)
        target = self._entries.get(address) if address is not None else None
        if target is not None:
            own = self._versions.get((target.id, article.locale), target)
            # Who links from an article to its translation means the translation.
            return _to_article(entry, target if own is entry else own, fragment)
        if href.startswith("#"):
            anchor = entry.text.anchors.get(fragment)
            return f"#{anchor}" if anchor else None
        if not parts.scheme and article.url and href:
            href = urljoin(article.url, href)
        if urlsplit(href).scheme not in SAFE_SCHEMES:
            if href:
                self._dropped(article, href)
            return None
        if not parts.scheme or _host(href) in self._hosts:
            what = f"links to {href}, which is not imported; the link stays"
            self.remarks.append(f"'{article.title}' ({article.locale}) {what}.")
        return href

    def _dropped(self, article: SourceArticle, href: str) -> None:
        what = f"links to '{href[:100]}', which no customer can open; only its words stay"
        self.remarks.append(f"'{article.title}' ({article.locale}) {what}.")


def _to_article(entry: Entry, target: Entry, fragment: str) -> str | None:
    anchor = target.text.anchors.get(fragment, "") if fragment else ""
    part = f"#{anchor}" if anchor else ""
    if target is entry:
        return part or None
    same = target.article.locale == entry.article.locale
    return f"{'' if same else f'../{target.article.locale}/'}{target.id}.md{part}"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
