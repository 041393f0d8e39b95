"""Reads the documentation as its tests need it: tables, code blocks, links and headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(?P<marks>#+) (?P<title>.+)$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, such as "bash", and the text between the fences."""

    kind: str
    text: str


def page(name: str) -> str:
    """Return the text of a page of `docs`, or of one beside it such as "README"."""
    beside = ROOT / f"{name}.md"
    path = beside if beside.exists() else ROOT / "docs" / f"{name}.md"
    return path.read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """Return what stands under a heading, subsections included. Raises KeyError without it."""
    plain = without_blocks(text)
    headings = list(_HEADING.finditer(plain))
    for number, heading in enumerate(headings):
        if heading["title"] == title:
            level = len(heading["marks"])
            later = (h.start() for h in headings[number + 1 :] if len(h["marks"]) <= level)
            return plain[heading.end() : next(later, len(plain))]
    raise KeyError(f"No heading '{title}'.")


def without_blocks(text: str) -> str:
    """Return the text without fenced blocks, whose lines only look like headings and links."""
    return _FENCE.sub("", text)


def rows(text: str, *columns: str) -> list[dict[str, str]]:
    """Return the rows of the tables that have all of `columns`, cells by column title."""
    found: list[dict[str, str]] = []
    titles: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            titles = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not titles:
            titles = cells
        elif set(columns) <= set(titles) and not set(line) <= set("|- "):
            found.append(dict(zip(titles, [*cells, *[""] * len(titles)], strict=False)))
    return found


def names(text: str, column: str) -> set[str]:
    """Return the code words in the cells of `column`, over all tables that have it."""
    return {name for row in rows(text, column) for name in _CODE.findall(row[column])}


def blocks(text: str, kind: str) -> list[str]:
    """Return the fenced blocks of one kind, in order."""
    return [block.text for block in all_blocks(text) if block.kind == kind]


def all_blocks(text: str) -> Iterator[Block]:
    """Yield every fenced block."""
    for found in _FENCE.finditer(text):
        yield Block(found["kind"], found["text"])


def links(text: str) -> list[str]:
    """Return the addresses of links and images."""
    return _LINK.findall(without_blocks(text))


def anchors(text: str) -> set[str]:
    """Return the names by which links reach the headings of a page, as code hosts make them."""
    titles = (heading["title"] for heading in _HEADING.finditer(without_blocks(text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
