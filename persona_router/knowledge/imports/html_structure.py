"""Repairs of an HTML tree before it becomes Markdown, where every construct must close."""

from collections.abc import Callable, Iterator

from bs4 import Tag
from bs4.element import NavigableString, PageElement

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INLINE = ("a", "b", "em", "strong", "i", "code", "kbd", "samp", "q")
PARAGRAPH_BREAK = "new-paragraph"
"""An element of our own: where several line breaks in a row mean a new paragraph."""
_BLOCKS = [
    *HEADINGS, "article", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "hr",
    "li", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    PARAGRAPH_BREAK,
]  # fmt: skip
# An end tag may be left out in HTML: which elements an opening one ends, and what stops the search.
_ENDS = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr"}, {"table"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tbody": ({"thead", "tbody"}, {"table"}),
    "tfoot": ({"thead", "tbody"}, {"table"}),
    "p": ({"p"}, {"li", "td", "th", "blockquote", "div", "section", "article"}),
}
_CODE = ("code", "kbd", "samp")
_CELLS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
_LINE_BREAK = "br"


def close_what_is_open(root: Tag) -> None:
    """Move elements out of the ones that they end, which the parser leaves open."""
    for tag in root.find_all(list(_ENDS)):
        ends, barriers = _ENDS[tag.name]
        for above in tag.parents:
            if above is root or above.name in barriers:
                break
            if above.name in ends:
                _move_after(above, tag)
                break
    for item in root.find_all("li"):
        if item.parent is None or item.parent.name not in ("ul", "ol"):
            item.name = "div"


def mend_tables(root: Tag) -> None:
    """Dissolve tables that only lay out, and parts of tables that stand in none."""
    for table in root.find_all("table"):
        rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
        lays_out = max(map(len, rows), default=0) < 2 or table.find([*HEADINGS, "table", "pre"])
        if lays_out:
            for part in table.find_all(["thead", "tbody", "tfoot", "tr"]):
                if part.find_parent("table") is table:
                    part.unwrap()
            for cell in table.find_all(["td", "th", "caption"]):
                if cell.find_parent("table") is table:
                    cell.name = "div"
            table.name = "div"
    for part in root.find_all(["tr", "td", "th", "thead", "tbody", "tfoot", "caption"]):
        if part.find_parent("table") is None:
            part.name = "div"


def flatten(root: Tag) -> None:
    """Write blocks in what takes one line as one line: in cells, headings and terms."""
    for line in root.find_all(["td", "th", "dt", *HEADINGS]):
        for item in line.find_all("li"):
            if item.find_next_sibling("li"):
                item.append(NavigableString("; "))
        for block in line.find_all(_BLOCKS):
            block.insert_before(NavigableString(" "))
            block.insert_after(NavigableString(" "))
            block.unwrap()
        for gap in line.find_all(_LINE_BREAK):
            gap.replace_with(NavigableString(" "))


def drop_empty(root: Tag) -> None:
    """Leave of lines and empty blocks only that they part what stands around them."""
    for line in root.find_all("hr"):
        line.name = PARAGRAPH_BREAK
    for tag in reversed(root.find_all([name for name in _BLOCKS if name not in _CELLS])):
        if not tag.get_text().strip():
            tag.clear()
            tag.name = PARAGRAPH_BREAK


def mend_inline(root: Tag) -> None:
    """Let marks hold text of one block only, never themselves, with their blanks outside."""
    for tag in root.find_all(["strong", "i"]):
        tag.name = "b" if tag.name == "strong" else "em"
    for tag in root.find_all(INLINE):
        if tag.find(_BLOCKS):
            _push_down(tag)
    for tag in root.find_all(INLINE):
        inner = tag.find_parent([tag.name, *_CODE]) is not None
        if inner or (tag.name == "a" and not tag.get("href")):
            tag.unwrap()
    root.smooth()
    move_gaps_out(root)
    for tag in root.find_all(["b", "em"]):
        following = tag.next_sibling
        while isinstance(following, Tag) and following.name == tag.name:
            tag.extend(list(following.contents))
            following.decompose()
            following = tag.next_sibling
    for tag in root.find_all(["b", "em", *_CODE]):
        if isinstance(tag.next_sibling, Tag) and tag.next_sibling.name in INLINE:
            tag.insert_after(NavigableString(" "))
    root.smooth()


