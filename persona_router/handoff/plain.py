"""HTML that agents write, as the plain text that customers read."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"address", "blockquote", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol"}
    | {"p", "pre", "table", "tr", "ul"}
)
_HIDDEN = frozenset({"script", "style", "head", "title"})
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def plain_text(html: str) -> str:
    """Return the words of an HTML fragment; addresses of links stand after the link's text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.parts).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._link = ""
        self._link_start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self._break()
            self.parts.append("- " if tag == "li" else "")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""
            self._link_start = len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._break()
        elif tag == "a" and self._link:
            shown = "".join(self.parts[self._link_start :]).strip()
            known = self._link.removeprefix("mailto:").removeprefix("tel:")
            if shown.rstrip("/") != known.rstrip("/") and self._link.startswith("http"):
                self.parts.append(f" ({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        between_blocks = not data.strip() and "".join(self.parts[-2:])[-1:] in ("", "\n")
        if not self._hidden and not between_blocks:
            self.parts.append(data.replace("\n", " "))

    def _break(self) -> None:
        if self.parts and not "".join(self.parts[-2:]).endswith("\n"):
            self.parts.append("\n")
