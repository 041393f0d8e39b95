"""HTML of an article without everything that is not its text: the tree that is left to convert."""

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag
from bs4.element import NavigableString, PreformattedString
from bs4.exceptions import ParserRejectedMarkup

from persona_router.knowledge.imports.html_structure import (
    HEADINGS,
    close_what_is_open,
    drop_empty,
    flatten,
    level_headings,
    mend_inline,
    mend_tables,
    move_gaps_out,
    split_paragraphs,
)
from persona_router.knowledge.imports.text import one_line, readable

_NEVER = [
    "area", "audio", "base", "canvas", "del", "dialog", "embed", "head", "input", "link", "map",
    "meta", "nav", "noembed", "noframes", "noscript", "object", "option", "plaintext", "s",
    "script", "select", "strike", "style", "svg", "template", "textarea", "title", "xmp",
]  # fmt: skip
_LANDMARKS = {"navigation", "search", "dialog", "alertdialog", "form", "menu", "toolbar"}
_OUTSIDE = {"banner", "contentinfo"}
_KEPT = {
    "a", "article", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em",
    "figcaption", "hr", "i", "kbd", "li", "ol", "p", "pre", "q", "samp", "section", "strong",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *HEADINGS,
}  # fmt: skip
_BLOCKS = {"address", "center", "details", "fieldset", "figure", "header", "main", "menu"}
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FILE_NAME = re.compile(r"\S+\.\w{2,4}|(?:img|image|screenshot|dsc)[-_ ]?\d*", re.IGNORECASE)
LONGEST = 5_000_000
"""Characters of one page: its tree takes many times as much."""
_DEEPEST = 200
"""Elements within each other: what follows would take for ever, or exceed Python's own limit."""
_DEEPEST_OPEN = 3_000
"""The same before elements are closed whose end tags were left out: each is within the last."""
NAMES = "data-names"
"""The attribute of a heading that lists the identifiers by which links reach it."""
_SYMBOLS = re.compile(r"[\W_]*")