def move_gaps_out(root: Tag) -> None:
    """Put blanks and line breaks at the ends of marked text outside its marks."""
    for tag in root.find_all(INLINE):
        for edge, move in ((0, tag.insert_before), (-1, tag.insert_after)):
            while tag.contents and _is_gap(tag.contents[edge]):
                move(tag.contents[edge].extract())
        if not tag.contents:
            tag.decompose()


def split_paragraphs(root: Tag) -> None:
    """Make several line breaks in a row a new paragraph, and drop those at the ends of blocks."""
    for gap in root.find_all(_LINE_BREAK):
        if gap.parent is None or gap.find_parent(["pre", *HEADINGS]):
            continue
        run = [gap, *_breaks_after(gap)]
        if _at_edge(run[0], lambda element: element.previous_sibling) or _at_edge(
            run[-1], lambda element: element.next_sibling
        ):
            for one in run:
                one.extract()
        elif len(run) > 1:
            for one in run[1:]:
                one.extract()
            gap.name = PARAGRAPH_BREAK


def level_headings(root: Tag, title: str) -> None:
    """Drop empty headings and one that repeats the title, and let the rest start at level 2."""
    for tag in root.find_all(HEADINGS):
        if not tag.get_text().strip():
            tag.decompose()
    found = root.find_all(HEADINGS)
    if found and " ".join(found[0].get_text().split()).casefold() == title.casefold():
        # Not above other text: there it is a heading of its own that happens to be the same.
        before = "".join(
            text for text in found[0].find_all_previous(string=True) if _within(text, root)
        )
        if not before.strip():
            found.pop(0).decompose()
    top = min((int(tag.name[1]) for tag in found), default=2)
    for tag in found:
        tag.name = f"h{min(6, int(tag.name[1]) - top + 2)}"


def _move_after(above: Tag, tag: Tag) -> None:
    rest = [tag, *tag.next_siblings]
    parent = tag.parent
    for element in reversed(rest):
        above.insert_after(element.extract())
    while parent is not None and parent is not above and not parent.contents:
        empty, parent = parent, parent.parent
        empty.decompose()


def _push_down(tag: Tag) -> None:
    """Give a link to the first block in it that has text; other marks are dropped."""
    if tag.name == "a" and tag.get("href"):
        inner = next((b for b in tag.find_all(_BLOCKS) if b.get_text().strip()), None)
        while inner is not None and (deeper := inner.find(_BLOCKS)) is not None:
            inner = deeper if isinstance(deeper, Tag) else None
        if inner is not None and not inner.find("a"):
            link = Tag(name="a", attrs={"href": str(tag["href"])})
            for element in list(inner.contents):
                link.append(element.extract())
            inner.append(link)
    tag.unwrap()


def _is_gap(element: PageElement) -> bool:
    if isinstance(element, Tag):
        return element.name == _LINE_BREAK
    return isinstance(element, NavigableString) and not element.strip()


def _breaks_after(gap: Tag) -> Iterator[Tag]:
    following = gap.next_sibling
    while following is not None and _is_gap(following):
        if isinstance(following, Tag):
            yield following
        following = following.next_sibling


def _at_edge(gap: Tag, step: Callable[[PageElement], PageElement | None]) -> bool:
    """Return whether nothing but blanks lies between a line break and the end of its block."""
    beside = step(gap)
    while beside is not None and _is_gap(beside):
        beside = step(beside)
    return beside is None or (isinstance(beside, Tag) and beside.name in _BLOCKS)


def _within(element: PageElement, root: Tag) -> bool:
    return any(above is root for above in element.parents)
