"""Splits an article into passages: parts under one heading that are short enough to answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from persona_router.knowledge.markdown import markdown_parser

_SENTENCE_END = re.compile(r"(?<=[.!?؟。])\s+")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A part of an article: the path of headings above it, its Markdown, its plain sentences.

    A table keeps its head row and a list its markers, so that `markdown` renders on its own. A list
    item and a table row count as sentences.
    """

    headings: tuple[str, ...]
    markdown: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The passage as plain text on one line."""
        return " ".join(self.sentences)


def passages(body: str, *, length: int) -> tuple[Passage, ...]:
    """Return the passages of an article's Markdown in reading order, at least one.

    Blocks under one heading are joined while they stay within `length` characters; a longer
    block is split by list item, table row or sentence. A single sentence is never split.
    """
    found: list[Passage] = []
    headings: list[tuple[int, str]] = []
    pending: list[tuple[str, list[str]]] = []

    def close() -> None:
        if pending:
            found.append(
                Passage(
                    headings=tuple(title for _, title in headings),
                    markdown="\n\n".join(markdown for markdown, _ in pending),
                    sentences=tuple(sentence for _, found in pending for sentence in found),
                )
            )
            pending.clear()

    for level, markdown, sentences in _blocks(body, length):
        if level:
            close()
            headings = [(above, title) for above, title in headings if above < level]
            headings.append((level, " ".join(sentences)))
        else:
            if pending and sum(len(part) for part, _ in pending) + len(markdown) > length:
                close()
            pending.append((markdown, sentences))
    close()
    if not found:
        titles = tuple(title for _, title in headings)
        found.append(Passage(headings=titles[:-1], markdown=body.strip(), sentences=titles))
    return tuple(found)


def _blocks(body: str, length: int) -> Iterator[tuple[int, str, list[str]]]:
    """Yield heading level (0 for text), Markdown and sentences of each block."""
    lines = body.split("\n")
    tokens = markdown_parser().parse(body)
    start = 0
    for position, token in enumerate(tokens):
        if token.level != 0 or token.nesting == 1:
            continue
        opening = tokens[start]
        inner = tokens[start : position + 1]
        start = position + 1
        first, last = opening.map or (0, 0)
        source = "\n".join(lines[first:last]).strip("\n")
        if opening.type == "heading_open":
            yield int(opening.tag[1:]), source, _sentences(inner)
        elif opening.type == "hr" or not source.strip():
            continue
        elif len(source) <= length:
            yield 0, source, _sentences(inner)
        else:
            for part in _split(opening, inner, lines, length):
                yield 0, part, _sentences(markdown_parser().parse(part))


def _split(opening: Token, inner: Sequence[Token], lines: list[str], length: int) -> Iterator[str]:
    first, last = opening.map or (0, 0)
    if opening.type in ("bullet_list_open", "ordered_list_open"):
        items = [
            token.map for token in inner if token.type == "list_item_open" and token.level == 1
        ]
        yield from _joined(
            ["\n".join(lines[item[0] : item[1]]).rstrip() for item in items if item], "\n", length
        )
    elif opening.type == "table_open":
        head = "\n".join(lines[first : first + 2])
        for rows in _joined(lines[first + 2 : last], "\n", length):
            yield f"{head}\n{rows}"
    elif opening.type == "paragraph_open":
        text = " ".join(line.strip() for line in lines[first:last])
        yield from _joined(_SENTENCE_END.split(text), " ", length)
    else:
        yield "\n".join(lines[first:last])


def _joined(parts: Sequence[str], separator: str, length: int) -> Iterator[str]:
    """Yield runs of parts, each as long as `length` allows, at least one part."""
    run = ""
    for part in parts:
        if run and len(run) + len(separator) + len(part) > length:
            yield run
            run = part
        else:
            run = f"{run}{separator}{part}" if run else part
    if run:
        yield run


def _sentences(tokens: Sequence[Token]) -> list[str]:
    """Return what a reader sees, sentence by sentence: no marks, no addresses."""
    units: list[str] = []
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            units.append(", ".join(cell for cell in row if cell))
            row = None
        elif token.type == "inline" and row is not None:
            row.append(_plain(token))
        elif token.type == "inline":
            units += _SENTENCE_END.split(_plain(token))
        elif token.type in ("fence", "code_block"):
            units.append(" ".join(token.content.split()))
    return [unit for unit in units if unit]


def _plain(inline: Token) -> str:
    found = (
        child.content if child.type in ("text", "code_inline", "image") else " "
        for child in inline.children or ()
        if child.type in ("text", "code_inline", "image", "softbreak", "hardbreak")
    )
    return " ".join("".join(found).split())
