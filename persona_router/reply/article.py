"""An article as the chat shows it: what answers, in the length that suits the reader."""

import re
from collections.abc import Mapping
from typing import Any

from persona_router.core.persona import FULL, SHORT
from persona_router.knowledge.markdown import article_link
from persona_router.reply.texts import fill

_LINK = re.compile(r"\]\((?P<href>[^()\s]+)\)")
_SENTENCE_END = re.compile(r"(?<=[.!?؟。])\s+")
_NO_SENTENCES = re.compile(r"[-*+|>#`]|\d+[.)]\s")
_LEAST_CHARACTERS = 30
"""Of a short answer: "Yes." is followed by what it means."""


def article_answer(hit: Mapping[str, Any], form: str, *, article_url: str) -> str:
    """Return the hit's passage under its heading, its links to articles made addresses.

    `form` is SHORT for its first line, FULL for all that stands under the heading, or PASSAGE.
    """
    shown = hit["passage"]
    if form == SHORT:
        shown = first_line(shown)
    elif form == FULL:
        shown = hit.get("section") or shown

    def address(link: re.Match[str]) -> str:
        path, _, fragment = link["href"].partition("#")
        target = article_link(path or f"{hit['article']}.md")
        if target is None:
            return link[0]
        where = {"locale": target.locale or hit["locale"], "id": target.id}
        return f"]({fill(article_url, where)}{'#' if fragment else ''}{fragment})"

    linked = _LINK.sub(address, shown)
    return f"**{hit['heading']}**\n\n{linked}" if hit["heading"] else linked


def is_shortened(hit: Mapping[str, Any]) -> bool:
    """Return whether the short form leaves out something of what stands under the heading."""
    return bool(first_line(hit["passage"]) != (hit.get("section") or hit["passage"]))


def first_line(markdown: str) -> str:
    """Return the beginning of a passage that is an answer by itself: a sentence, or a whole list.

    Lists and tables are not cut: their first line says nothing without the others.
    """
    block, _, _ = markdown.partition("\n\n")
    if _NO_SENTENCES.match(block):
        return block
    shown = ""
    for sentence in _SENTENCE_END.split(block):
        shown = f"{shown} {sentence}".strip()
        if len(shown) >= _LEAST_CHARACTERS:
            break
    return shown