def parse(html: str) -> BeautifulSoup:
    """Return the tree of an HTML text, everything closed. Raises ValueError for what is none."""
    if len(html) > LONGEST:
        raise ValueError(f"It has {len(html):,} characters; at most {LONGEST:,} are read.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        try:
            # Browsers take `<![…]>`, which word processors leave, for a comment; this parser fails.
            text = readable(html).replace("<![", "<! [")
            tree = BeautifulSoup(text, "html.parser", multi_valued_attributes=None)
        except (ParserRejectedMarkup, AssertionError) as error:
            raise ValueError("It is no HTML that can be read.") from error
    if _depth(tree) <= _DEEPEST_OPEN:
        close_what_is_open(tree)
    if _depth(tree) > _DEEPEST:
        raise ValueError("It is nested too deeply.")
    return tree


def main_part(page: BeautifulSoup) -> Tag:
    """Return the element of a whole page that holds its text: `main`, `article`, else all."""
    for selector in ("main", "[role=main]"):
        found = page.select(selector)
        if found:
            largest = max(found, key=lambda tag: len(tag.get_text()))
            largest.name = "main"
            return largest
    articles = page.select("article")
    return articles[0] if len(articles) == 1 else page.body or page


def tidy(root: Tag, title: str) -> None:
    """Leave in `root` only what a reader reads: text in headings, lists, tables, links.

    A heading that repeats the `title` goes too. Identifiers stay, so that links can be followed.
    """
    for text in root.find_all(string=True):
        if isinstance(text, PreformattedString):
            text.extract()
    for tag in root.find_all(_NEVER):
        tag.decompose()
    _drop_hidden(root)
    _drop_surroundings(root)
    for tag in root.find_all(["iframe", "video"]):
        _link_film(tag)
    for tag in root.find_all("img"):
        tag.replace_with(_words_of(tag))
    for name, letters in (("sup", _RAISED), ("sub", _LOWERED)):
        for tag in root.find_all(name):
            words = tag.get_text().strip()
            if words and all(ord(letter) in letters for letter in words):
                tag.string = words.translate(letters)
    _summaries_to_headings(root)
    for tag in root.find_all(HEADINGS):
        for link in tag.find_all("a"):
            # A sign that marks its place is no part of a heading; a link would change its name.
            sign = _SYMBOLS.fullmatch(link.get_text()) is not None
            _drop_or_unwrap(link, drop=sign and str(link.get("href", "")).startswith("#"))
    _name_headings(root)
    _unwrap_unknown(root)
    root.smooth()
    mend_tables(root)
    flatten(root)
    drop_empty(root)
    move_gaps_out(root)
    split_paragraphs(root)
    mend_inline(root)
    level_headings(root, one_line(title))
    root.smooth()


def _depth(tree: Tag) -> int:
    depths = {id(tree): 0}
    for tag in tree.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    return max(depths.values())


def has_words(root: Tag) -> bool:
    """Return whether a reader would find letters or digits."""
    return re.search(r"[^\W_]", root.get_text()) is not None


def _drop_hidden(root: Tag) -> None:
    shown = {
        name for tag in root.select("[aria-controls]") for name in str(tag["aria-controls"]).split()
    }
    for tag in root.find_all(_is_hidden):
        # What a press of a button opens is hidden until then, and may be all the answers.
        if not tag.decomposed and not shown.intersection(_names(tag)):
            tag.decompose()


def _is_hidden(tag: Tag) -> bool:
    return (
        (tag.has_attr("hidden") and tag["hidden"] != "until-found")
        or str(tag.get("aria-hidden", "")).lower() == "true"
        or _HIDDEN.search(str(tag.get("style", ""))) is not None
    )


def _names(tag: Tag) -> Iterator[str]:
    for inner in (tag, *tag.find_all(id=True)):
        yield str(inner.get("id", ""))


def _drop_surroundings(root: Tag) -> None:
    for tag in root.find_all(True):
        if tag.decomposed:
            continue
        role = str(tag.get("role", "")).lower()
        inside = tag.find_parent(["article", "main"]) is not None
        if role in _LANDMARKS or role == "complementary" or (role in _OUTSIDE and not inside):
            tag.decompose()
        elif tag.name == "form":
            # Some systems put the whole page into one form.
            _drop_or_unwrap(tag, drop=tag.find([*HEADINGS, "article", "main"]) is None)
        elif tag.name == "button":
            _drop_or_unwrap(tag, drop=tag.find_parent([*HEADINGS, "summary", "dt"]) is None)
        elif tag.name == "footer" or (tag.name in ("header", "aside") and not inside):
            tag.decompose()


def _drop_or_unwrap(tag: Tag, *, drop: bool) -> None:
    if drop:
        tag.decompose()
    else:
        tag.unwrap()


def _link_film(tag: Tag) -> None:
    title, address = one_line(str(tag.get("title", ""))), str(tag.get("src", ""))
    if title and address.startswith(("https://", "http://")):
        tag.name, tag.attrs = "a", {"href": address}
        tag.string = title
    else:
        tag.decompose()


def _words_of(image: Tag) -> NavigableString:
    """Return what an image says in words, in brackets within a sentence.

    A name of a file says nothing.
    """
    words = one_line(str(image.get("alt", "")))
    if not words or _FILE_NAME.fullmatch(words):
        return NavigableString(" ")
    beside = (image.previous_sibling, image.next_sibling)
    within = any(isinstance(text, NavigableString) and text.strip() for text in beside)
    return NavigableString(f" ({words}) " if within else words)


def _summaries_to_headings(root: Tag) -> None:
    """Make what opens a hidden part a heading below the one that it stands under."""
    for tag in root.find_all("summary"):
        if tag.find(HEADINGS):
            tag.unwrap()
            continue
        above = tag.find_previous(HEADINGS)
        inside = isinstance(above, Tag) and above.get("data-summary") is not None
        level = int(above.name[1]) if isinstance(above, Tag) else 1
        tag.name = f"h{min(6, level + (not inside))}"
        tag["data-summary"] = ""


def _name_headings(root: Tag) -> None:
    """Note at each heading the identifiers by which links reach it or the text below it."""
    current: Tag | None = None
    awaited: list[str] = []
    for tag in root.find_all(True):
        name = str(tag.get("id") or (tag.get("name") if tag.name == "a" else "") or "")
        awaited += [name] if name else []
        if tag.name in HEADINGS:
            current = tag
        elif not name or tag.find(HEADINGS) or not tag.get_text().strip():
            continue  # what has no text, or begins before a heading, belongs to the next one
        if current is not None and awaited:
            current[NAMES] = " ".join([*str(current.get(NAMES, "")).split(), *awaited])
            awaited = []


def _unwrap_unknown(root: Tag) -> None:
    for tag in root.find_all(True):
        if tag.name in _BLOCKS:
            tag.name = "div"
        elif tag.name not in _KEPT:
            tag.unwrap()
