"""HTML to Markdown as articles hold it: CommonMark with tables, no raw HTML, no images."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import Tag
from markdown_it import MarkdownIt
from markdownify import ATX, BACKSLASH, MarkdownConverter

from persona_router.knowledge.imports.html_structure import HEADINGS, INLINE
from persona_router.knowledge.imports.html_tidy import NAMES, has_words, parse, tidy
from persona_router.knowledge.markdown import headings, markdown_parser

Link = Callable[[Mapping[str, str]], str | None]
"""Tells from the attributes of a link where it shall lead; None leaves its words alone."""

_BEFORE_PUNCTUATION = re.compile(r"\\(?=[!-/:-@\[-`{-~\s]|$)")
_MARKS = re.compile(r"[`*\[\]]|<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_START = re.compile(r"\s*(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+\s*$|-{2,}|~{3,})")
_CLOSING = re.compile(r"(?:(?<=\s)|^)(?=#+\s*$)")
_NUMBER = re.compile(r"(\s*\d{1,9})([.)])(?=\s|$)")
_UNSAFE_IN_ADDRESS = re.compile(r"[\s\\<>()\"`|{}^\[\]]")
_FENCE = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#-]+)")
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, kw_only=True)
class Text:
    """The text of one article, `plain` in Markdown without links, and with them by `markdown`.

    `anchors` lead from the identifiers in its HTML to those of its headings in Markdown.
    """

    html: str
    title: str
    plain: str
    linked: bool
    empty: bool
    anchors: Mapping[str, str]

    def markdown(self, link: Link) -> str:
        """Return the text in Markdown, each link as `link` tells."""
        if not self.linked:
            return self.plain
        # Trees take a hundred times the room of a text: it is quicker to grow one again.
        return _converted(_tidied(self.html, self.title), link)


def read_html(html: str, title: str) -> Text:
    """Return the text of an article. Raises ValueError, with what is wrong, if it is none."""
    root = _tidied(html, title)
    plain = _converted(root, lambda attributes: None)
    found = root.find_all(HEADINGS)
    names = [anchor for _, anchor in headings(markdown_parser().parse(plain))]
    anchors = {
        name: anchor
        for tag, anchor in (zip(found, names, strict=True) if len(found) == len(names) else ())
        for name in str(tag.get(NAMES, "")).split()
    }
    return Text(
        html=html,
        title=title,
        plain=plain,
        linked=root.find("a") is not None,
        empty=not has_words(root),
        anchors=anchors,
    )


def markdown_to_html(text: str, *, plain: bool = False) -> str:
    """Return Markdown, which may hold raw HTML, as HTML; `plain` text keeps its line ends."""
    parser = MarkdownIt("commonmark", {"html": True, "breaks": plain})
    parser.enable(["table", "strikethrough"])
    if plain:
        parser.disable(["code", "lheading"])  # blanks at a line's start are no code there
    rendered: str = parser.render(text)
    return rendered


def _tidied(html: str, title: str) -> Tag:
    root = parse(html)
    tidy(root, title)
    return root


def _converted(root: Tag, link: Link) -> str:
    text: str = _Writer(link).convert_soup(root)
    lines = (line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


_Converter: Any = MarkdownConverter  # its types leave out all that there is to override


class _Writer(_Converter):  # type: ignore[misc]
    """Writes the tree; escapes what would be Markdown or HTML, and nothing more."""

    def __init__(self, link: Link) -> None:
        super().__init__(
            autolinks=False,
            bullets="-",
            heading_style=ATX,
            newline_style=BACKSLASH,
            table_infer_header=True,
            wrap=True,
            wrap_width=None,
        )
        self._link = link

    def process_text(self, el: Any, parent_tags: Any = None) -> str:
        text = str(super().process_text(el, parent_tags=parent_tags))
        if "_noformat" in (parent_tags or ()):
            return text
        if text.endswith("!") and getattr(el.next_sibling, "name", None) == "a":
            text = f"{text[:-1]}\\!"  # it would make the link an image
        if not _starts_line(el):
            return text
        text = text.lstrip(" ") if getattr(el.previous_sibling, "name", None) == "br" else text
        start = _START.match(text)
        if start is not None:
            return f"{text[: start.start(1)]}\\{text[start.start(1) :]}"
        return _NUMBER.sub(r"\1\\\2", text, count=1) if _NUMBER.match(text) else text

    def escape(self, text: str, parent_tags: Any) -> str:
        text = _BEFORE_PUNCTUATION.sub(r"\\\\", text)
        text = _MARKS.sub(lambda found: "\\" + found[0], text)
        return _UNDERSCORE.sub(r"\\_", text)

    def convert_a(self, el: Tag, text: str, parent_tags: Any) -> str:
        words = text.strip()
        if not words or "_noformat" in parent_tags:
            return text
        href = self._link({name: str(value) for name, value in el.attrs.items()})
        if not href:
            return text
        before = text[: len(text) - len(text.lstrip())]
        after = text[len(text.rstrip()) :]
        return f"{before}[{words}]({_UNSAFE_IN_ADDRESS.sub(_percent, href)}){after}"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: Any) -> str:
        # Bare number signs at its end would belong to the heading's mark.
        return str(super().convert_hN(n, el, _CLOSING.sub(r"\\", text, count=1), parent_tags))

    def convert_b(self, el: Tag, text: str, parent_tags: Any) -> str:
        return _apart(el, super().convert_b(el, text, parent_tags))

    convert_strong = convert_b

    def convert_em(self, el: Tag, text: str, parent_tags: Any) -> str:
        return _apart(el, super().convert_em(el, text, parent_tags))

    convert_i = convert_em

    def convert_pre(self, el: Tag, text: str, parent_tags: Any) -> str:
        code = el.get_text().strip("\n")
        if not code.strip():
            return ""
        fence = max(("`" * (len(run) + 1) for run in _FENCE.findall(code)), default="```")
        classes = " ".join(str(tag.get("class", "")) for tag in (el, *el.find_all("code")))
        language = _LANGUAGE.search(classes)
        return f"\n\n{fence}{language[1] if language else ''}\n{code}\n{fence}\n\n"

    def convert_dt(self, el: Tag, text: str, parent_tags: Any) -> str:
        words = " ".join(text.split())
        bold = words if el.find(["b", "strong"]) else f"**{words}**"
        return f"\n\n{bold}\n\n" if words else ""

    def convert_dd(self, el: Tag, text: str, parent_tags: Any) -> str:
        return f"\n\n{text.strip()}\n\n"

    def convert_td(self, el: Tag, text: str, parent_tags: Any) -> str:
        return str(super().convert_td(el, text.replace("|", "\\|"), parent_tags))

    def convert_th(self, el: Tag, text: str, parent_tags: Any) -> str:
        return str(super().convert_th(el, text.replace("|", "\\|"), parent_tags))

    # Of `html_structure.PARAGRAPH_BREAK`.
    def convert_new_paragraph(self, el: Tag, text: str, parent_tags: Any) -> str:
        return "\n\n"


def _starts_line(el: Any) -> bool:
    """Return whether a text follows a line break or nothing in its block."""
    before = el.previous_sibling
    if before is None:
        return el.parent is None or el.parent.name not in INLINE
    return isinstance(before, Tag) and before.name not in INLINE


def _apart(el: Tag, marked: str) -> str:
    """Return marked text with blanks where its marks would else touch a letter and not be marks.

    `**Note:**text` shows its asterisks: a mark after punctuation must not stand before a letter.
    """
    before, after = el.previous_sibling, el.next_sibling
    words = marked.strip("*")
    if not words or words == marked:
        return marked
    if isinstance(before, str) and _WORD.search(before[-1:]) and not _WORD.match(words[0]):
        marked = f" {marked}"
    if isinstance(after, str) and _WORD.match(after[:1]) and not _WORD.search(words[-1]):
        marked = f"{marked} "
    return marked


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
