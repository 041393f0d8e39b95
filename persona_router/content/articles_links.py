"""Links of articles that lead nowhere: to articles, to headings, to intents, out of the house."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from persona_router.content.articles import ArticleFile
from persona_router.content.errors import ContentError
from persona_router.knowledge.markdown import (
    article_link,
    blocks,
    headings,
    links,
    markdown_parser,
    references,
)

# A link whose address has a blank, or that names a reference which is missing, stays as it is.
_UNMADE = re.compile(r"\[[^\[\]]+\](?:\([^()]*\)?|\[[^\[\]]*\])")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_](?:[\w-]*[^\W_])?")
_MAIL = re.compile(r"[^\s@,;<>]+@([^\s@,;<>]+)")
_PHONE = re.compile(r"\+?[\d().\-\s]*(?:\d[().\-\s]*){3,}")


def link_faults(
    files: Sequence[ArticleFile], intents: Collection[str] | None = None
) -> Iterator[ContentError]:
    """Yield the links of `files` that lead nowhere, file by file.

    `files` are all sound articles, since they link to each other. `intents` are those that the
    assistant has, None if that is not known. Addresses of other websites are judged by their form:
    nothing is asked of the network.
    """
    known = {(file.article.locale, file.article.id): file for file in files}
    for file in files:
        if intents is not None:
            yield from _intent_faults(file, intents)
        for line, href in links(file.article.body):
            fault = _fault(file, href, known)
            if fault is not None:
                yield ContentError(file.path, file.place(line), *fault)
        for line, name in references(file.article.body):
            what = f"The address of '[{name}]' stands apart from its link."
            remedy = "Write [words](address): the chat shows a passage without the rest."
            yield ContentError(file.path, file.place(line), what, remedy)
        for block in blocks(file.article.body):
            for unmade in _UNMADE.findall(block.text):
                what = f"'{unmade}' is no link: readers see its brackets."
                remedy = "Write [words](address), the address without blanks."
                yield ContentError(file.path, file.place(block.line), what, remedy)


def _intent_faults(file: ArticleFile, intents: Collection[str]) -> Iterator[ContentError]:
    for intent in file.article.intents:
        if intent not in intents:
            what = f"No intent is called '{intent}'."
            remedy = f"Known: {', '.join(sorted(intents))}."
            yield ContentError(file.path, "intents", what, remedy)


def _fault(
    file: ArticleFile, href: str, known: dict[tuple[str, str], ArticleFile]
) -> tuple[str, str] | None:
    """Return what is wrong with an address and the remedy, None if it leads somewhere."""
    if href.startswith("#"):
        return _heading_fault(file, href, href[1:])
    link = article_link(href)
    if link is None:
        what = _form_fault(href)
        return (f"Link '{href}' {what}.", "Correct the address.") if what else None
    locale = link.locale or file.article.locale
    target = known.get((locale, link.id))
    if target is None:
        remedy = f"Link to `<id>.md` of an article that exists in {locale}."
        return f"Link '{href}' leads nowhere.", remedy
    return _heading_fault(target, href, link.fragment) if link.fragment else None


def _heading_fault(target: ArticleFile, href: str, fragment: str) -> tuple[str, str] | None:
    anchors = _anchors(target.article.body)
    if unquote(fragment) in anchors:
        return None
    what = f"Link '{unquote(href)}' leads to no heading of {target.path.name}."
    choices = ", ".join(f"#{anchor}" for anchor in anchors)
    return what, f"Its headings: {choices}." if choices else "It has no headings."


@lru_cache(maxsize=4096)
def _anchors(body: str) -> tuple[str, ...]:
    return tuple(anchor for _, anchor in headings(markdown_parser().parse(body)))


def _form_fault(href: str) -> str | None:
    """Return what is wrong with the form of an outward address, such as "has no host", or None."""
    try:
        parts = urlsplit(href)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    rest = unquote(parts.path)
    if parts.scheme == "mailto":
        return None if all(map(_is_mail, rest.split(","))) else "names no mailbox"
    if parts.scheme == "tel":
        return None if _PHONE.fullmatch(rest) else "is no phone number"
    if not host:
        return "has no host"
    if parts.username is not None or parts.password is not None:
        return "holds a user name"
    if port == 0 or not _HOST.fullmatch(unquote(host)):
        return "names no public host"
    return None


def _is_mail(address: str) -> bool:
    match = _MAIL.fullmatch(address.strip())
    return match is not None and _HOST.fullmatch(match[1]) is not None
